import type { Tables } from "../models/tables.ts";

/** Account and domain of an owned thing, as nearly every answer shows them. */
export function ownerFields(tables: Tables, owned: { readonly accountId: number; readonly domainId: number }) {
  return { account: tables.accounts.need(owned.accountId).name, ...domainFields(tables, owned.domainId) };
}

export function domainFields(tables: Tables, domainId: number) {
  const domain = tables.domains.need(domainId);
  return { domainid: domain.uuid, domain: domain.name, domainpath: `ROOT${domain.path}`.replace(/\/$/, "") };
}
