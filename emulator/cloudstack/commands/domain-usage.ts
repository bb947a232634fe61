import type { Domain } from "../models/identity.ts";
import { accountLimit, defaultLimit, domainUsage, setLimit, unlimited } from "../models/limits.ts";
import { isStorage, type ResourceType } from "../models/resource-types.ts";
import type { World } from "../models/world.ts";
import type { JsonObject } from "./command.ts";
import { unlimitedText, usageFields, usageOrder } from "./usage-fields.ts";

const gib = 2 ** 30;

/**
 * Limits and use of a domain as `listDomains` shows them, with the oddities of `DomainJoinDaoImpl` (recordings 02 and 13):
 * a default limit shows only for storage types; backups follow the limit of snapshots, backup storage that of backups;
 * buckets and object storage show the default of the account whose internal id happens to be the domain's.
 */
export function domainUsageFields(domain: Domain, world: World): JsonObject {
  return Object.assign({}, ...usageOrder(world).map((type) => fieldsOf(domain, world, type)));
}

function fieldsOf(domain: Domain, world: World, type: ResourceType): JsonObject {
  const unit = isStorage(type) ? gib : 1;
  const limit = shownLimit(domain, world, type);
  const total = Math.floor(domainUsage(world, domain, type) / unit);
  const text = (decider: number) => (decider === unlimited ? unlimitedText : String(Math.floor(limit / unit)));
  const available = (decider: number) =>
    decider === unlimited ? unlimitedText : String(Math.floor(limit / unit) - total);
  switch (type) {
    case "backup": {
      const decider = shownLimit(domain, world, "snapshot");
      return usageFields(type, text(decider), total, available(decider));
    }
    case "backup_storage":
      return usageFields(type, text(shownLimit(domain, world, "backup")), total, available(limit));
    default:
      return usageFields(type, text(limit), total, available(limit));
  }
}

function shownLimit(domain: Domain, world: World, type: ResourceType): number {
  if (domain.level === 0) return unlimited;
  const set = setLimit(world, "domain", domain.id, type);
  if (set !== undefined) return set;
  if (type === "bucket" || type === "object_storage") {
    const namesake = world.tables.accounts.get(domain.id);
    return namesake && namesake.removed === undefined ? accountLimit(world, namesake, type) : unlimited;
  }
  return isStorage(type) ? defaultLimit(world, "domain", type) : unlimited;
}
