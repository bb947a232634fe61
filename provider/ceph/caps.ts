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
  return grantsOf(cap).map(canonicalGrant).sort().join(", ");
}

/** Every grant begins with one of two words: what follows a comma without them belongs to the grant before, as in `gids=7,8`. */
function grantsOf(cap: string): string[] {
  const grants: string[] = [];
  for (const part of splitOutsideQuotes(cap).map((one) => one.trim())) {
    const last = grants.at(-1);
    if (last === undefined || /^(allow|profile)\b/.test(part)) grants.push(part);
    else grants[grants.length - 1] = `${last},${part}`;
  }
  return grants.map((grant) => grant.replace(/^[\s,]+|[\s,]+$/g, "")).filter((grant) => grant !== "");
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
