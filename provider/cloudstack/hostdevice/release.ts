/** Devices of instances that are taken away: the server itself leaves them allocated. */
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { provesGone } from "../client/errors.ts";
import { assignedTo, devicesOfHost, type HostDevice, hasHostDevices, pinnedHost } from "./devices.ts";

/** Devices to be released, and the host that they are in. */
export interface Held {
  readonly hostId: string;
  readonly devices: readonly HostDevice[];
}

/** What an instance holds; to be asked before it is destroyed. Servers without host devices are not asked. */
export async function heldBy(context: Context<Client>, instanceId: string): Promise<Held | undefined> {
  const { api, signal } = context;
  if (!(await hasHostDevices(api))) return undefined;
  const row = await api.reads.byId("listVirtualMachines", { listall: "true" }, instanceId, signal);
  const hostId = row && (await pinnedHost(context, row));
  if (hostId === undefined) return undefined;
  const names = await assignedTo(context, instanceId, hostId);
  return { hostId, devices: (await devicesOfHost(context, hostId)).filter(({ name }) => names.has(name)) };
}

/**
 * What is held of these addresses by an instance that is gone already; `owner` is what the server called it, which is
 * nowhere to be found out any more.
 */
export async function heldByGone(
  context: Context<Client>,
  { owner: gone, hostId }: { owner: string | undefined; hostId: string },
  addresses: readonly string[],
): Promise<Held> {
  if (gone === undefined) return { hostId, devices: [] };
  try {
    const devices = await devicesOfHost(context, hostId);
    const held = devices.filter(({ owner, address }) => owner === gone && addresses.includes(address ?? ""));
    return { hostId, devices: held };
  } catch (error) {
    if (!provesGone(error, hostId)) throw error;
    return { hostId, devices: [] };
  }
}

/** Releases devices, each by name of its owner: without that the server takes the first allocation of the device's name. */
export async function release({ api, signal }: Context<Client>, { hostId, devices }: Held): Promise<void> {
  for (const { name, owner } of devices) {
    await api.call("updateHostDevices", { hostid: hostId, hostdevicesname: name, currentvmid: owner }, { signal });
  }
}
