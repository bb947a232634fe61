import type { Domain } from "./identity.ts";
import type { Tables } from "./tables.ts";

/** `ROOT/a/b`, as the API shows a domain's path. */
export function shownPath({ path }: Domain): string {
  return `ROOT${path}`.replace(/\/$/, "");
}

/** As error texts describe a domain; Java escapes the slashes. */
export function describeDomain({ id, name, path, uuid }: Domain): string {
  return `Domain ${JSON.stringify({ id, name, path, uuid }).replaceAll("/", "\\/")}`;
}

/** The live domains under this one. */
export function childrenOf(tables: Tables, domain: Domain): Domain[] {
  return tables.domains.where("parentId", domain.id);
}

/** Gives the domain another name; the paths below follow. */
export function renameDomain(tables: Tables, domain: Domain, name: string): void {
  const parent = tables.domains.need(domain.parentId ?? 0);
  const path = `${parent.path}${name}/`;
  const before = domain.path;
  for (const one of tables.domains.filter((candidate) => candidate.path.startsWith(before))) {
    tables.domains.update(one, { path: `${path}${one.path.slice(before.length)}` });
  }
  tables.domains.update(domain, { name });
}
