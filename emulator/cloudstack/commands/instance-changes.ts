import { describeInstance } from "../models/descriptions.ts";
import { fail, invalid } from "../models/errors.ts";
import { extraConfigOf } from "../models/host-devices.ts";
import type { Instance } from "../models/instance.ts";
import { networksOf } from "../models/instances.ts";
import { checkLimits, gpuRequest } from "../models/limits.ts";
import type { ServiceOffering } from "../models/offerings.ts";
import { chooseHost } from "../models/placement.ts";
import { demandOf, hostRooms } from "../models/rooms.ts";
import { settingValue } from "../models/settings.ts";
import { async, type Call, type Command, sync } from "./command.ts";
import { checkGroup } from "./deploy.ts";
import { checkHostName } from "./deploy-nics.ts";
import { type Detail, instanceFields } from "./instance-fields.ts";
import { existingInstance, instanceJob, instanceParameter, instanceQueue } from "./instance-target.ts";
import { boolean, flattened, list, map, ref, refs, required, text } from "./parameters.ts";
import { keyPairsNamed, userDataFrom, userDataParameters } from "./user-data-arguments.ts";

const scaleParameters = {
  ...instanceParameter,
  serviceofferingid: required(ref("serviceOfferings")),
  details: map,
};

const scaleVirtualMachine = async({
  name: "scaleVirtualMachine",
  audience: "user",
  parameters: scaleParameters,
  reply: "virtualmachine",
  job: instanceJob("ScaleVM"),
  target: (call) => existingInstance(call, call.args.id),
  queues: instanceQueue,
  begin: (instance, call) => checkScale(instance, call),
  finish(instance, call) {
    resize(instance, call);
    return instanceFields(instance, call);
  },
});

const changeServiceForVirtualMachine = sync({
  name: "changeServiceForVirtualMachine",
  audience: "user",
  parameters: scaleParameters,
  reply: "virtualmachine",
  run(call) {
    const instance = existingInstance(call, call.args.id);
    checkScale(instance, call);
    resize(instance, call);
    return instanceFields(instance, call);
  },
});

function checkScale(instance: Instance, call: Call<typeof scaleParameters>): void {
  const { world, tables, args } = call;
  const offering = args.serviceofferingid;
  const details = { ...instance.details, ...flattened(args.details) };
  const before = demandOf(world, instance);
  const after = demandOf(world, { offeringId: offering.id, details });
  if (offering.state === "Inactive") {
    throw invalid(
      `Unable to upgrade virtual machine ${instance.uuid} with an inactive service offering ${offering.uuid}`,
    );
  }
  if (offering.id === instance.offeringId && !offering.isCustomized) {
    throw invalid(
      `Not upgrading vm ${describeInstance(instance)} since it already has the requested service offering (${offering.name})`,
    );
  }
  if (instance.state !== "Stopped" && instance.state !== "Running") {
    throw invalid(
      `Unable to upgrade virtual machine ${describeInstance(instance)} in state ${instance.state}; make sure the virtual machine is stopped`,
    );
  }
  if (instance.state === "Running") checkGrowth(instance, call, { before, after });
  checkLimits(world, tables.accounts.need(instance.accountId), [
    ["cpu", Math.max(0, after.cores - before.cores)],
    ["memory", Math.max(0, after.memoryMib - before.memoryMib)],
    ...gpuRequest((offering.gpuCount ?? 0) - (tables.serviceOfferings.need(instance.offeringId).gpuCount ?? 0)),
  ]);
  if (instance.state === "Running") checkLive(instance, call, { before, after });
}

type Size = ReturnType<typeof demandOf>;
interface Sizes {
  readonly before: Size;
  readonly after: Size;
}

/** A running instance only grows, and on KVM not out of a fixed offering. */
function checkGrowth(
  instance: Instance,
  { tables, args }: Call<typeof scaleParameters>,
  { before, after }: Sizes,
): void {
  const current = tables.serviceOfferings.need(instance.offeringId);
  if (args.serviceofferingid.dynamicScalingEnabled !== current.dynamicScalingEnabled) {
    throw invalid(
      "Unable to Scale VM: since dynamic scaling enabled flag is not same for new service offering and old service offering",
    );
  }
  const grows = after.cores > before.cores || after.coreMhz > before.coreMhz || after.memoryMib > before.memoryMib;
  const shrinks = after.cores < before.cores || after.coreMhz < before.coreMhz || after.memoryMib < before.memoryMib;
  if (!grows || shrinks) {
    throw invalid(
      `While the VM is running, only scalling up it is supported. New service offering ${sizeText(after)} should have at least one value (ram, speed or cpu) greater than the current values ${sizeText(before)}.`,
    );
  }
  if (instance.hypervisor === "KVM" && !current.isCustomized) {
    throw invalid(
      'Unable to live scale VM on KVM when current service offering is a "Fixed Offering". KVM needs the tag "maxMemory" to live scale and it is only configured when VM is deployed with a custom service offering and "Dynamic Scalable" is enabled.',
    );
  }
}

/** The zone must allow it, the instance be made for it, and its host have the room. */
function checkLive(instance: Instance, { world }: Call<typeof scaleParameters>, { before, after }: Sizes): void {
  const place = { scope: "zone", scopeId: instance.zoneId } as const;
  if (settingValue(world, "enable.dynamic.scale.vm", place) !== "true") {
    const text = "Dynamically scaling virtual machines is disabled for this zone, please contact your admin.";
    throw fail("permission-denied", text);
  }
  if (!instance.dynamicallyScalable) {
    const text = `Unable to scale ${describeInstance(instance)} as it does not have tools to support dynamic scaling.`;
    throw fail("runtime", text);
  }
  const { gpus: _kept, ...size } = after;
  const more = { ...size, memoryMib: after.memoryMib - before.memoryMib, cores: after.cores - before.cores };
  const host = instance.hostId === undefined ? {} : { host: instance.hostId };
  if (chooseHost(hostRooms(world), more, [], host) === undefined) {
    throw fail("runtime", `Unable to scale ${describeInstance(instance)} due to insufficient resources.`);
  }
}

function sizeText({ memoryMib, coreMhz, cores }: Size): string {
  return `{"memory": ${memoryMib}, "speed": ${coreMhz}, "cpu": ${cores}}`;
}

function resize(instance: Instance, { tables, args }: Call<typeof scaleParameters>): void {
  const offering: ServiceOffering = args.serviceofferingid;
  tables.instances.update(instance, {
    offeringId: offering.id,
    haEnabled: offering.offerHa,
    details: { ...instance.details, ...flattened(args.details) },
  });
}

const updateVirtualMachine = sync({
  name: "updateVirtualMachine",
  audience: "user",
  parameters: {
    ...instanceParameter,
    ...userDataParameters,
    name: text,
    displayname: text,
    displayvm: boolean,
    group: text,
    haenable: boolean,
    details: map,
    cleanupdetails: boolean,
    isdynamicallyscalable: boolean,
    deleteprotection: boolean,
  },
  reply: "virtualmachine",
  run(call) {
    const { tables, world, args } = call;
    const instance = existingInstance(call, call.args.id);
    if (args.name !== undefined) {
      for (const network of networksOf(world, instance)) checkHostName(tables, args.name, network, instance);
    }
    if (args.haenable === true && !tables.serviceOfferings.need(instance.offeringId).offerHa) {
      throw invalid("Can't enable HA for the VM as its service offering does not offer HA");
    }
    if (args.isdynamicallyscalable === true) checkScalable(call, instance);
    checkExtraConfig(call, instance);
    const { name = instance.name, displayname = instance.displayName } = args;
    const { haenable = instance.haEnabled, deleteprotection = instance.deleteProtection } = args;
    tables.instances.update(instance, {
      name,
      displayName: displayname,
      haEnabled: haenable,
      deleteProtection: deleteprotection,
      displayVm: args.displayvm ?? instance.displayVm,
      dynamicallyScalable: args.isdynamicallyscalable ?? instance.dynamicallyScalable,
      group: args.group ?? instance.group,
      details: args.cleanupdetails ? {} : args.details ? flattened(args.details) : instance.details,
      ...newUserData(call, instance),
    });
    return instanceFields(instance, call);
  },
});

/** Where a deployment silently leaves it out, a change is refused (`UserVmManagerImpl.updateVirtualMachine`). @throws {ApiError} 431 */
function checkScalable({ world, tables }: Pick<Call, "world" | "tables">, instance: Instance): void {
  const { zoneId, templateId, offeringId } = instance;
  const because = (text: string) => invalid(`Dynamic Scaling cannot be enabled for the VM since ${text}`);
  if (!tables.templates.need(templateId).isDynamicallyScalable) {
    throw because("its template does not have dynamic scaling enabled");
  }
  if (!tables.serviceOfferings.need(offeringId).dynamicScalingEnabled) {
    throw because("its service offering does not have dynamic scaling enabled");
  }
  if (settingValue(world, "enable.dynamic.scale.vm", { scope: "zone", scopeId: zoneId }) === "true") return;
  throw because("corresponding global setting is set to false");
}

/**
 * Pieces of XML come to Mold among the details, which are replaced whole: those that are not sent again are lost.
 * @throws {ApiError} 431 when a setting forbids them, or for CloudStack, which takes them elsewhere
 */
function checkExtraConfig({ world, args }: Call<{ details: typeof map }>, { accountId }: Instance): void {
  const details = flattened(args.details);
  if (Object.keys(extraConfigOf({ details })).length === 0) return;
  if (world.flavor !== "mold") throw invalid("'extraconfig' should not be included in details as key");
  const place = { scope: "account", scopeId: accountId } as const;
  if (settingValue(world, "enable.additional.vm.configuration", place) === "true") return;
  throw invalid("attempted setting extraconfig but enable.additional.vm.configuration is disabled");
}

/**
 * New user data, as `UserVmManagerImpl.updateVirtualMachine` takes it: of text, id and details each one that is not given stays,
 * and an empty text says nothing. So a text beside an old id changes what guests read, and the id is shown all the same.
 */
function newUserData({ world, tables, args }: Call<typeof userDataParameters>, instance: Instance) {
  return userDataFrom(world, args, tables.accounts.need(instance.accountId));
}

const resetUserDataForVirtualMachine = sync({
  name: "resetUserDataForVirtualMachine",
  audience: "user",
  parameters: { ...instanceParameter, ...userDataParameters },
  reply: "virtualmachine",
  run(call) {
    const instance = existingInstance(call, call.args.id);
    if (instance.state !== "Stopped") {
      throw invalid(`VM ${describeInstance(instance)} should be stopped to do UserData reset`);
    }
    // Of text, id and details each one that is not given goes (`resetVMUserData`).
    const nothing = { userData: undefined, userDataId: undefined, userDataDetails: undefined };
    call.tables.instances.update(instance, { ...nothing, ...newUserData(call, instance) });
    return instanceFields(instance, call);
  },
});

const resetSSHKeyForVirtualMachine = async({
  name: "resetSSHKeyForVirtualMachine",
  audience: "user",
  parameters: { ...instanceParameter, keypair: text, keypairs: list },
  reply: "virtualmachine",
  job: instanceJob("ResetVMSSHKey"),
  target: (call) => existingInstance(call, call.args.id),
  queues: instanceQueue,
  finish(instance, call) {
    const { tables, args } = call;
    const names = args.keypairs ?? (args.keypair === undefined ? [] : [args.keypair]);
    if (names.length === 0) throw invalid("One of the parameters keypair or keypairs must be specified");
    if (instance.state !== "Stopped") {
      throw invalid(`Vm ${describeInstance(instance)} should be stopped to do SSH Key reset`);
    }
    const pairs = keyPairsNamed(tables, tables.accounts.need(instance.accountId), names);
    tables.instances.update(instance, { keyPairs: pairs.map((pair) => pair.name) });
    return instanceFields(instance, call);
  },
});

/** The answer of this command shows less of an instance than others do (recording 06). */
const affinityOnly: ReadonlySet<Detail> = new Set(["affgrp"]);

const updateVMAffinityGroup = async({
  name: "updateVMAffinityGroup",
  audience: "user",
  envelope: "updatevirtualmachineresponse",
  parameters: { ...instanceParameter, affinitygroupids: refs("affinityGroups"), affinitygroupnames: list },
  reply: "virtualmachine",
  job: { className: "user.affinitygroup.UpdateVMAffinityGroupCmd", byAdmin: true },
  target: (call) => existingInstance(call, call.args.id),
  queues: instanceQueue,
  finish(instance, call) {
    const { tables, args } = call;
    if (instance.state !== "Stopped") {
      throw invalid(
        `Unable update affinity groups of the virtual machine ${describeInstance(instance)} in state ${instance.state}; make sure the virtual machine is stopped and not in an error state before updating.`,
      );
    }
    const named = (args.affinitygroupnames ?? []).map((name) => {
      const group = tables.affinityGroups.where("accountId", instance.accountId).find((one) => one.name === name);
      if (group === undefined) throw invalid(`Unable to find group by name ${name}`);
      return group;
    });
    const groups = [...(args.affinitygroupids ?? []), ...named];
    for (const group of groups) checkGroup(group, instance.accountId);
    tables.instances.update(instance, { affinityGroupIds: groups.map((group) => group.id) });
    const { jobid: _job, jobstatus: _status, ...fields } = instanceFields(instance, call, affinityOnly);
    return fields;
  },
});

export const instanceChangeCommands: readonly Command[] = [
  scaleVirtualMachine,
  changeServiceForVirtualMachine,
  updateVirtualMachine,
  resetUserDataForVirtualMachine,
  resetSSHKeyForVirtualMachine,
  updateVMAffinityGroup,
];
