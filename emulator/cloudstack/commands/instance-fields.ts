import { formatDate } from "../models/clock.ts";
import { accountTypes } from "../models/identity.ts";
import type { Instance } from "../models/instance.ts";
import { nicsOf, volumesOf } from "../models/instances.ts";
import type { Nic } from "../models/network.ts";
import type { Call, JsonObject } from "./command.ts";
import { gpuFields } from "./gpu-fields.ts";
import { ownerFields } from "./owner-fields.ts";
import { tagFields } from "./tag-fields.ts";

/** Parts of an instance that `listVirtualMachines details=` can leave out. */
export type Detail = "group" | "nics" | "stats" | "secgrp" | "tmpl" | "servoff" | "diskoff" | "volume" | "affgrp";

export const allDetails: ReadonlySet<Detail> = new Set([
  "group",
  "nics",
  "stats",
  "secgrp",
  "tmpl",
  "servoff",
  "diskoff",
  "volume",
  "affgrp",
]);

type Rendering = Pick<Call, "tables" | "caller">;

/** An instance as the API shows it. */
export function instanceFields(instance: Instance, call: Rendering, details = allDetails): JsonObject {
  const { tables } = call;
  const zone = tables.zones.need(instance.zoneId);
  const template = tables.templates.need(instance.templateId);
  const os = tables.osTypes.need(template.osTypeId);
  const user = tables.users.get(instance.userId);
  const disks = volumesOf(call, instance);
  const pool = tables.storagePools.get(disks.find(({ type }) => type === "ROOT")?.poolId);
  const userData = tables.userData.get(instance.userDataId);
  const has = (detail: Detail, fields: () => JsonObject): JsonObject => (details.has(detail) ? fields() : {});
  return {
    id: instance.uuid,
    name: instance.name,
    displayname: instance.displayName,
    ...ownerFields(tables, instance),
    userid: user?.uuid,
    username: user?.username,
    created: formatDate(instance.created),
    lastupdated: instance.lastUpdated === undefined ? undefined : formatDate(instance.lastUpdated),
    state: instance.state,
    haenable: instance.haEnabled,
    zoneid: zone.uuid,
    zonename: zone.name,
    ...hostFields(instance, call),
    ...has("group", () => ({ group: instance.group })),
    ...has("tmpl", () => templateFields(instance, call)),
    ...has("servoff", () => offeringFields(instance, call)),
    ...has("diskoff", () => diskOfferingFields(instance, call)),
    guestosid: os.uuid,
    ...has("volume", () => (disks.length > 0 ? { rootdeviceid: 0, rootdevicetype: "ROOT" } : {})),
    securitygroup: [],
    ...(details.has("nics") ? nicFields(instance, call) : { nic: [] }),
    hypervisor: instance.hypervisor,
    instancename: call.caller.isRootAdmin ? instance.instanceName : undefined,
    details: shownDetails(instance, call),
    affinitygroup: details.has("affgrp") ? affinityFields(instance, call) : [],
    displayvm: instance.displayVm,
    isdynamicallyscalable: instance.dynamicallyScalable,
    deleteprotection: instance.deleteProtection,
    ostypeid: os.uuid,
    osdisplayname: os.name,
    pooltype: pool?.type,
    receivedbytes: 0,
    sentbytes: 0,
    keypairs: instance.keyPairs.length > 0 ? instance.keyPairs.join(",") : undefined,
    userdataid: userData?.uuid,
    userdataname: userData?.name,
    userdatadetails: instance.userDataDetails && javaMap(instance.userDataDetails),
    arch: template.arch,
    tags: tagFields(tables, "UserVm", instance),
    hasannotations: false,
    ...pendingJobFields(tables, instance.uuid),
  };
}

/** `user.vm.denied.details`: what only administrators see. */
const deniedDetails = new Set([
  "rootdisksize",
  "cpuOvercommitRatio",
  "memoryOvercommitRatio",
  "Message.ReservedCapacityFreed.Flag",
]);

function shownDetails({ details }: Instance, { caller }: Rendering): JsonObject {
  if (caller.account.type === accountTypes.admin) return details;
  return Object.fromEntries(Object.entries(details).filter(([name]) => !deniedDetails.has(name)));
}

/** What is left to show of an instance that was expunged in the same call. */
export const expungedFields: JsonObject = {
  securitygroup: [],
  nic: [],
  affinitygroup: [],
  deleteprotection: false,
  tags: [],
};

/** The job that works on a thing just now. */
export function pendingJobFields(tables: Call["tables"], uuid: string): JsonObject {
  const job = tables.jobs.where("instanceId", uuid).find(({ status }) => status === 0);
  return job === undefined ? {} : { jobid: job.uuid, jobstatus: job.status };
}

function hostFields({ hostId }: Instance, { tables, caller }: Rendering): JsonObject {
  const host = tables.hosts.get(hostId);
  if (host === undefined || !caller.isRootAdmin) return {};
  return { hostid: host.uuid, hostname: host.name, hostcontrolstate: "Enabled" };
}

function templateFields({ templateId }: Instance, { tables }: Rendering): JsonObject {
  const template = tables.templates.need(templateId);
  return {
    templateid: template.uuid,
    templatename: template.name,
    templatetype: template.type,
    templateformat: template.format,
    templatedisplaytext: template.displayText,
    passwordenabled: template.passwordEnabled,
  };
}

function offeringFields({ offeringId, details }: Instance, { tables }: Rendering): JsonObject {
  const offering = tables.serviceOfferings.need(offeringId);
  return {
    serviceofferingid: offering.uuid,
    serviceofferingname: offering.name,
    cpunumber: offering.cpuNumber ?? Number(details.cpuNumber),
    cpuspeed: offering.cpuSpeed ?? Number(details.cpuSpeed),
    memory: offering.memory ?? Number(details.memory),
    ...gpuFields(tables, offering),
    vgpu: tables.vgpuProfiles.get(offering.vgpuProfileId)?.name,
  };
}

/** The offering of the first data disk. */
function diskOfferingFields(instance: Instance, call: Rendering): JsonObject {
  const disk = volumesOf(call, instance).find(({ type }) => type === "DATADISK");
  const offering = call.tables.diskOfferings.get(disk?.diskOfferingId);
  return offering === undefined ? {} : { diskofferingid: offering.uuid, diskofferingname: offering.name };
}

function affinityFields({ affinityGroupIds }: Instance, { tables }: Rendering): JsonObject[] {
  return affinityGroupIds.map((id) => {
    const group = tables.affinityGroups.need(id);
    return { id: group.uuid, name: group.name, account: tables.accounts.need(group.accountId).name };
  });
}

function nicFields(instance: Instance, call: Rendering): JsonObject {
  const nics = nicsOf(call, instance);
  const main = nics.find((nic) => nic.isDefault);
  return {
    nic: nics.map((nic) => oneNicFields(nic, instance, call)),
    ipaddress: main?.ipAddress,
    ...publicIpFields(main, instance, call),
  };
}

/** One card. While the instance does not run the card is not connected, and its VLAN is not shown. */
export function oneNicFields(nic: Nic, instance: Instance, call: Rendering): JsonObject {
  const { tables } = call;
  const network = tables.networks.need(nic.networkId);
  const vpc = tables.vpcs.get(network.vpcId);
  const isConnected = instance.lastUpdated === undefined || instance.hostId !== undefined;
  const uri = network.vlan === undefined || !isConnected ? undefined : `vlan://${network.vlan}`;
  return {
    id: nic.uuid,
    networkid: network.uuid,
    networkname: network.name,
    netmask: network.netmask,
    gateway: network.gateway,
    ipaddress: nic.ipAddress,
    isolationuri: uri,
    broadcasturi: uri,
    traffictype: "Guest",
    type: network.guestType,
    isdefault: nic.isDefault,
    macaddress: nic.macAddress,
    secondaryip: [],
    extradhcpoption: [],
    deviceid: String(nic.deviceId),
    ...publicIpFields(nic, instance, call),
    vpcid: vpc?.uuid,
    vpcname: vpc?.name,
  };
}

function publicIpFields(nic: Nic | undefined, instance: Instance, { tables }: Rendering): JsonObject {
  const ip =
    nic &&
    tables.publicIps
      .where("networkId", nic.networkId)
      .find(({ staticNat }) => staticNat?.instanceId === instance.id && staticNat.guestIp === nic.ipAddress);
  return ip === undefined ? {} : { publicipid: ip.uuid, publicip: ip.address };
}

/** A map as Java writes it: `{a=1, b=2}`. */
function javaMap(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ")}}`;
}
