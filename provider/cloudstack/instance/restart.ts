/** Instances that are stopped for a moment, and start again whatever becomes of the run. */
import type { Context } from "../../core/resource.ts";
import type { Client, Row } from "../client/client.ts";
import { pinnedHost } from "../hostdevice/devices.ts";
import { retag } from "../taggable.ts";
import { readTags } from "../wire.ts";
import { startInstance, stopInstance } from "./power.ts";

/** Tag on an instance that ran before we stopped it: a run that is killed half way leaves it, and the next one starts the instance. */
const restartTag = { "pulumi.restart": "true" };

export function isToRestart(row: Row): boolean {
  return row.state === "Stopped" && "pulumi.restart" in (readTags(row) ?? {});
}

export async function noteRestart(context: Context<Client>, id: string, on: boolean): Promise<void> {
  const [before, after] = on ? [{}, restartTag] : [restartTag, {}];
  await retag(context, "UserVm", id, before, after);
}

/** How long an instance may take to start after a failed or cancelled change. */
const patienceMs = 600_000;

/** Works of one process that want the same instance stopped, one after the other. */
const queues = new WeakMap<Client, Map<string, Promise<unknown>>>();

/** Does the work while the instance is stopped; one that ran before, or that an interrupted run left stopped, runs afterwards. */
export function whileStopped(context: Context<Client>, id: string, work: () => Promise<void>): Promise<void> {
  const ofClient = queues.get(context.api) ?? new Map<string, Promise<unknown>>();
  queues.set(context.api, ofClient);
  const turn = (ofClient.get(id) ?? Promise.resolve()).then(() => stopWorkStart(context, id, work));
  ofClient.set(
    id,
    turn.catch(() => {}),
  );
  return turn;
}

async function stopWorkStart(context: Context<Client>, id: string, work: () => Promise<void>): Promise<void> {
  const row = await restedInstance(context, id);
  const runs = row?.state === "Running";
  if (row === undefined || (!runs && !isToRestart(row))) return work();
  if (runs) {
    await noteRestart(context, id, true);
    await stopInstance(context, id);
  }
  try {
    await work();
  } catch (error) {
    // What failed counts; if this fails too, the note is left and the next run tries again.
    await startAgain({ ...context, signal: AbortSignal.timeout(patienceMs) }, row).catch(() => {});
    throw error;
  }
  await startAgain(context, row);
}

/** Starts an instance that an interrupted run left stopped. */
export async function endRestart(context: Context<Client>, id: string): Promise<void> {
  const row = await restedInstance(context, id);
  if (row !== undefined && isToRestart(row)) await startAgain(context, row);
}

async function startAgain(context: Context<Client>, row: Row): Promise<void> {
  const id = String(row.id);
  const networkIds = Array.isArray(row.nic) ? row.nic.map(({ networkid }: Row) => String(networkid)) : [];
  await startInstance(context, id, { networkIds, hostId: await pinnedHost(context, row) });
  await noteRestart(context, id, false);
}

/** The instance once no job works on it any more. */
async function restedInstance({ api, signal }: Context<Client>, id: string): Promise<Row | undefined> {
  const look = () => api.reads.byId("listVirtualMachines", { listall: "true" }, id, signal);
  const row = await look();
  if (row?.jobstatus !== 0) return row;
  await api.settled(row, { signal });
  return look();
}
