/** PCI devices of a host as ABLESTACK Mold tells them (listHostDevices), and whose they are. */
import { ProviderError } from "../../core/errors.ts";
import type { Context } from "../../core/resource.ts";
import { isObject } from "../../core/values.ts";
import type { Client, Row } from "../client/client.ts";
import { provesGone } from "../client/errors.ts";
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
 * Names of the host's devices that an instance has been given, by what is written down: also told while the host is down. Two
 * hosts of one make call their devices alike, so the host counts.
 */
export async function assignedTo({ api, signal }: Reading, instanceId: string, hostId: string): Promise<Set<string>> {
  const rows = await assignments({ api, signal }, instanceId);
  // `hostid` is the server's internal number here; newer servers add `hostuuid`.
  const host = await api.read("listHosts", { type: "Routing" }, hostId, { signal });
  const here = rows.filter(({ hostuuid, hostname }) => (hostuuid ?? hostId) === hostId && hostname === host?.name);
  return new Set(here.map(({ hostdevicesname }) => String(hostdevicesname)));
}

/** The PCI devices that an instance has been given; none of one that is gone. */
export async function assignments({ api, signal }: Reading, instanceId: string): Promise<Row[]> {
  try {
    const rows = await api.list("listVmDeviceAssignments", { virtualmachineid: instanceId }, { signal });
    return rows.filter(({ devicetype }) => devicetype === undefined || devicetype === "pci");
  } catch (error) {
    if (provesGone(error, instanceId)) return [];
    throw error;
  }
}

/** The host whose devices the instance of a row has been given: it can start nowhere else. Undefined: it has none. */
export async function pinnedHost({ api, signal }: Reading, instance: Row): Promise<string | undefined> {
  if (![...configuredIn(instance).values()].some((addresses) => addresses.length > 0)) return undefined;
  if (!(await hasHostDevices(api))) return undefined;
  const [row] = await assignments({ api, signal }, String(instance.id));
  if (row === undefined) return undefined;
  if (typeof row.hostuuid === "string") return row.hostuuid;
  const hosts = await api.list("listHosts", { name: String(row.hostname), type: "Routing" }, { signal });
  const host = hosts.find(({ name }) => name === row.hostname);
  return host === undefined ? undefined : String(host.id);
}

/** Whether the server gives host devices to instances and tells whose they are. */
export async function hasHostDevices(api: Client): Promise<boolean> {
  const apis = await api.capabilities.all();
  return apis.has("updateHostDevices") && apis.has("listVmDeviceAssignments");
}

/** @throws ProviderError on servers other than Mold */
export async function needHostDevices({ api, urn }: Context<Client>): Promise<void> {
  if (await hasHostDevices(api)) return;
  throw new ProviderError({
    what: "use of cloudstack:gpu:HostDevice",
    where: urn,
    rule: "this server lacks updateHostDevices or listVmDeviceAssignments, which only ABLESTACK Mold has",
    remedy: "on CloudStack 4.21 and later give GPUs by service offerings: ServiceOffering with vgpuProfileId",
  });
}
