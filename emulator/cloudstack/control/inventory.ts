import type { Json } from "../models/jobs.ts";
import type { Row } from "../models/table.ts";
import type { Tables } from "../models/tables.ts";
import { type Tag, taggable } from "../models/tags.ts";
import type { World } from "../models/world.ts";

/** Tables that hold a record of what happened, not what exists. */
const excluded = new Set(["jobs"]);

/** Internal numbers, which say how often something was made, and secrets. */
const hidden = new Set(["id", "secretKey"]);

/**
 * Everything that exists, by table, sorted by uuid, without internal numbers and secrets: two equal inventories mean that nothing was
 * left behind and nothing seeded was changed. Things removed are not in it, nor deleted offerings, which stay Inactive for
 * ever, nor the tags of removed things.
 */
export function inventory({ tables }: World): Json {
  const content: Record<string, Json> = {};
  for (const [name, table] of Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (excluded.has(name)) continue;
    const rows = [...table.live()]
      .filter((row) => exists(tables, name, row))
      .sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
    if (rows.length > 0) content[name] = rows.map(shown);
  }
  return content;
}

function shown(row: Row): Json {
  return JSON.parse(JSON.stringify(row, (key, value) => (hidden.has(key) ? undefined : value))) as Json;
}

function exists(tables: Tables, table: string, row: object): boolean {
  if (table === "tags") return isOnLive(tables, row as Tag);
  return !(table.endsWith("Offerings") && "state" in row && row.state === "Inactive");
}

function isOnLive(tables: Tables, { resourceType, resourceUuid }: Tag): boolean {
  const type = Object.entries(taggable).find(([name]) => name === resourceType);
  return type !== undefined && tables[type[1]].byUuid(resourceUuid)?.removed === undefined;
}
