import { invalid } from "../models/errors.ts";
import { type GpuCard, type GpuDevice, gpuDeviceTypes, type VgpuProfile } from "../models/gpu.ts";
import { rememberGroups } from "../models/gpu-capacity.ts";
import { devicesOn, eraseDevice } from "../models/gpu-devices.ts";
import { discoverGpus } from "../models/gpu-discovery.ts";
import { defined } from "../models/values.ts";
import type { World } from "../models/world.ts";
import { type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { listParameters, ref, refs, required, text } from "./parameters.ts";
import { wrapped } from "./wrapped.ts";

/** Users see of a device what it is and who has it, also other tenants' instances, but not where it is. */
function render(device: GpuDevice, { tables, caller }: Call): JsonObject {
  const card = tables.gpuCards.need(device.cardId);
  const profile = tables.vgpuProfiles.need(device.profileId);
  const host = tables.hosts.need(device.hostId);
  const instance = tables.instances.get(device.instanceId);
  const place = {
    busaddress: device.busAddress,
    gpudevicetype: device.type,
    hostid: host.uuid,
    hostname: host.name,
    gpucardid: card.uuid,
    vgpuprofileid: profile.uuid,
    state: device.state,
    managedstate: device.managedState,
    parentgpudeviceid: tables.gpuDevices.get(device.parentId)?.uuid,
    numanode: device.numaNode,
  };
  return {
    id: device.uuid,
    ...(caller.isRootAdmin ? place : {}),
    gpucardname: card.name,
    vgpuprofilename: profile.name,
    virtualmachineid: instance?.uuid,
    virtualmachinename: instance?.instanceName,
    vmstate: instance?.state,
  };
}

function typeFrom(given: string): GpuDevice["type"] {
  const type = gpuDeviceTypes.find((known) => known.toLowerCase() === given.toLowerCase());
  if (type === undefined) throw invalid(`Invalid GPU device type: ${given}`);
  return type;
}

function checkProfile(profile: VgpuProfile, card: GpuCard): void {
  if (profile.cardId === card.id) return;
  throw invalid(`vGPU profile ${profile.name} does not belong to GPU card ${card.name}`);
}

function checkParent(parent: GpuDevice, hostId: number): void {
  if (parent.hostId !== hostId) throw invalid("Parent GPU device must be on the same host");
}

const createGpuDevice = sync({
  name: "createGpuDevice",
  audience: "root-admin",
  parameters: {
    hostid: required(ref("hosts")),
    busaddress: required(text),
    gpucardid: required(ref("gpuCards")),
    vgpuprofileid: required(ref("vgpuProfiles")),
    type: text,
    parentgpudeviceid: ref("gpuDevices"),
    numanode: text,
  },
  reply: "gpudevice",
  run(call) {
    const { tables, args } = call;
    const { hostid: host, gpucardid: card, vgpuprofileid: profile, parentgpudeviceid: parent } = args;
    return wrapped("", () => {
      const type = typeFrom(args.type || "PCI");
      const busAddress = args.busaddress.trim();
      if (busAddress === "") throw invalid("Bus address cannot be empty");
      if (devicesOn(call.world, host.id).some((device) => device.busAddress === busAddress)) {
        throw invalid(`GPU device with bus address ${busAddress} already exists on host ${host.name}`);
      }
      checkProfile(profile, card);
      if (parent) checkParent(parent, host.id);
      const device = tables.gpuDevices.insert({
        hostId: host.id,
        busAddress,
        type,
        cardId: card.id,
        profileId: profile.id,
        ...defined({ parentId: parent?.id }),
        numaNode: args.numanode?.trim() ? args.numanode : "-1",
        state: "Free",
        managedState: "Managed",
      });
      return render(device, call);
    });
  },
});

const updateGpuDevice = sync({
  name: "updateGpuDevice",
  audience: "root-admin",
  parameters: {
    id: required(ref("gpuDevices")),
    gpucardid: ref("gpuCards"),
    vgpuprofileid: ref("vgpuProfiles"),
    type: text,
    parentgpudeviceid: ref("gpuDevices"),
    numanode: text,
  },
  reply: "gpudevice",
  run(call) {
    const { tables, args } = call;
    const { id: device, gpucardid: card, vgpuprofileid: profile, parentgpudeviceid: parent } = args;
    return wrapped("", () => {
      const type = args.type ? typeFrom(args.type) : device.type;
      if (device.instanceId !== undefined) {
        const holder = `currently allocated to VM ${device.instanceId}`;
        throw invalid(`Cannot update GPU device ${device.uuid} as it is ${holder}`);
      }
      if (profile) checkProfile(profile, card ?? tables.gpuCards.need(device.cardId));
      if (parent) checkParent(parent, device.hostId);
      if (parent?.id === device.id) throw invalid("GPU device cannot be its own parent");
      const changes = { cardId: card?.id, profileId: profile?.id, parentId: parent?.id, numaNode: args.numanode };
      return render(tables.gpuDevices.update(device, { type, ...defined(changes) }), call);
    });
  },
});

const ids = { ids: required(refs("gpuDevices")) };

const deleteGpuDevice = sync({
  name: "deleteGpuDevice",
  audience: "root-admin",
  parameters: ids,
  run({ world, args }) {
    // The command was copied from the one for profiles, and so was its text.
    wrapped("Failed to delete vGPU profile: ", () => {
      for (const device of args.ids) {
        if (device.instanceId !== undefined) {
          const holder = `currently allocated to VM ${device.instanceId}`;
          throw invalid(`Cannot delete GPU device ${device.uuid} as it is ${holder}`);
        }
        eraseDevice(world, device);
      }
    });
    return success;
  },
});

/** @throws {ApiError} 530 when an instance has one of the devices; none is changed then */
function manage(world: World, devices: readonly GpuDevice[], managedState: GpuDevice["managedState"]): void {
  for (const device of devices) {
    if (device.instanceId === undefined) continue;
    const { id, uuid, cardId, profileId, busAddress, hostId, instanceId, parentId, numaNode, pciRoot, state } = device;
    const who = { vgpuProfileId: profileId, vmId: instanceId, parentGpuDeviceId: parentId };
    const shown = JSON.stringify({ id, uuid, cardId, busAddress, hostId, ...who, numaNode, pciRoot, state });
    throw invalid(`Cannot change resource state of GPU device GpuDevice ${shown} as it is in use by VM ${instanceId}`);
  }
  for (const device of devices) world.tables.gpuDevices.update(device, { managedState });
  for (const hostId of new Set(devices.map((device) => device.hostId))) {
    rememberGroups(world, world.tables.hosts.need(hostId));
  }
}

const manageGpuDevice = sync({
  name: "manageGpuDevice",
  audience: "root-admin",
  parameters: ids,
  run({ world, args }) {
    wrapped("Failed to enable GPU device: ", () => manage(world, args.ids, "Managed"));
    return success;
  },
});

const unmanageGpuDevice = sync({
  name: "unmanageGpuDevice",
  audience: "root-admin",
  parameters: ids,
  run({ world, args }) {
    wrapped("Failed to disable GPU device: ", () => manage(world, args.ids, "Unmanaged"));
    return success;
  },
});

/** Asks the host's agent now; else that happens when a host connects. */
const discoverGpuDevices = listing({
  name: "discoverGpuDevices",
  audience: "root-admin",
  parameters: { ...listParameters, id: required(ref("hosts")) },
  reply: "gpudevice",
  rows({ world, args }) {
    const { id: host } = args;
    if (host.state !== "Up") {
      const { id, name, uuid } = host;
      throw invalid(`Host [Host ${JSON.stringify({ id, name, type: "Routing", uuid })}] is not in Up status`);
    }
    world.store.transaction(() => discoverGpus(world, host));
    return devicesOn(world, host.id);
  },
  render,
});

const listGpuDevices = listing({
  name: "listGpuDevices",
  audience: "user",
  parameters: {
    ...listParameters,
    id: ref("gpuDevices"),
    hostid: ref("hosts"),
    virtualmachineid: ref("instances"),
    gpucardid: ref("gpuCards"),
    vgpuprofileid: ref("vgpuProfiles"),
  },
  reply: "gpudevice",
  rows({ tables, caller, args }) {
    // Users have only one of the filters; the others are not there for them.
    const places = { hostId: args.hostid?.id, cardId: args.gpucardid?.id, profileId: args.vgpuprofileid?.id };
    const wanted = { instanceId: args.virtualmachineid?.id, ...(caller.isRootAdmin ? places : {}) };
    return tables.gpuDevices
      .only(caller.isRootAdmin ? args.id : undefined)
      .filter((device) => fits(device, wanted) && mentions(args.keyword, ...namesOf(device, tables)));
  },
  render,
});

function namesOf({ cardId, profileId }: GpuDevice, tables: Call["tables"]): string[] {
  const { name, vendorName, deviceName } = tables.gpuCards.need(cardId);
  const profile = tables.vgpuProfiles.need(profileId);
  return [name, vendorName, deviceName, profile.name, profile.description ?? ""];
}

export const gpuDeviceCommands: readonly Command[] = [
  createGpuDevice,
  updateGpuDevice,
  deleteGpuDevice,
  manageGpuDevice,
  unmanageGpuDevice,
  discoverGpuDevices,
  listGpuDevices,
];
