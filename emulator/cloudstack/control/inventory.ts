import type { Json } from "../models/jobs.ts";
import type { World } from "../models/world.ts";

/** Tables that hold a record of what happened, not what exists. */
const excluded = new Set(["jobs"]);

/**
 * Everything that exists, by table, sorted by uuid, without internal numbers: two equal inventories mean that nothing was
 * left behind and nothing seeded was changed. Things removed are not in it.
 */
export function inventory({ tables }: World): Json {
  const content: Record<string, Json> = {};
  for (const [name, table] of Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (excluded.has(name)) continue;
    const rows = [...table.live()].sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
    if (rows.length > 0) content[name] = rows.map((row) => JSON.parse(JSON.stringify(row)) as Json);
  }
  return content;
}
