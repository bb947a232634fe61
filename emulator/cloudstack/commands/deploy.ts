import { fail, failBare, invalid, rewrapped } from "../models/errors.ts";
import type { Account } from "../models/identity.ts";
import type { AffinityGroup, Instance } from "../models/instance.ts";
import { acceptStart, beginStart, failDeployment, finishStart, isFirstStart } from "../models/instances.ts";
import { checkLimits, gpuRequest } from "../models/limits.ts";
import type { DiskOffering, ServiceOffering } from "../models/offerings.ts";
import { settingValue } from "../models/settings.ts";
import { isReady, type Template } from "../models/templates.ts";
import { defined } from "../models/values.ts";
import { asyncCreate, type Call } from "./command.ts";
import { addNics, checkNics, checkUserDataService, nicParameters, wantedNics } from "./deploy-nics.ts";
import { instanceFields } from "./instance-fields.ts";
import { checkUse } from "./offering-scope.ts";
import { boolean, flattened, integer, list, map, ownerParameters, ref, refs, required, text } from "./parameters.ts";
import { ownerOf } from "./scope.ts";
import { keyPairsNamed, userDataFrom, userDataParameters } from "./user-data-arguments.ts";

const gib = 2 ** 30;

const parameters = {
  ...ownerParameters,
  ...nicParameters,
  ...userDataParameters,
  zoneid: required(ref("zones")),
  serviceofferingid: required(ref("serviceOfferings")),
  templateid: ref("templates"),
  name: text,
  displayname: text,
  customid: text,
  hypervisor: text,
  affinitygroupids: refs("affinityGroups"),
  affinitygroupnames: list,
  details: map,
  diskofferingid: ref("diskOfferings"),
  size: integer,
  rootdisksize: integer,
  keypair: text,
  keypairs: list,
  group: text,
  hostid: ref("hosts"),
  startvm: boolean,
  displayvm: boolean,
  dynamicscalingenabled: boolean,
};
type DeployCall = Call<typeof parameters>;

export const deployVirtualMachine = asyncCreate({
  name: "deployVirtualMachine",
  audience: "user",
  parameters,
  reply: "virtualmachine",
  job: { className: "user.vm.DeployVMCmd", byAdmin: true, instance: "VirtualMachine", showsInstance: true },
  create: createInstance,
  queues: (instance) => [`instance:${instance.id}`],
  begin(instance, { world, args }) {
    if (args.startvm !== false) beginStart(world, instance, args.hostid?.id);
  },
  variant: (instance, { world }) => (isFirstStart(world, instance) ? "first" : undefined),
  finish(instance, call) {
    if (call.args.startvm !== false) finishStart(call.world, instance);
    return instanceFields(instance, call);
  },
  failed: (instance, { world }) => failDeployment(world, instance),
});

function createInstance(call: DeployCall): Instance {
  const { tables, world, args } = call;
  const order = checkedOrder(call);
  const instance = insertInstance(call, order);
  addNics(tables, instance, order.nics);
  addDisks(call, instance, order);
  if (args.startvm !== false) acceptStart(world, instance);
  return instance;
}

/** What is to be made, after every check that refuses the call at once. */
function checkedOrder(call: DeployCall) {
  const { tables, world, args } = call;
  const owner = ownerOf(call);
  if (args.name !== undefined) checkName(args.name);
  const offering = usableOffering(call, owner);
  const template = usableTemplate(call);
  const details = flattened(args.details);
  checkCustomSize(offering, details);
  const root = rootDisk(call, offering, template);
  if (args.diskofferingid) checkUse(tables, owner, args.zoneid, { kind: "disk", offering: args.diskofferingid });
  const data = args.diskofferingid && {
    offering: args.diskofferingid,
    size: dataDiskSize(args.diskofferingid, args.size),
  };
  checkQuota(call, owner, offering, details, [root.size, ...(data ? [data.size] : [])]);
  const groups = affinityGroups(call, owner);
  const userData = userDataFrom(world, args, owner);
  const keyPairs = keyPairsNamed(tables, owner, args.keypairs ?? (args.keypair === undefined ? [] : [args.keypair]));
  const nics = wantedNics(call);
  const uuid = args.customid ?? world.random.uuid();
  const name = args.name ?? `VM-${uuid}`;
  checkNics(tables, owner, name, nics);
  const given = { userData: userData.userData !== undefined, keyPairs: keyPairs.length > 0 };
  checkUserDataService(tables, nics[0]?.network, given);
  return { uuid, name, owner, offering, template, details, root, data, groups, userData, keyPairs, nics };
}

type Order = ReturnType<typeof checkedOrder>;

function insertInstance(call: DeployCall, order: Order): Instance {
  const { tables, args } = call;
  const { uuid, name, owner, offering, template, root } = order;
  const instance = tables.instances.insert({
    uuid,
    name,
    displayName: args.displayname ?? name,
    instanceName: "",
    accountId: owner.id,
    domainId: owner.domainId,
    userId: userFor(call, owner),
    zoneId: args.zoneid.id,
    offeringId: offering.id,
    templateId: template.id,
    hypervisor: template.hypervisor,
    state: "Stopped",
    haEnabled: offering.offerHa,
    dynamicallyScalable: canScaleLive(call, offering, template),
    deleteProtection: false,
    displayVm: args.displayvm ?? true,
    details: {
      ...order.details,
      ...(root.shownGib === undefined ? {} : { rootdisksize: String(root.shownGib) }),
      ...(args.startvm === false ? { deployvm: "true" } : {}),
    },
    keyPairs: order.keyPairs.map((pair) => pair.name),
    affinityGroupIds: order.groups.map((group) => group.id),
    ...order.userData,
    ...defined({ group: args.group }),
  });
  return tables.instances.update(instance, { instanceName: `i-${owner.id}-${instance.id}-VM` });
}

function checkName(name: string): void {
  if (/^(?![0-9-])[A-Za-z0-9-]{1,63}(?<!-)$/.test(name)) return;
  throw failBare(
    431,
    `Unable to execute API command deployvirtualmachine due to invalid value. Invalid value provided for API arg: name - it can contain ASCII letters 'a' through 'z', the digits '0' through '9', and the hyphen ('-'), must be between 1 and 63 characters long, and can't start or end with "-" and can't start with digit`,
  );
}

function usableOffering({ tables, args }: DeployCall, owner: Account): ServiceOffering {
  const offering = args.serviceofferingid;
  if (offering.state === "Inactive") throw invalid(`Service offering is inactive: [${offering.uuid}].`);
  checkUse(tables, owner, args.zoneid, { kind: "service", offering });
  return offering;
}

function usableTemplate({ args, world }: DeployCall): Template {
  const template = args.templateid;
  if (template === undefined) {
    throw failBare(
      530,
      "Please provide exactly one of the following parameters - template ID, volume ID or snapshot ID",
    );
  }
  const isThere = template.removed === undefined && isReady(template, world.clock.now());
  if (!isThere || template.zoneId !== args.zoneid.id) {
    throw invalid(`The template ${template.id} is not available for use`);
  }
  if (args.hypervisor !== undefined && args.hypervisor.toLowerCase() !== template.hypervisor.toLowerCase()) {
    throw invalid("Hypervisor passed to the deployVm call, is different from the hypervisor type of the template");
  }
  return template;
}

const customSizes = ["cpuNumber", "cpuSpeed", "memory"];

function checkCustomSize(offering: ServiceOffering, details: Readonly<Record<string, string>>): void {
  const given = customSizes.filter((name) => details[name] !== undefined);
  if (!offering.isCustomized) {
    if (given.length === 0) return;
    throw invalid("cpuNumber or cpuSpeed or memory should not be specified for static service offering");
  }
  const known = { cpuNumber: offering.cpuNumber, cpuSpeed: offering.cpuSpeed, memory: offering.memory };
  const isComplete = Object.entries(known).every(([name, value]) => value !== undefined || given.includes(name));
  if (!isComplete) {
    throw invalid("Need to specify custom parameter values cpu, cpu speed and memory when using custom offering");
  }
}

interface RootDisk {
  /** Bytes. */
  readonly size: number;
  /** Shown among the details when the offering or the call gives a size other than the template's. */
  readonly shownGib: number | undefined;
  readonly offering: DiskOffering;
}

/**
 * The offering's root disk size comes before the call's, and the template's holds without both.
 * @throws {ApiError} 431 for one smaller than the template (server: UserVmManagerImpl.validateRootDiskResize)
 */
function rootDisk({ tables, args }: DeployCall, offering: ServiceOffering, template: Template): RootDisk {
  const disk = tables.diskOfferings.need(offering.diskOfferingId);
  const shownGib = disk.sizeGib > 0 ? disk.sizeGib : args.rootdisksize;
  if (shownGib === undefined) return { size: template.sizeBytes, shownGib, offering: disk };
  if (shownGib <= 0) throw invalid("Root disk size should be a positive number.");
  const size = shownGib * gib;
  if (size < template.sizeBytes) {
    const templateSize = `(${(template.sizeBytes / gib).toFixed(2)} GB) ${template.sizeBytes}`;
    throw invalid(`Unsupported: rootdisksize override (${shownGib} GB) is smaller than template size ${templateSize}`);
  }
  return { size, shownGib: size === template.sizeBytes ? undefined : shownGib, offering: disk };
}

/** Bytes of a data disk. @throws {ApiError} 431 when the size is missing or not wanted. */
export function dataDiskSize(offering: DiskOffering, sizeGib: number | undefined): number {
  if (!offering.isCustomized) {
    if (sizeGib !== undefined) throw invalid("This disk offering does not allow custom size");
    return offering.sizeGib * gib;
  }
  if (sizeGib === undefined) throw invalid("This disk offering requires a custom size specified");
  return sizeGib * gib;
}

function checkQuota(
  { world }: DeployCall,
  owner: Account,
  offering: ServiceOffering,
  details: Readonly<Record<string, string>>,
  disks: readonly number[],
): void {
  try {
    checkLimits(world, owner, [
      ["user_vm", 1],
      ["cpu", offering.cpuNumber ?? Number(details.cpuNumber)],
      ["memory", offering.memory ?? Number(details.memory)],
      ...gpuRequest(offering.gpuCount),
      ["volume", disks.length],
      ["primary_storage", disks.reduce((sum, size) => sum + size, 0)],
    ]);
  } catch (error) {
    throw rewrapped(error);
  }
}

function affinityGroups({ tables, args }: DeployCall, owner: Account): AffinityGroup[] {
  const named = (args.affinitygroupnames ?? []).map((name) => {
    const group = tables.affinityGroups.where("accountId", owner.id).find((candidate) => candidate.name === name);
    if (group === undefined) throw invalid(`Unable to find affinity group by name ${name}`);
    return group;
  });
  const groups = [...(args.affinitygroupids ?? []), ...named];
  for (const group of groups) checkGroup(group, owner.id);
  return groups;
}

/** @throws {ApiError} 531 when the group belongs to another account than the instance. */
export function checkGroup(group: AffinityGroup, ownerId: number): void {
  if (group.removed !== undefined) throw invalid(`Unable to find affinity group ${group.id}`);
  if (group.accountId === ownerId) return;
  const { id, name, uuid } = group;
  throw fail(
    "permission-denied",
    `Affinity Group AffinityGroup ${JSON.stringify({ id, name, uuid })} does not belong to the VM's account`,
  );
}

/** Live scaling must be allowed by the call, the offering, the template and the zone's setting. */
function canScaleLive({ world, args }: DeployCall, offering: ServiceOffering, template: Template): boolean {
  const place = { scope: "zone", scopeId: args.zoneid.id } as const;
  return (
    args.dynamicscalingenabled !== false &&
    offering.dynamicScalingEnabled &&
    template.isDynamicallyScalable &&
    settingValue(world, "enable.dynamic.scale.vm", place) === "true"
  );
}

/** Who is shown as the instance's user: the caller, or the owner's first user when somebody else deploys for it. */
function userFor({ tables, caller }: DeployCall, owner: Account): number {
  if (owner.id === caller.account.id) return caller.user.id;
  return tables.users.where("accountId", owner.id)[0]?.id ?? caller.user.id;
}

function addDisks({ tables }: DeployCall, instance: Instance, { root, data }: Order): void {
  const { accountId, domainId, zoneId, id: instanceId } = instance;
  const common = { accountId, domainId, zoneId, instanceId, state: "Allocated", deleteProtection: false } as const;
  const add = (type: "ROOT" | "DATADISK", deviceId: number, size: number, offering: DiskOffering) =>
    tables.volumes.insert({
      ...common,
      name: `${type === "ROOT" ? "ROOT" : "DATA"}-${instance.id}`,
      type,
      deviceId,
      size,
      provisioningType: offering.provisioningType,
      diskOfferingId: offering.id,
    });
  add("ROOT", 0, root.size, root.offering);
  if (data !== undefined) add("DATADISK", 1, data.size, data.offering);
}
