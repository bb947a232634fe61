import { formatDate } from "../models/clock.ts";
import { invalid } from "../models/errors.ts";
import { extraConfigOf } from "../models/host-devices.ts";
import { defined } from "../models/values.ts";
import type { VmSnapshot } from "../models/vm-snapshot.ts";
import {
  async,
  asyncCreate,
  type Call,
  type Command,
  type JobShape,
  type JsonObject,
  listing,
  success,
} from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { existingInstance } from "./instance-target.ts";
import { ownerFields } from "./owner-fields.ts";
import { boolean, listParameters, ref, required, scopeParameters, text } from "./parameters.ts";
import { checkAccountAccess, visibleAccounts } from "./scope.ts";
import { zoneFields } from "./zones.ts";

function render(snapshot: VmSnapshot, { tables }: Call): JsonObject {
  const instance = tables.instances.need(snapshot.instanceId);
  return {
    id: snapshot.uuid,
    name: snapshot.name,
    displayname: snapshot.displayName,
    description: snapshot.description,
    state: snapshot.state,
    type: snapshot.type,
    ...zoneFields(tables, instance.zoneId),
    virtualmachineid: instance.uuid,
    virtualmachinename: instance.name,
    created: formatDate(snapshot.created),
    hypervisor: instance.hypervisor,
    current: tables.vmSnapshots.where("instanceId", instance.id).at(-1) === snapshot,
    ...ownerFields(tables, instance),
  };
}

const snapshotJob = (name: string): JobShape => ({
  className: `user.vmsnapshot.${name}VMSnapshotCmd`,
  instance: "VmSnapshot",
  showsInstance: true,
});
const queue = ({ instanceId }: VmSnapshot) => [`instance:${instanceId}`];

const createVMSnapshot = asyncCreate({
  name: "createVMSnapshot",
  audience: "user",
  parameters: {
    virtualmachineid: required(ref("instances")),
    name: text,
    description: text,
    snapshotmemory: boolean,
    quiescevm: boolean,
  },
  reply: "vmsnapshot",
  job: snapshotJob("Create"),
  create(call) {
    const { tables, args } = call;
    const instance = existingInstance(call, args.virtualmachineid);
    if (instance.state !== "Running" && instance.state !== "Stopped") {
      throw invalid(
        `Creating vm snapshot failed due to VM:${instance.instanceName} is not in the running or Stopped state`,
      );
    }
    // A device's state cannot be saved; Mold looks at what is configured, whether it runs or not.
    const holds = tables.hostDevices.where("instanceId", instance.id).length > 0;
    if (holds || Object.keys(extraConfigOf(instance)).length > 0) {
      throw invalid(`Cannot create a VM snapshot of ${instance.instanceName}: host devices are attached to it`);
    }
    const name = `${instance.instanceName}_VS_${tables.vmSnapshots.nextId}`;
    return tables.vmSnapshots.insert({
      instanceId: instance.id,
      name,
      displayName: args.name ?? name,
      type: args.snapshotmemory && instance.state === "Running" ? "DiskAndMemory" : "Disk",
      state: "Allocated",
      ...defined({ description: args.description }),
    });
  },
  queues: queue,
  finish: (snapshot, call) => render(call.tables.vmSnapshots.update(snapshot, { state: "Ready" }), call),
  failed: (snapshot, { tables }) => tables.vmSnapshots.remove(snapshot),
});

const deleteVMSnapshot = async({
  name: "deleteVMSnapshot",
  audience: "user",
  parameters: { vmsnapshotid: required(ref("vmSnapshots")) },
  job: snapshotJob("Delete"),
  target(call) {
    const snapshot = call.args.vmsnapshotid;
    if (snapshot.removed !== undefined) throw invalid(`unable to find the vm snapshot with id ${snapshot.id}`);
    checkAccountAccess(call, call.tables.instances.need(snapshot.instanceId).accountId);
    return snapshot;
  },
  queues: queue,
  finish(snapshot, { tables }) {
    tables.vmSnapshots.remove(snapshot);
    return success;
  },
});

const listVMSnapshot = listing({
  name: "listVMSnapshot",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    vmsnapshotid: ref("vmSnapshots"),
    virtualmachineid: ref("instances"),
    name: text,
    state: text,
  },
  reply: "vmSnapshot",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts({ ...call, args: { ...args, id: args.vmsnapshotid } });
    const wanted = { instanceId: args.virtualmachineid?.id, displayName: args.name, state: args.state };
    return tables.vmSnapshots
      .only(args.vmsnapshotid)
      .filter(
        (one) =>
          accounts.has(tables.instances.need(one.instanceId).accountId) &&
          fits(one, wanted) &&
          mentions(args.keyword, one.name, one.displayName),
      );
  },
  render,
});

export const vmSnapshotCommands: readonly Command[] = [createVMSnapshot, deleteVMSnapshot, listVMSnapshot];
