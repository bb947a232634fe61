import { openBuckets } from "./checks/buckets.ts";
import { cephUsers } from "./checks/ceph.ts";
import { entrances } from "./checks/entrances.ts";
import { gatewayUsers } from "./checks/gateway-users.ts";
import { foreignAccounts } from "./checks/identity.ts";
import { foreignMachines, foreignNics, owners } from "./checks/machines.ts";
import { aclRules, foreignNetworks } from "./checks/networks.ts";
import { foreignVolumes, offeringVisibility } from "./checks/storage.ts";
import type { Check } from "./estate.ts";

/** Everything that is compared with the live servers. */
export const checks: readonly Check[] = [
  foreignMachines,
  foreignNics,
  foreignNetworks,
  aclRules,
  entrances,
  foreignVolumes,
  offeringVisibility,
  foreignAccounts,
  owners,
  cephUsers,
  openBuckets,
  gatewayUsers,
];
