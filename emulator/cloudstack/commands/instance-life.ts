import { affinitiesOf } from "../models/affinity.ts";
import { fail, failBare, invalid } from "../models/errors.ts";
import { wholeCard } from "../models/gpu.ts";
import { takeGpus } from "../models/gpu-allocation.ts";
import type { Instance } from "../models/instance.ts";
import {
  acceptStart,
  beginStart,
  destroy,
  expunge,
  finishStart,
  isFirstStart,
  markStarted,
  recover,
  stop,
} from "../models/instances.ts";
import { checkLimits, gpuRequest } from "../models/limits.ts";
import { chooseHost } from "../models/placement.ts";
import { demandOf, hostRooms } from "../models/rooms.ts";
import { settingValue } from "../models/settings.ts";
import type { World } from "../models/world.ts";
import { async, type Call, type Command, success, sync } from "./command.ts";
import { expungedFields, instanceFields } from "./instance-fields.ts";
import { existingInstance, instanceJob, instanceParameter, instanceQueue } from "./instance-target.ts";
import { boolean, list, ref, required } from "./parameters.ts";

const startVirtualMachine = async({
  name: "startVirtualMachine",
  audience: "user",
  parameters: { ...instanceParameter, hostid: ref("hosts"), considerlasthost: boolean },
  reply: "virtualmachine",
  job: instanceJob("StartVM"),
  target(call) {
    const instance = existingInstance(call, call.args.id);
    acceptStart(call.world, instance);
    return instance;
  },
  queues: instanceQueue,
  begin(instance, { world, args }) {
    if (instance.state === "Running") {
      throw invalid(`The virtual machine ${instance.uuid} (${instance.displayName}) is already running`);
    }
    if (instance.state !== "Stopped") {
      throw invalid(`The virtual machine ${instance.uuid} cannot be started in state ${instance.state}`);
    }
    beginStart(world, instance, args.hostid?.id);
  },
  variant: (instance, { world }) => (isFirstStart(world, instance) ? "first" : undefined),
  finish(instance, call) {
    finishStart(call.world, instance);
    markStarted(call.world, instance);
    return instanceFields(instance, call);
  },
  failed(instance, { world }) {
    if (instance.state === "Starting") stop(world, instance);
  },
});

const stopVirtualMachine = async({
  name: "stopVirtualMachine",
  audience: "user",
  parameters: { ...instanceParameter, forced: boolean },
  reply: "virtualmachine",
  job: instanceJob("StopVM"),
  target: (call) => existingInstance(call, call.args.id),
  queues: instanceQueue,
  begin(instance, { tables }) {
    if (instance.state === "Running") tables.instances.update(instance, { state: "Stopping" });
  },
  finish(instance, call) {
    if (instance.state === "Stopping") {
      stop(call.world, instance);
      markStarted(call.world, instance);
    }
    return instanceFields(instance, call);
  },
});

const rebootVirtualMachine = async({
  name: "rebootVirtualMachine",
  audience: "user",
  parameters: { ...instanceParameter, forced: boolean },
  reply: "virtualmachine",
  job: instanceJob("RebootVM"),
  target: (call) => existingInstance(call, call.args.id),
  queues: instanceQueue,
  begin(instance) {
    if (instance.state !== "Running") throw failBare(530, "Failed to reboot vm instance");
  },
  finish: instanceFields,
});

const destroyVirtualMachine = async({
  name: "destroyVirtualMachine",
  audience: "user",
  parameters: { ...instanceParameter, expunge: boolean, volumeids: list },
  reply: "virtualmachine",
  job: instanceJob("DestroyVM"),
  target(call) {
    const instance = existingInstance(call, call.args.id);
    if (instance.deleteProtection) {
      throw invalid(
        `Instance [id = ${instance.uuid}, name = ${instance.name}] has delete protection enabled and cannot be deleted.`,
      );
    }
    return instance;
  },
  queues: instanceQueue,
  variant: (_instance, { args }) => (args.expunge ? "expunge" : undefined),
  begin(_instance, call) {
    if (call.args.expunge) checkMayExpunge(call);
  },
  finish(instance, call) {
    const { world, tables, args } = call;
    const disks = (args.volumeids ?? []).map((uuid) => tables.volumes.byUuid(uuid));
    if (instance.state !== "Destroyed") destroy(world, instance);
    for (const disk of disks) if (disk !== undefined) tables.volumes.remove(disk);
    if (!args.expunge) return instanceFields(instance, call);
    expunge(world, instance);
    return expungedFields;
  },
});

const expungeVirtualMachine = async({
  name: "expungeVirtualMachine",
  audience: "user",
  parameters: instanceParameter,
  job: { ...instanceJob("ExpungeVM"), className: "admin.vm.ExpungeVMCmd", byAdmin: false },
  target: (call) => existingInstance(call, call.args.id),
  queues: instanceQueue,
  begin(instance, call) {
    checkMayExpunge(call);
    if (instance.state !== "Destroyed" && instance.state !== "Error") {
      throw invalid(`Please destroy vm with specified id before expunge`);
    }
  },
  finish(instance, { world }) {
    expunge(world, instance);
    return success;
  },
});

function checkMayExpunge({ world, caller }: Call): void {
  if (caller.isRootAdmin || settingValue(world, "allow.user.expunge.recover.vm") === "true") return;
  throw fail("permission-denied", "Account does not have permission for expunging.");
}

const recoverVirtualMachine = sync({
  name: "recoverVirtualMachine",
  audience: "user",
  parameters: instanceParameter,
  reply: "virtualmachine",
  run(call) {
    const { world, tables } = call;
    const instance = existingInstance(call, call.args.id);
    if (instance.state !== "Destroyed") throw invalid(`VM with UUID [${instance.uuid}] is not in the right state.`);
    const demand = demandOf(world, instance);
    checkLimits(world, tables.accounts.need(instance.accountId), [
      ["user_vm", 1],
      ["cpu", demand.cores],
      ["memory", demand.memoryMib],
      ...gpuRequest(tables.serviceOfferings.need(instance.offeringId).gpuCount),
    ]);
    recover(world, instance);
    return instanceFields(instance, call);
  },
});

/** @throws {ApiError} 431 when the instance has whole cards (`ManagementServerImpl.validateVgpuProfileForVmMigration`) */
function checkWholeCards({ tables }: World, { offeringId }: Instance): void {
  const profile = tables.vgpuProfiles.get(tables.serviceOfferings.need(offeringId).vgpuProfileId);
  if (profile?.name !== wholeCard) return;
  throw invalid("Unsupported operation, VM uses host passthrough, cannot migrate");
}

const migrateVirtualMachine = async({
  name: "migrateVirtualMachine",
  audience: "root-admin",
  parameters: { virtualmachineid: required(ref("instances")), hostid: ref("hosts"), autoselect: boolean },
  reply: "virtualmachine",
  job: { ...instanceJob("MigrateVM"), className: "admin.vm.MigrateVMCmd", byAdmin: false },
  target: (call) => existingInstance(call, call.args.virtualmachineid),
  queues: instanceQueue,
  begin(instance, { world, tables, args }) {
    if (instance.state !== "Running" || instance.hostId === undefined) {
      throw invalid(`VM is not Running, unable to migrate the vm ${instance.uuid}`);
    }
    checkWholeCards(world, instance);
    const [device] = instance.lastStart?.devices ?? [];
    if (device !== undefined) {
      throw failBare(530, `Requested operation is not valid: cannot migrate a domain with <hostdev ...> (${device})`);
    }
    const wishes = {
      avoid: new Set([instance.hostId]),
      ...(args.hostid === undefined ? {} : { host: args.hostid.id }),
    };
    const host = chooseHost(
      hostRooms(world, instance),
      demandOf(world, instance),
      affinitiesOf(world, instance),
      wishes,
    );
    // The simulator finds no destination by itself whatever room there is (recording 06).
    const isSelf = instance.hypervisor === "Simulator" && args.hostid === undefined;
    if (host === undefined || isSelf) {
      throw failBare(530, `Unable to find suitable destination to migrate VM ${instance.instanceName}`);
    }
    takeGpus(world, instance, host.id);
    tables.instances.update(instance, { state: "Migrating", hostId: host.id, lastHostId: host.id });
  },
  finish(instance, call) {
    call.tables.instances.update(instance, { state: "Running", lastUpdated: call.world.clock.now() });
    return instanceFields(instance, call);
  },
});

export const instanceLifeCommands: readonly Command[] = [
  startVirtualMachine,
  stopVirtualMachine,
  rebootVirtualMachine,
  destroyVirtualMachine,
  expungeVirtualMachine,
  recoverVirtualMachine,
  migrateVirtualMachine,
];
