/** Who may see and use a network. */
import { fail } from "./errors.ts";
import type { Account, Domain } from "./identity.ts";
import type { Network } from "./network.ts";
import type { Tables } from "./tables.ts";

/** Whether a network that belongs to a domain is there for things of this domain. */
export function isAvailableIn(tables: Tables, network: Network, domain: Domain): boolean {
  if (network.domainId === domain.id) return true;
  const above = tables.domains.need(network.domainId);
  return network.subdomainAccess === true && domain.path.startsWith(above.path);
}

/** @throws {ApiError} 531 when instances of this account may not be put on the network, whoever asks. */
export function checkMayUse(tables: Tables, owner: Account, network: Network): void {
  if (network.aclType === "Account") {
    if (network.accountId === owner.id) return;
    throw fail("permission-denied", `Unable to use network with id= ${network.uuid}, permission denied`);
  }
  const domain = tables.domains.need(owner.domainId);
  if (isAvailableIn(tables, network, domain)) return;
  throw fail("permission-denied", `Shared network id=${network.uuid} is not available in domain id=${domain.uuid}`);
}
