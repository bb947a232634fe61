import { authEndpoints } from "./auth.ts";
import { clusterConfEndpoints } from "./cluster-conf.ts";
import { clusterUserEndpoints } from "./cluster-users.ts";
import { crushRuleEndpoints } from "./crush-rules.ts";
import type { Endpoint } from "./endpoint.ts";
import { erasureCodeProfileEndpoints } from "./erasure-code-profiles.ts";
import { filesystemEndpoints } from "./filesystems.ts";
import { hardwareEndpoints } from "./hardware.ts";
import { healthEndpoints } from "./health.ts";
import { monitorEndpoints } from "./monitors.ts";
import { poolEndpoints } from "./pools.ts";
import { rgwBucketEndpoints } from "./rgw-buckets.ts";
import { rgwSiteEndpoints } from "./rgw-site.ts";
import { rgwUserEndpoints } from "./rgw-users.ts";
import { subvolumeEndpoints, subvolumeGroupEndpoints } from "./subvolumes.ts";

/** Everything that is implemented. A new family is one line here. */
export const endpoints: readonly Endpoint[] = [
  ...authEndpoints,
  ...healthEndpoints,
  ...hardwareEndpoints,
  ...monitorEndpoints,
  ...clusterConfEndpoints,
  ...poolEndpoints,
  ...erasureCodeProfileEndpoints,
  ...crushRuleEndpoints,
  ...clusterUserEndpoints,
  ...filesystemEndpoints,
  ...subvolumeGroupEndpoints,
  ...subvolumeEndpoints,
  ...rgwUserEndpoints,
  ...rgwBucketEndpoints,
  ...rgwSiteEndpoints,
];
