import type { GuestSettings, Plan } from "../plan/plan.ts";
import { Catalogue } from "./catalogue.ts";
import { PlatformNetwork } from "./platform-network.ts";
import type { Site } from "./site.ts";

/** What all layers stand on. */
export interface Foundation {
  site: Site;
  catalogue: Catalogue;
  network: PlatformNetwork;
  guests: GuestSettings;
  /** True keeps data volumes from being destroyed, by Pulumi and by CloudStack. */
  protectData: boolean;
}

export function layFoundation(
  { catalogue: cataloguePlan, network: plan, guests, protectData }: Plan,
  site: Site,
): Foundation {
  const catalogue = new Catalogue("catalogue", { plan: cataloguePlan, site });
  const { networkDomain } = guests;
  const network = new PlatformNetwork("network", { plan, networkDomain, site, catalogue });
  return { site, catalogue, network, guests, protectData };
}
