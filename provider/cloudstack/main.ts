/** The provider's process: `pulumi-resource-cloudstack`. */
import { serve } from "../core/serve.ts";
import { cloudstack } from "./provider.ts";

await serve(cloudstack);
