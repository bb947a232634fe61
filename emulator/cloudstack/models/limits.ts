import { childrenOf } from "./domains.ts";
import { fail } from "./errors.ts";
import { type Account, accountTypes, type Domain } from "./identity.ts";
import { isStorage, type ResourceType, resourceTypes, settingNames } from "./resource-types.ts";
import { settingInForce, settingValue } from "./settings.ts";
import { usageOf } from "./usage.ts";
import type { World } from "./world.ts";

export const unlimited = -1;
const gib = 2 ** 30;

/** How much more of each type is asked for; storage in bytes, memory in MiB. */
export type Request = readonly (readonly [type: ResourceType, amount: number])[];

/** A request for GPUs: what asks for none is not refused where there are too many already. */
export function gpuRequest(count = 0): Request {
  return count > 0 ? [["gpu", count]] : [];
}

/**
 * Refuses what would exceed a limit of the account or of a domain above it (ROOT and root admins have none).
 * @throws {ApiError} 535 (4370) with the text of `ResourceLimitManagerImpl`; commands that re-wrap it use `rewrapped`.
 */
export function checkLimits(world: World, account: Account, request: Request): void {
  if (account.type === accountTypes.admin) return;
  for (const [type, amount] of request) {
    checkAccount(world, account, type, amount);
    for (const domain of domainsAbove(world, account.domainId)) checkDomain(world, domain, type, amount);
  }
}

/** The limit that holds for an account: set, or the default. Storage in bytes; -1 unlimited. */
export function accountLimit(world: World, account: Account, type: ResourceType): number {
  if (account.type === accountTypes.admin) return unlimited;
  return setLimit(world, "account", account.id, type) ?? defaultLimit(world, "account", type);
}

/** The limit that holds for a domain: set on it or on the nearest domain above, or the default. */
export function domainLimit(world: World, domain: Domain, type: ResourceType): number {
  if (domain.level === 0) return unlimited;
  for (const one of domainsAbove(world, domain.id)) {
    const max = setLimit(world, "domain", one.id, type);
    if (max !== undefined) return max;
  }
  return defaultLimit(world, "domain", type);
}

/** A limit that somebody set on this very owner. */
export function setLimit(world: World, ownerType: "account" | "domain", ownerId: number, type: ResourceType) {
  return limitRow(world, ownerType, ownerId, type)?.max;
}

export function limitRow(
  { tables }: World,
  ownerType: "account" | "domain",
  ownerId: number,
  type: ResourceType,
  tag?: string,
) {
  const number = resourceTypes.indexOf(type);
  return tables.resourceLimits
    .where("ownerId", ownerId)
    .find((row) => row.ownerType === ownerType && row.type === number && row.tag === tag);
}

/** What can be limited by tag, and the settings that name the tags (`ResourceLimitService`). Told, and not enforced here. */
const tagged: readonly { readonly setting: string; readonly types: ReadonlySet<ResourceType> }[] = [
  { setting: "resource.limit.host.tags", types: new Set(["user_vm", "cpu", "memory", "gpu"]) },
  { setting: "resource.limit.storage.tags", types: new Set(["volume", "primary_storage"]) },
];

/** The tags by which a type can be limited; undefined where it cannot be at all. */
export function limitTags(world: World, type: ResourceType): string[] | undefined {
  const kind = tagged.find(({ types }) => types.has(type));
  if (kind === undefined) return undefined;
  const tags = settingValue(world, kind.setting).split(",");
  return tags.map((tag) => tag.trim()).filter((tag) => tag !== "");
}

/** What the settings say for those without a limit of their own. */
export function defaultLimit(world: World, owner: "account" | "domain" | "project", type: ResourceType): number {
  const value = Number(settingInForce(world, `max.${owner}.${settingNames[type]}`));
  return value < 0 ? unlimited : value * (isStorage(type) ? gib : 1);
}

/** What all accounts of a domain and below use. Downwards from the domain: a list of all domains asks this of each. */
export function domainUsage(world: World, domain: Domain, type: ResourceType): number {
  let sum = 0;
  for (const account of world.tables.accounts.where("domainId", domain.id)) sum += usageOf(world, account.id, type);
  for (const child of childrenOf(world.tables, domain)) sum += domainUsage(world, child, type);
  return sum;
}

function checkAccount(world: World, account: Account, type: ResourceType, amount: number): void {
  const limit = accountLimit(world, account, type);
  const used = usageOf(world, account.id, type);
  if (limit === unlimited || used + amount <= limit) return;
  const [max, current, reserved, requested] = [limit, used, 0, amount].map((value) => readable(type, value));
  throw fail(
    "resource-allocation",
    `Maximum amount of resources of Type = '${type}', tag = 'null' for Account Name = ${account.name} in Domain Id = ${account.domainId} is exceeded: Account Resource Limit = ${max}, Current Account Resource Amount = ${current}, Current Account Resource Reservation = ${reserved}, Requested Resource Amount = ${requested}.`,
  );
}

function checkDomain(world: World, domain: Domain, type: ResourceType, amount: number): void {
  const limit = domainLimit(world, domain, type);
  if (limit === unlimited) return;
  const used = domainUsage(world, domain, type);
  if (used + amount <= limit) return;
  const [max, current, reserved, requested] = [limit, used, 0, amount].map((value) => readable(type, value));
  throw fail(
    "resource-allocation",
    `Maximum domain resource limits of Type '${type}' for Domain Id = ${domain.uuid} is exceeded: Domain Resource Limit = ${max}, Current Domain Resource Amount = ${current}, Current Resource Reservation = ${reserved}, Requested Resource Amount = ${requested}.`,
  );
}

/** The domain and those above it, ROOT left out. */
function domainsAbove({ tables }: World, domainId: number): Domain[] {
  const domains: Domain[] = [];
  for (let domain = tables.domains.get(domainId); domain && domain.level > 0; ) {
    domains.push(domain);
    domain = tables.domains.get(domain.parentId);
  }
  return domains;
}

const units = ["bytes", "KB", "MB", "GB", "TB"];

/** Bytes as the server writes them: `(1.00 GB) 1073741824`, `(0 bytes) 0`. Other amounts as they are. */
function readable(type: ResourceType, amount: number): string {
  if (!isStorage(type)) return String(amount);
  let unit = 0;
  let value = amount;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `(${unit === 0 ? amount : value.toFixed(2)} ${units[unit]}) ${amount}`;
}
