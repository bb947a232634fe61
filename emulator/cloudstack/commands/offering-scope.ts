import { fail, invalid } from "../models/errors.ts";
import { type Account, accountTypes, type Domain } from "../models/identity.ts";
import type { Row } from "../models/table.ts";
import type { Tables } from "../models/tables.ts";
import type { Caller } from "./command.ts";
import { refs, text } from "./parameters.ts";

/** To whom and where an offering is given: everybody and everywhere when nothing is named. */
export const givenTo = { domainid: refs("domains"), zoneid: refs("zones") };

/** For updates, where `public` and `all` open the offering to everybody and everywhere. */
export const givenToByText = { domainid: text, zoneid: text };

interface Scoped {
  readonly domainIds?: readonly number[];
  readonly zoneIds?: readonly number[];
}

/** The internal ids of the rows, or nothing. */
export function idsOf(rows: readonly Row[] | undefined): readonly number[] | undefined {
  return rows && rows.length > 0 ? rows.map((row) => row.id) : undefined;
}

/** New scopes from an update's texts; absent texts change nothing. @throws {ApiError} 431 for an id that does not exist. */
export function scopeChanges(
  tables: Tables,
  { domainid, zoneid }: { domainid?: string | undefined; zoneid?: string | undefined },
) {
  return {
    ...(domainid === undefined
      ? {}
      : { domainIds: domainid === "public" ? undefined : parseIds(tables, "domains", domainid) }),
    ...(zoneid === undefined ? {} : { zoneIds: zoneid === "all" ? undefined : parseIds(tables, "zones", zoneid) }),
  };
}

function parseIds(tables: Tables, table: "domains" | "zones", ids: string): number[] {
  return ids.split(",").map((id) => {
    const row = tables[table].byUuid(id);
    if (!row) throw invalid(`Please specify a valid ${table.slice(0, -1)} id: ${id}`);
    return row.id;
  });
}

/** Whether the caller may use an offering: it is open to all, or given to a domain at or above the caller's. */
export function isOffered(tables: Tables, caller: Caller, { domainIds }: Scoped): boolean {
  if (!domainIds || caller.account.type === accountTypes.admin) return true;
  return domainIds.some((id) => {
    const domain: Domain = tables.domains.need(id);
    const below = domain.path.startsWith(caller.domain.path) && caller.account.type !== accountTypes.user;
    return below || caller.domain.path.startsWith(domain.path);
  });
}

/** Whether an offering can be used in a zone; no zone asks nothing. */
export function isInZone({ zoneIds }: Scoped, zone: Row | undefined): boolean {
  return !zone || !zoneIds || zoneIds.includes(zone.id);
}

/** @throws {ApiError} 531 when the offering is not given to the owner's domain, or not in this zone (`DomainChecker`) */
export function checkUse(
  tables: Tables,
  owner: Account,
  zone: Row,
  { kind, offering }: { readonly kind: "service" | "disk"; readonly offering: Scoped & { readonly name: string } },
): void {
  const { path } = tables.domains.need(owner.domainId);
  const isGiven = offering.domainIds?.some((id) => path.startsWith(tables.domains.need(id).path)) ?? true;
  if (isGiven && isInZone(offering, zone)) return;
  throw fail(
    "permission-denied",
    `Account ${owner.name} does not have permission to operate with ${kind} offering ${offering.name}`,
  );
}

/** Domains and zones of an offering as answers show them. */
export function scopeFields(tables: Tables, { domainIds, zoneIds }: Scoped, domainText: (domain: Domain) => string) {
  const domains = (domainIds ?? []).map((id) => tables.domains.need(id));
  const zones = (zoneIds ?? []).map((id) => tables.zones.need(id));
  const joined = (texts: readonly string[]) => texts.join(",");
  return {
    ...(domains.length > 0
      ? { domainid: joined(domains.map((domain) => domain.uuid)), domain: joined(domains.map(domainText)) }
      : {}),
    ...(zones.length > 0
      ? { zoneid: joined(zones.map((zone) => zone.uuid)), zone: joined(zones.map((zone) => zone.name)) }
      : {}),
  };
}

/** The server keeps the scopes among an offering's details, as internal ids, and shows them there. */
export function scopeDetails({ domainIds, zoneIds }: Scoped): Record<string, string> {
  return {
    ...(zoneIds ? { zoneid: zoneIds.join(",") } : {}),
    ...(domainIds ? { domainid: domainIds.join(",") } : {}),
  };
}
