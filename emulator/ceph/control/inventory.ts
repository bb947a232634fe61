import type { Json } from "../../cloudstack/models/jobs.ts";
import type { World } from "../models/world.ts";

/** What a session leaves behind, which nobody made as a thing. */
const excluded = new Set(["revokedTokens", "secrets"]);

/** Internal numbers, passwords and keys, and what changes by itself. */
const hidden = new Set(["id", "created", "uuid", "password", "attempts", "key", "keys", "secret_key"]);

/** Everything that exists, by table, sorted, without secrets: two equal inventories mean that nothing was left behind. */
export function inventory({ tables }: World): Json {
  const content: Record<string, Json> = {};
  for (const [name, table] of Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (excluded.has(name)) continue;
    const rows = [...table.live()].map((row) =>
      JSON.stringify(row, (key, value) => (hidden.has(key) ? undefined : value)),
    );
    if (rows.length > 0) content[name] = rows.sort().map((row) => JSON.parse(row) as Json);
  }
  return content;
}
