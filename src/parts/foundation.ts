import type { GuestsPlan } from "../plan/guests.ts";
import type { Plan } from "../plan/plan.ts";
import { Catalogue } from "./catalogue.ts";
import type { Storage } from "./ceph/storage.ts";
import { createGroups, type GroupsOf } from "./groups.ts";
import { type PlatformGround, PlatformNetwork } from "./platform-network.ts";
import type { Site } from "./site.ts";

/** What all layers stand on. */
export interface Foundation {
  site: Site;
  catalogue: Catalogue;
  network: PlatformGround;
  /** Of the platform's own machines; a tenant has its own. */
  groupsOf: GroupsOf;
  /** Absent where the site has no Ceph. */
  storage?: Storage;
  guests: GuestsPlan;
  /** True keeps data volumes from being destroyed, by Pulumi and by CloudStack. */
  protectData: boolean;
}

export function layFoundation(
  { catalogue: cataloguePlan, network: plan, groups, guests, protectData }: Plan,
  site: Site,
  storage: Storage | undefined,
): Foundation {
  // The VPC goes ahead: every tier waits for it, and nothing takes the server longer.
  const platform = new PlatformNetwork("network", { plan, networkDomain: guests.networkDomain, site });
  const catalogue = new Catalogue("catalogue", { plan: cataloguePlan, site });
  const network = { vpcId: platform.vpcId, networks: platform.createZones(plan, site, catalogue) };
  const groupsOf = createGroups("platform", groups);
  return { site, catalogue, network, groupsOf, ...(storage && { storage }), guests, protectData };
}
