import { invalid } from "./errors.ts";
import type { Account } from "./identity.ts";
import type { Zone } from "./infrastructure.ts";
import type { Tables } from "./tables.ts";

const label = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

/** The DNS domain of a new network: as asked, or of the account, its domains, the zone, or made from the account's number. */
export function networkDomainFor(tables: Tables, owner: Account, zone: Zone, wanted: string | undefined): string {
  const domain = wanted ?? inherited(tables, owner) ?? zone.networkDomain ?? `cs${owner.id.toString(16)}cloud.internal`;
  if (domain.length > 190 || !domain.split(".").every((part) => label.test(part))) {
    throw invalid(
      "Invalid network domain. Total length shouldn't exceed 190 chars. Each domain label must be between 1 and 63 characters long, can contain ASCII letters 'a' through 'z', the digits '0' through '9', and the hyphen ('-'); can't start or end with \"-\"",
    );
  }
  return domain;
}

function inherited(tables: Tables, owner: Account): string | undefined {
  if (owner.networkDomain) return owner.networkDomain;
  let domain = tables.domains.get(owner.domainId);
  while (domain !== undefined && !domain.networkDomain) domain = tables.domains.get(domain.parentId);
  return domain?.networkDomain;
}
