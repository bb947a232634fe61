/** cephx capabilities. */

/** Services that capabilities speak of, in the order in which they are sent. */
const services = ["mon", "osd", "mgr", "mds"] as const;

/** The API's list; what is not in it the user loses. */
export function capsOf(caps: Readonly<Record<string, string | undefined>>): { entity: string; cap: string }[] {
  return services.flatMap((entity) => {
    const cap = caps[entity];
    return cap === undefined ? [] : [{ entity, cap: canonicalCap(cap) }];
  });
}

/**
 * One spelling per meaning: spaces around `,` `;` and `=`, quotes that are not needed, and the order of grants do not matter.
 * Grants are added up by Ceph, so their order means nothing (`OSDCap::is_capable` and its sisters).
 */
export function canonicalCap(cap: string): string {
  const grants = splitOutsideQuotes(cap)
    .map(canonicalGrant)
    .filter((grant) => grant !== "");
  return grants.sort().join(", ");
}

function canonicalGrant(grant: string): string {
  return grant
    .trim()
    .replace(/\s+/g, " ")
    .replace(/ ?= ?/g, "=")
    .replace(/(["'])([\w./*:-]+)\1/g, "$2");
}

function splitOutsideQuotes(text: string): string[] {
  return text.match(/(?:"[^"]*"|'[^']*'|[^,;"'])+/g) ?? [];
}

/** The key in a keyring's text. */
export function keyOf(keyring: string): string | undefined {
  return /^\s*key\s*=\s*(\S+)\s*$/m.exec(keyring)?.[1];
}
