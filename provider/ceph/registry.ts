/** Every resource and function of the provider. */
import type { ProviderFunction, Resource } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { getCapacity } from "./functions/get-capacity.ts";
import { getFailureDomains } from "./functions/get-failure-domains.ts";
import { getHealth } from "./functions/get-health.ts";
import { getPlacementTargets } from "./functions/get-placement-targets.ts";
import { getPool } from "./functions/get-pool.ts";
import { crushRule } from "./resources/crush-rule.ts";
import { erasureCodeProfile } from "./resources/erasure-code-profile.ts";
import { filesystem } from "./resources/filesystem.ts";
import { pool } from "./resources/pool.ts";
import { rgwBucket } from "./resources/rgw-bucket.ts";
import { rgwPlacementTarget } from "./resources/rgw-placement-target.ts";
import { rgwStorageClass } from "./resources/rgw-storage-class.ts";
import { rgwUser } from "./resources/rgw-user.ts";
import { subvolume } from "./resources/subvolume.ts";
import { subvolumeGroup } from "./resources/subvolume-group.ts";
import { user } from "./resources/user.ts";

export const resources: readonly Resource<Client>[] = [
  crushRule,
  erasureCodeProfile,
  filesystem,
  pool,
  rgwBucket,
  rgwPlacementTarget,
  rgwStorageClass,
  rgwUser,
  subvolume,
  subvolumeGroup,
  user,
];

export const functions: readonly ProviderFunction<Client>[] = [
  getCapacity,
  getFailureDomains,
  getHealth,
  getPlacementTargets,
  getPool,
];
