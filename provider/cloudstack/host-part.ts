/** What a host's row of listHosts tells in a part of its own, such as `hostha`. All reads of a refresh share that list. */
import type { Fields, Row } from "../core/fields.ts";
import type { Context, Live } from "../core/resource.ts";
import { isObject } from "../core/values.ts";
import type { Client } from "./client/client.ts";
import { valuesOf } from "./wire.ts";

const scope = { type: "Routing" } as const;

/** One part, and the field of it without which nothing was ever configured. */
export interface HostPart {
  readonly part: string;
  readonly proof: string;
}

/** Reads a part, which may be some seconds old; undefined when the host is gone or has nothing configured. */
export async function readHostPart(
  { api, signal }: Context<Client>,
  hostId: string,
  fields: Fields,
  of: HostPart,
): Promise<Live | undefined> {
  return liveOf(hostId, fields, of, await api.read("listHosts", scope, hostId, { signal }));
}

/** The same, asked for anew. */
export async function readHostPartNow(
  { api, signal }: Context<Client>,
  hostId: string,
  fields: Fields,
  of: HostPart,
): Promise<Live | undefined> {
  return liveOf(hostId, fields, of, await api.reads.byId("listHosts", scope, hostId, signal));
}

function liveOf(id: string, fields: Fields, { part, proof }: HostPart, host: Row | undefined): Live | undefined {
  const row = host?.[part];
  if (!isObject(row) || Reflect.get(row, proof) === undefined) return undefined;
  return { id, values: { ...valuesOf(fields, row as Row), hostId: id } };
}
