import type { Subject } from "../core/subject.ts";
import type { Surroundings } from "../core/world.ts";
import { domainOwner, type Owner, tenantInName } from "./owner.ts";
import { type DiskOffering, type Domain, types } from "./types.ts";

/** The tenants whose storage an offering opens: by its storage tags, and by the domains that it is limited to. */
export async function tenantsOfOffering(offering: Subject<DiskOffering>, world: Surroundings): Promise<Owner[]> {
  const { storageTags = [] } = offering.props;
  const tagged = storageTags.flatMap((tag) => tenantInName(tag, world.settings) ?? []);
  const domains = await world.referents<Domain>(offering, "domainIds", types.domain, idsIn(offering.raw.domainIds));
  return [...new Set([...tagged, ...domains.map(({ props }) => domainOwner(props.name, world.settings))])];
}

/** A list of ids as it came, unknown ones included. A list that is unknown itself counts as one unknown id. */
export function idsIn(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
