import { ProviderError } from "../../core/errors.ts";
import { boolean, id, integer, list, map, oneOf, text } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { word } from "../fields.ts";
import { regularLifecycle } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";
import { together } from "../rules.ts";
import { keyValueParams } from "../wire.ts";
import { markedByDetail, othersIn, positive, visibility } from "./offering.ts";

const inputs = {
  name: text({ min: 1, doc: "Shown to users; need not be unique." }),
  displayText: text({
    optional: true,
    serverChooses: true,
    doc: "Longer text for users. Default: the name.",
  }),
  cpuNumber: integer({ min: 1, max: 2147483647, unit: "vCPU", onChange: "replace", doc: "Processors." }),
  cpuSpeedMhz: integer({
    min: 1,
    param: "cpuspeed",
    unit: "MHz",
    onChange: "replace",
    doc: "Speed of one processor; the share a host gives.",
  }),
  memoryMib: integer({ min: 32, param: "memory", unit: "MiB", onChange: "replace", doc: "Memory." }),
  offerHa: boolean({
    default: false,
    onChange: "replace",
    doc: "Restart instances elsewhere when their host fails. Not with local storage.",
  }),
  limitCpuUse: boolean({
    default: false,
    onChange: "replace",
    doc: "Never give more than the share, even on an idle host.",
  }),
  dynamicScalingEnabled: boolean({
    default: true,
    onChange: "replace",
    doc: "Instances may be scaled while they run, where the hypervisor can.",
  }),
  storageType: oneOf(["shared", "local"], { default: "shared", onChange: "replace", doc: "Where root disks live." }),
  provisioningType: oneOf(["thin", "sparse", "fat"], {
    default: "thin",
    onChange: "replace",
    doc: "How root disks are provisioned.",
  }),
  rootDiskSizeGib: integer({
    optional: true,
    min: 1,
    param: "rootdisksize",
    unit: "GiB",
    onChange: "replace",
    doc: "Root disk; default: the template's size.",
    decode: (row) => positive(row.rootdisksize),
  }),
  storageTags: list(word(), {
    optional: true,
    set: true,
    param: "storagetags",
    cleared: "",
    doc: "Tags a storage pool must carry for root disks.",
  }),
  hostTags: list(word(), {
    optional: true,
    set: true,
    param: "hosttags",
    cleared: "",
    doc: "Tags a host must carry.",
  }),
  networkRateMbps: integer({
    optional: true,
    min: 0,
    param: "networkrate",
    unit: "Mbit/s",
    onChange: "replace",
    doc: "Limit of the network rate.",
  }),
  vgpuProfileId: id("gpu:VgpuProfile", {
    optional: true,
    onChange: "replace",
    doc: "Id of the GPU profile that each instance gets `gpuCount` of.",
  }),
  gpuCount: integer({
    optional: true,
    min: 1,
    onChange: "replace",
    doc: "How many GPUs or shares of one each instance gets. A stopped instance keeps them.",
  }),
  gpuDisplay: boolean({
    optional: true,
    serverChooses: true,
    decode: ({ vgpuprofileid, gpudisplay }) => (vgpuprofileid === undefined ? undefined : gpudisplay === true),
    onChange: "replace",
    doc: "Show the instance's display on the GPU.",
  }),
  ...visibility,
  deploymentPlanner: text({ optional: true, onChange: "replace", doc: "Planner that places the instances." }),
  details: map(text({}), {
    optional: true,
    onChange: "replace",
    encode: (details) => keyValueParams("serviceofferingdetails", details),
    decode: (row) => othersIn(row.serviceofferingdetails),
    doc: "Further settings, passed to the hypervisor as they are.",
  }),
} as const;

const outputs = {
  state: text({ doc: "Active or Inactive." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:compute:ServiceOffering",
  doc: "A size of instance: processors, memory, where it may run. Deleting one that is in use makes it inactive; its instances go on.",

  inputs,
  outputs,

  // The server stores a gpuCount without a profile: it counts against limits and gives nothing.
  check: (given) => [
    ...together(given, "gpuCount", "vgpuProfileId"),
    ...together(given, "vgpuProfileId", "gpuCount"),
    ...together(given, "gpuDisplay", "vgpuProfileId"),
  ],

  async create(context, given) {
    if (given.vgpuProfileId !== undefined) await needGpus(context);
    return regularLifecycle(description).create(context, given);
  },

  api: {
    create: call("createServiceOffering", { answer: "serviceoffering", rename: { storagetags: "tags" } }),
    read: rows("listServiceOfferings"),
    update: call("updateServiceOffering"),
    delete: call("deleteServiceOffering"),
  },

  // Names are not unique; our mark is one of the offering's details.
  leftover: markedByDetail,
};

export const serviceOffering = defineResource(description);

/** A server that does not know the parameter ignores it, and the instances would be without. */
async function needGpus({ api, urn }: Context<Client>): Promise<void> {
  if ((await api.capabilities.all()).get("createServiceOffering")?.has("vgpuprofileid")) return;
  throw new ProviderError({
    what: "create cloudstack:compute:ServiceOffering",
    where: urn,
    value: "vgpuProfileId",
    rule: "this server's offerings know no GPUs (it has no parameter vgpuprofileid, which came with CloudStack 4.21)",
    remedy: "leave vgpuProfileId and gpuCount out; on Mold give instances their devices by cloudstack:gpu:HostDevice",
  });
}
