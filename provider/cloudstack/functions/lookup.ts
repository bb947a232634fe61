/** What the look-ups have in common. */
import { ProviderError } from "../../core/errors.ts";
import type { Fields, Row } from "../../core/fields.ts";
import type { ProviderFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import type { Params } from "../wire.ts";

export type Lookup = Parameters<ProviderFunction<Client, Fields, Fields>["call"]>[0];

/**
 * The one row of a list that is wanted. Look-ups go past the cache of reads: what they find decides what is made.
 * @throws ProviderError that names what there is, when nothing or more than one thing fits
 */
export async function theOne(
  { api, signal }: Lookup,
  what: string,
  query: { command: string; params: Params; matches: (row: Row) => boolean; value: string },
): Promise<Row> {
  const rows = await api.list(query.command, query.params, { signal });
  const found = rows.filter(query.matches);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const names = [...new Set(rows.map(({ name }) => String(name)))].sort();
  throw new ProviderError({
    what: `look-up of ${what}`,
    value: query.value,
    rule: found.length > 1 ? `${found.length} of them fit` : "there is none, or the keys may not see it",
    remedy:
      found.length > 1
        ? "say which by more properties"
        : `there ${names.length === 0 ? "are none at all" : `are: ${names.join(", ")}`}`,
  });
}
