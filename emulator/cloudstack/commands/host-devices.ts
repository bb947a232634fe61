/** Devices of hosts for instances: commands that only ABLESTACK Mold has. They answer at once, all of them. */
import { fail, invalid } from "../models/errors.ts";
import { extraConfigOf, type HostDevice, hostDevicesOf } from "../models/host-devices.ts";
import type { Host } from "../models/infrastructure.ts";
import type { Instance } from "../models/instance.ts";
import { type Call, type Command, listing, sync } from "./command.ts";
import { mentions } from "./filters.ts";
import { existingInstance } from "./instance-target.ts";
import { type Arguments, listParameters, ref, required, text } from "./parameters.ts";

const listHostDevices = listing({
  name: "listHostDevices",
  audience: "root-admin",
  parameters: { ...listParameters, id: required(ref("hosts")) },
  reply: "listhostdevices",
  rows: ({ args }) => {
    if (args.id.state === "Up") return [args.id];
    throw fail("runtime", `Error sending ListHostDeviceCommand: Resource [Host:${args.id.id}] is unreachable`);
  },
  render: (host: Host, call) => {
    const devices = hostDevicesOf(call, host).filter((device) => mentions(call.args.keyword, device.name, device.text));
    // Owners go by their internal number.
    const owners = devices.flatMap(({ name, instanceId }) =>
      instanceId === undefined ? [] : [[name, String(instanceId)]],
    );
    return {
      hostdevicesname: devices.map(({ name }) => name),
      hostdevicestext: devices.map(({ text }) => text),
      vmallocations: Object.fromEntries(owners),
    };
  },
});

const assignment = {
  hostid: required(ref("hosts")),
  hostdevicesname: required(text),
  hostdevicestext: text,
  virtualmachineid: ref("instances"),
  currentvmid: text,
  xmlconfig: text,
};
type AssignmentCall = Call<typeof assignment>;

const updateHostDevices = sync({
  name: "updateHostDevices",
  audience: "root-admin",
  parameters: assignment,
  run(call) {
    const { tables, args } = call;
    const device = hostDevicesOf(call, args.hostid).find(({ name }) => name === args.hostdevicesname);
    if (device === undefined) throw refused(`Device ${args.hostdevicesname} does not exist on the host`);
    if (args.virtualmachineid === undefined) release(call, device);
    else attach(call, device, args.virtualmachineid);
    const owner = tables.hostDevices.need(device.id).instanceId;
    const row = {
      hostdevicesname: device.name,
      virtualmachineid: owner === undefined ? undefined : String(owner),
      allocated: owner !== undefined,
    };
    return { count: 1, updatehostdevices: [row] };
  },
});

/** The server wraps every failure of this command so. */
function refused(why: string): Error {
  return fail("runtime", `Failed to update device allocation: ${why}`);
}

/** Writes the allocation down, and the piece of XML only when it is sent along. */
function attach({ tables, args }: AssignmentCall, device: HostDevice, instance: Instance): void {
  if (instance.removed !== undefined) throw refused(`VM not found with ID: ${instance.id}`);
  if (device.instanceId !== undefined) {
    const owner = tables.instances.need(device.instanceId);
    const named = owner.removed === undefined ? owner.instanceName : String(owner.id);
    throw refused(`Device ${device.name} is already allocated to VM: ${named}`);
  }
  if (instance.state !== "Stopped") {
    throw refused(
      `PCI devices can be changed only while the VM is stopped, ${instance.instanceName} is ${instance.state}`,
    );
  }
  if (tables.vmSnapshots.where("instanceId", instance.id).length > 0) {
    throw refused(`VM ${instance.instanceName} has VM snapshots`);
  }
  tables.hostDevices.update(device, { instanceId: instance.id });
  if (args.xmlconfig === undefined) return;
  const name = freeName(instance);
  tables.instances.update(instance, { details: { ...instance.details, [name]: args.xmlconfig } });
}

function freeName(instance: Instance): string {
  const taken = new Set(Object.keys(extraConfigOf(instance)));
  for (let number = 1; ; number += 1) if (!taken.has(`extraconfig-${number}`)) return `extraconfig-${number}`;
}

/**
 * Takes the allocation away, whatever the instance does just now; its details stay. Without `currentvmid` it is taken from
 * whoever has it.
 */
function release({ tables, args }: AssignmentCall, device: HostDevice): void {
  const { instanceId } = device;
  if (instanceId === undefined) return;
  const named = ownerNamed(tables, args);
  if (named !== undefined && named !== instanceId) {
    throw refused(`Device ${device.name} is not allocated to VM: ${args.currentvmid}`);
  }
  tables.hostDevices.update(device, { instanceId: undefined });
}

/** The internal number of `currentvmid`, which is such a number itself, or an id. */
function ownerNamed(tables: Call["tables"], { currentvmid }: Arguments<typeof assignment>): number | undefined {
  if (currentvmid === undefined || currentvmid === "") return undefined;
  if (/^\d+$/.test(currentvmid)) return Number(currentvmid);
  const instance = tables.instances.byUuid(currentvmid);
  if (instance === undefined) throw invalid(`Unable to find a VM with id ${currentvmid}`);
  return instance.id;
}

const listVmDeviceAssignments = listing({
  name: "listVmDeviceAssignments",
  audience: "user",
  parameters: { ...listParameters, virtualmachineid: required(ref("instances")) },
  reply: "vmdeviceassignment",
  rows: (call) => {
    const instance = existingInstance(call, call.args.virtualmachineid);
    return call.tables.hostDevices.where("instanceId", instance.id);
  },
  // What is written down, not what runs. `hostid` is the internal number.
  render: ({ hostId, name, text: detail }: HostDevice, { tables }) => ({
    devicetype: "pci",
    hostdevicesname: name,
    hostdevicestext: detail,
    hostid: hostId,
    hostname: tables.hosts.need(hostId).name,
  }),
});

export const hostDeviceCommands: readonly Command[] = [listHostDevices, updateHostDevices, listVmDeviceAssignments];
