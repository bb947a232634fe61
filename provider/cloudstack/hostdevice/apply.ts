/**
 * Gives PCI devices of a host to an instance, and takes them from it.
 *
 * Mold has no one command for it. What an instance gets at its next start stands in its details (`extraconfig-N`), which an
 * update replaces all at once; who may use a device stands in another table, which updateHostDevices writes and nothing else
 * looks at (ablestack-cloud#1134). So: stop, details, allocation, start on that host; when a step fails, all of it back.
 */
import { listed, ProviderError } from "../../core/errors.ts";
import type { Context } from "../../core/resource.ts";
import type { Client, Row } from "../client/client.ts";
import { listing } from "../instance/change.ts";
import { detailsOf } from "../instance/details.ts";
import { nicsOf } from "../instance/nics.ts";
import { startInstance, stopInstance } from "../instance/power.ts";
import { isToRestart, noteRestart } from "../instance/restart.ts";
import { flatParams } from "../wire.ts";
import { assignedTo, devicesOfHost, type HostDevice, needHostDevices } from "./devices.ts";
import { release } from "./release.ts";
import { Undo } from "./undo.ts";
import { configuredIn, withDevices } from "./xml.ts";

export interface Assignment {
  readonly instanceId: string;
  readonly hostId: string;
  /** In full spelling. */
  readonly addresses: readonly string[];
}

/** What there is to do, found out before anything is changed. */
interface Plan {
  readonly row: Row;
  readonly hostId: string;
  readonly details: Record<string, string>;
  readonly allocate: readonly HostDevice[];
  readonly release: readonly HostDevice[];
}

/**
 * Gives the instance `addresses` of the host, and takes from it those of `before` that are not among them. Devices that others
 * have given it stay. Goes on from what it finds, so that it may be done again after a failure.
 * @throws ProviderError, after taking back what it had done
 */
export async function apply(
  context: Context<Client>,
  { instanceId, hostId, addresses }: Assignment,
  before: readonly string[],
): Promise<void> {
  await needHostDevices(context);
  const row = await usable(context, instanceId);
  const devices = await devicesOfHost(context, hostId);
  const names = await assignedTo(context, instanceId, hostId);
  const own = new Set(devices.filter(({ name }) => names.has(name)));
  const wanted = addresses.map((address) => wantedDevice(context, address, devices, own));
  const dropped = before.filter((address) => !addresses.includes(address));
  const details = detailsOf(row) ?? {};
  const plan: Plan = {
    row,
    hostId,
    details: withDevices(details, addresses, dropped),
    allocate: wanted.filter((device) => !own.has(device)),
    release: devices.filter((device) => own.has(device) && device.address && dropped.includes(device.address)),
  };
  const isAsWanted = sameDetails(details, plan.details) && plan.allocate.length + plan.release.length === 0;
  const isDone = isAsWanted && !isToRestart(row);
  if (isDone) return;
  if (addresses.length > 0) await needExtraConfig(context);
  if (plan.allocate.length > 0) await needNoSnapshots(context, instanceId);
  await carryOut(context, plan);
}

/** Does it all, or takes all of it back. */
async function carryOut(context: Context<Client>, plan: Plan): Promise<void> {
  const { row, hostId, details, allocate } = plan;
  const id = String(row.id);
  const before = detailsOf(row) ?? {};
  const networkIds = nicsOf(row).map(({ networkId }) => String(networkId));
  const wasRunning = row.state === "Running" || isToRestart(row);
  const keepsDevices = [...configuredIn({ details }).values()].some((addresses) => addresses.length > 0);
  const undo = new Undo();
  try {
    if (row.state === "Running") {
      const host = row.hostid === undefined ? undefined : String(row.hostid);
      // The note stays on one that cannot be started: the next run tries again.
      undo.add("start the instance", async (own) => {
        await startInstance(own, id, { networkIds, hostId: host });
        await noteRestart(own, id, false);
      });
      await noteRestart(context, id, true);
      await stopInstance(context, id);
    }
    if (!sameDetails(before, details)) {
      undo.add("put its details back", (own) => putDetails(own, id, before));
      await putDetails(context, id, details);
    }
    for (const device of plan.release) {
      undo.add(`allocate ${device.name} again`, (own) => assign(own, id, hostId, device));
      await free(context, id, hostId, device);
    }
    for (const device of allocate) {
      undo.add(`release ${device.name}`, (own) => free(own, id, hostId, device));
      await assign(context, id, hostId, device);
    }
    if (wasRunning) {
      undo.add("stop the instance", (own) => stopInstance(own, id));
      await startInstance(context, id, { networkIds, hostId: keepsDevices ? hostId : undefined });
      await noteRestart(context, id, false).catch((error: unknown) => {
        context.log("warning", `the tag pulumi.restart is left on ${id}: ${error}`);
      });
    }
  } catch (error) {
    await takeBack(context, id, undo, error);
  }
}

/** @throws ProviderError that says what failed, and whether all is as it was */
async function takeBack(context: Context<Client>, id: string, undo: Undo, error: unknown): Promise<never> {
  const left = await undo.all(context);
  const rule = error instanceof Error ? error.message : String(error);
  throw new ProviderError(
    {
      what: "change of an instance's host devices",
      where: context.urn,
      value: id,
      rule,
      remedy:
        left.length === 0
          ? "everything was taken back, the instance is as it was: mend the cause and run `pulumi up` again"
          : `not taken back: ${left.join("; ").replace(/\.$/, "")}. Mend the cause and run \`pulumi up\` again: it goes on from what it finds`,
    },
    { cause: error },
  );
}

/** Gives all details at once, as an update wants them: those that are not sent are lost. */
async function putDetails(
  { api, signal }: Context<Client>,
  id: string,
  details: Record<string, string>,
): Promise<void> {
  const isEmpty = Object.keys(details).length === 0;
  const params = isEmpty ? { cleanupdetails: true } : flatParams("details", details);
  await api.call("updateVirtualMachine", { id, ...params }, { signal });
}

/** Allocates a device; one that turns out to be this instance's already will do. */
async function assign(context: Context<Client>, id: string, hostId: string, device: HostDevice): Promise<void> {
  const { api, signal } = context;
  const { name, text } = device;
  const params = { hostid: hostId, hostdevicesname: name, hostdevicestext: text || undefined, virtualmachineid: id };
  try {
    await api.call("updateHostDevices", params, { signal });
  } catch (error) {
    if ((await ownNow(context, id, hostId, device)) === undefined) throw error;
  }
}

async function free(context: Context<Client>, id: string, hostId: string, device: HostDevice): Promise<void> {
  const own = await ownNow(context, id, hostId, device);
  if (own !== undefined) await release(context, { hostId, instanceId: id, devices: [own] });
}

/** The device as it is now, if it is this instance's. */
async function ownNow(
  context: Context<Client>,
  id: string,
  hostId: string,
  { name }: HostDevice,
): Promise<HostDevice | undefined> {
  if (!(await assignedTo(context, id, hostId)).has(name)) return undefined;
  return (await devicesOfHost(context, hostId)).find((device) => device.name === name);
}

function wantedDevice(
  { urn }: Context<Client>,
  address: string,
  devices: readonly HostDevice[],
  own: ReadonlySet<HostDevice>,
): HostDevice {
  const device = devices.find((one) => one.address === address);
  const failure = { what: "allocation of a host device", where: urn, value: address };
  if (device === undefined) {
    const known = devices.flatMap(({ address: one, name }) => (one === undefined ? [] : [name]));
    throw new ProviderError({
      ...failure,
      rule: "the host has no device at this address",
      remedy: `it has: ${listed(known, "; ") || "none at all"}`,
    });
  }
  if (device.owner !== undefined && !own.has(device)) {
    throw new ProviderError({
      ...failure,
      rule: `it is allocated to instance ${device.owner}`,
      remedy: "choose another device, or release it there first",
    });
  }
  return device;
}

/** The instance in a state that changes can start from. */
async function usable(context: Context<Client>, id: string): Promise<Row> {
  const { api, signal, urn } = context;
  const row = await api.reads.byId(listing.command, listing.scope, id, signal);
  if (row?.jobstatus === 0) {
    await api.settled(row, { signal });
    return usable(context, id);
  }
  if (row?.state === "Running" || row?.state === "Stopped") return row;
  throw new ProviderError({
    what: "change of an instance's host devices",
    where: urn,
    value: id,
    rule: row === undefined ? "the instance does not exist" : `the instance is ${row.state}`,
    remedy: "it has to be Running or Stopped: run `pulumi refresh`, then `pulumi up`",
  });
}

const setting = "enable.additional.vm.configuration";

/** The server ignores extra configuration in silence, or refuses it, unless a setting allows it. */
async function needExtraConfig({ api, signal, urn }: Context<Client>): Promise<void> {
  const rows = await api.list("listConfigurations", { name: setting }, { signal });
  const row = rows.find(({ name }) => name === setting);
  if (row === undefined || String(row.value ?? row.defaultvalue) === "true") return;
  throw new ProviderError({
    what: "allocation of a host device",
    where: urn,
    value: `${setting}: ${row.value}`,
    rule: "instances may have no extra configuration on this server, and a device is given by it",
    remedy: `set it with cloudstack:management:Setting { name: "${setting}", value: "true" }, and make this resource depend on that`,
  });
}

/** The state of a device cannot be saved, so the server gives none to an instance with snapshots: it need not be stopped for that. */
async function needNoSnapshots({ api, signal, urn }: Context<Client>, id: string): Promise<void> {
  const rows = await api.list("listVMSnapshot", { virtualmachineid: id, listall: true }, { signal });
  if (rows.length === 0) return;
  throw new ProviderError({
    what: "allocation of a host device",
    where: urn,
    value: id,
    rule: `the instance has snapshots: ${listed(rows.map(({ displayname, name }) => displayname ?? name))}`,
    remedy: "delete them first",
  });
}

function sameDetails(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key] === b[key]);
}
