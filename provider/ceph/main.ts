/** The provider's process: `pulumi-resource-ceph`. */
import { serve } from "../core/serve.ts";
import { ceph } from "./provider.ts";

await serve(ceph);
