/** Devices as the server lists them. */
import type { Row } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import type { Params } from "../wire.ts";

/** Devices, asked for anew; `filter` in the words of listGpuDevices. */
export function devicesOf({ api, signal }: Pick<Context<Client>, "api" | "signal">, filter: Params): Promise<Row[]> {
  return api.list("listGpuDevices", filter, { signal });
}
