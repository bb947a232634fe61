/** Devices of instances that are taken away: the server itself leaves them allocated. */
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { provesGone } from "../client/errors.ts";
import { assignedTo, devicesOfHost, type HostDevice, hasHostDevices, pinnedHost } from "./devices.ts";

/** Devices to be released, and the host that they are in. */
export interface Held {
  readonly hostId: string;
  /** Whose they are, where the server's list of the host's devices does not say it. */
  readonly instanceId: string;
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
  const devices = (await devicesOfHost(context, hostId)).filter(({ name }) => names.has(name));
  return { hostId, instanceId, devices };
}

/**
 * What is held of these addresses by an instance that is gone already; `owner` is what the server called it, which is
 * nowhere to be found out any more.
 */
export async function heldByGone(
  context: Context<Client>,
  { owner: gone, hostId, instanceId }: { owner: string | undefined; hostId: string; instanceId: string },
  addresses: readonly string[],
): Promise<Held> {
  if (gone === undefined) return { hostId, instanceId, devices: [] };
  try {
    const devices = await devicesOfHost(context, hostId);
    const held = devices.filter(({ owner, address }) => owner === gone && addresses.includes(address ?? ""));
    return { hostId, instanceId, devices: held };
  } catch (error) {
    if (!provesGone(error, hostId)) throw error;
    return { hostId, instanceId, devices: [] };
  }
}

/** Releases devices, each by name of its owner: without that the server takes the first allocation of the device's name. */
export async function release({ api, signal }: Context<Client>, { hostId, instanceId, devices }: Held): Promise<void> {
  for (const { name, owner } of devices) {
    const currentvmid = owner ?? instanceId;
    await api.call("updateHostDevices", { hostid: hostId, hostdevicesname: name, currentvmid }, { signal });
  }
}
