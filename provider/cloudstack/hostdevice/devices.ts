/** PCI devices of a host as ABLESTACK Mold tells them (listHostDevices), and whose they are. */
import { ProviderError } from "../../core/errors.ts";
import type { Context } from "../../core/resource.ts";
import { isObject } from "../../core/values.ts";
import type { Client, Row } from "../client/client.ts";
import { formatPci, parsePci } from "../pci.ts";
import { configuredIn } from "./xml.ts";

export interface HostDevice {
  /** In full spelling; absent for what has no PCI address in its name. */
  readonly address: string | undefined;
  /** The server's word for it, by which it is named in requests: "b3:00.0 3D controller …". */
  readonly name: string;
  readonly text: string;
  /** Instance that it is allocated to, in the server's words: its id, or the server's internal number. */
  readonly owner: string | undefined;
}

type Reading = Pick<Context<Client>, "api" | "signal">;

/** The devices of a host, asked for anew. */
export async function devicesOfHost({ api, signal }: Reading, hostId: string): Promise<HostDevice[]> {
  return devicesIn(await api.list("listHostDevices", { id: hostId }, { signal }));
}

/** The same, maybe some seconds old: one list for all resources of a host in a refresh. */
export async function devicesOfHostLately(reading: Reading, hostId: string): Promise<HostDevice[]> {
  const rows = await reading.api.reads.cached("listHostDevices", { id: hostId });
  return rows === undefined ? devicesOfHost(reading, hostId) : devicesIn(rows);
}

/** Names and texts come as two lists of the same order, allocations by name. */
function devicesIn(rows: readonly Row[]): HostDevice[] {
  return rows.flatMap(({ hostdevicesname, hostdevicestext, vmallocations }) => {
    const texts = listOf(hostdevicestext);
    return listOf(hostdevicesname).map((name, index) => {
      const owner = isObject(vmallocations) ? (Reflect.get(vmallocations, name) as unknown) : undefined;
      const address = parsePci(name);
      return {
        address: address && formatPci(address),
        name,
        text: texts[index] ?? "",
        owner: owner === undefined || owner === null || owner === "" ? undefined : String(owner),
      };
    });
  });
}

function listOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/**
 * Tells which of the devices are this instance's. Some servers name an owner by their internal number: then the instance's own
 * list of assignments is asked.
 */
export async function ownedBy(
  { api, signal }: Reading,
  instanceId: string,
  devices: readonly HostDevice[],
): Promise<ReadonlySet<HostDevice>> {
  const numbered = devices.filter(({ owner }) => owner !== undefined && /^\d+$/.test(owner));
  const own = devices.filter(({ owner }) => owner === instanceId);
  if (numbered.length === 0) return new Set(own);
  const rows = await api.list("listVmDeviceAssignments", { virtualmachineid: instanceId }, { signal });
  const assigned = new Set(rows.map(({ hostdevicesname }) => String(hostdevicesname)));
  return new Set([...own, ...numbered.filter(({ name }) => assigned.has(name))]);
}

/** The host whose devices the instance of a row has been given: it can start nowhere else. Undefined: it has none. */
export async function pinnedHost({ api, signal }: Reading, instance: Row): Promise<string | undefined> {
  if (![...configuredIn(instance).values()].some((addresses) => addresses.length > 0)) return undefined;
  if (!(await api.capabilities.all()).has("listVmDeviceAssignments")) return undefined;
  const rows = await api.list("listVmDeviceAssignments", { virtualmachineid: String(instance.id) }, { signal });
  const row = rows.find(({ devicetype }) => devicetype === undefined || devicetype === "pci");
  if (row === undefined) return undefined;
  if (typeof row.hostuuid === "string") return row.hostuuid;
  // `hostid` is the server's internal number here.
  const [host] = await api.list("listHosts", { name: String(row.hostname), type: "Routing" }, { signal });
  return host === undefined ? undefined : String(host.id);
}

/** @throws ProviderError on servers other than Mold */
export async function needHostDevices({ api, urn }: Context<Client>): Promise<void> {
  if ((await api.capabilities.all()).has("updateHostDevices")) return;
  throw new ProviderError({
    what: "use of cloudstack:gpu:HostDevice",
    where: urn,
    rule: "this server has no command updateHostDevices, which only ABLESTACK Mold has",
    remedy: "on CloudStack 4.21 and later give GPUs by service offerings: ServiceOffering with vgpuProfileId",
  });
}
