import { isUnknown } from "../core/sdk.ts";
import type { PackSettings } from "../core/settings.ts";
import type { Subject, Values } from "../core/subject.ts";
import type { Text } from "../core/text.ts";
import { Undecided } from "../core/unknown.ts";
import type { Surroundings } from "../core/world.ts";
import { types } from "./types.ts";

/** Whose something is: a tenant's key, or the platform's. */
export type Owner = string;
/** No name: an account or a domain that somebody calls "platform" is a tenant's like any other. */
export const platform: Owner = "(platform)";

/**
 * Whose a resource is, for all that is written with or without our components:
 *
 * 1. its `account`: that is who CloudStack lets at it;
 * 2. else its `domainId`, by the domain's name;
 * 3. else, for what CloudStack gives no owner, the name that says it: a pool, a Ceph user, a storage tag;
 * 4. else its tag `tenant`; else it is the platform's.
 *
 * Names show a tenant by the pattern `tenantName` of the settings (`strata-tenant-a`, `client.tenant-a`,
 * `tenant-a-ai-data` are all tenant `a`); an account that does not fit is a tenant by its own name.
 * @throws Undecided when the domain is not known yet
 */
export async function ownerOf(subject: Subject<unknown>, world: Surroundings): Promise<Owner> {
  const { settings } = world;
  const { account, domainId } = subject.raw;
  const ofAccount =
    typeof account === "string" && account !== "" && !isUnknown(account) ? accountOwner(account, settings) : undefined;
  // An account of this name is the platform's in the platform's domain only: each domain may have its own "admin".
  if (ofAccount !== undefined && ofAccount !== platform) return ofAccount;
  if (domainId !== undefined && domainId !== "") {
    const [domain] = await world.referents<{ name: string }>(subject, "domainId", types.domain, [domainId]);
    if (domain !== undefined) return domainOwner(domain.props.name, settings);
  }
  if (ofAccount !== undefined) return ofAccount;
  if (isUnknown(account)) throw new Undecided({ en: "account is not known yet", ko: "account 값이 아직 미정" });
  return claimedTenant(subject.raw) ?? platform;
}

/** The owner as a word in a sentence. */
export function ownerName(owner: Owner): Text {
  return owner === platform ? { en: "the platform", ko: "플랫폼" } : { en: `tenant ${owner}`, ko: `테넌트 ${owner}` };
}

export function accountOwner(account: string, settings: PackSettings): Owner {
  if (settings.platformAccounts.includes(account)) return platform;
  return tenantInName(account, settings) ?? account;
}

export function domainOwner(domain: string, settings: PackSettings): Owner {
  return domain === "ROOT" ? platform : (tenantInName(domain, settings) ?? domain);
}

/** What the tag `tenant` says, which anybody can write: compared with the owner, never trusted before it. */
export function claimedTenant({ tags }: Values): string | undefined {
  if (typeof tags !== "object" || tags === null || isUnknown(tags)) return undefined;
  const { tenant } = tags as { tenant?: unknown };
  return typeof tenant === "string" && tenant !== "" && !isUnknown(tenant) ? tenant : undefined;
}

/** The tenant that a name shows, undefined where it shows none. */
export function tenantInName(name: string, settings: PackSettings): string | undefined {
  return tenantPattern(settings).exec(name)?.[1];
}

const patterns = new Map<string, RegExp>();
function tenantPattern({ tenantName }: PackSettings): RegExp {
  const pattern = patterns.get(tenantName) ?? new RegExp(tenantName);
  patterns.set(tenantName, pattern);
  return pattern;
}
