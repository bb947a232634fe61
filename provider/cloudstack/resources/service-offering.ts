import { boolean, integer, list, map, oneOf, text } from "../../core/fields.ts";
import { call, defineResource, rows } from "../resource.ts";
import { keyValueParams } from "../wire.ts";
import { markedByDetail, othersIn, positive, visibility } from "./offering.ts";

export const serviceOffering = defineResource({
  token: "cloudstack:compute:ServiceOffering",
  doc: "A size of instance: processors, memory, where it may run. Deleting one that is in use makes it inactive; its instances go on.",

  inputs: {
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
    storageTags: list(text({ min: 1 }), {
      optional: true,
      set: true,
      param: "storagetags",
      cleared: "",
      doc: "Tags a storage pool must carry for root disks.",
    }),
    hostTags: list(text({ min: 1 }), {
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
    ...visibility,
    deploymentPlanner: text({ optional: true, onChange: "replace", doc: "Planner that places the instances." }),
    details: map(text({}), {
      optional: true,
      onChange: "replace",
      encode: (details) => keyValueParams("serviceofferingdetails", details),
      decode: (row) => othersIn(row.serviceofferingdetails),
      doc: "Further settings, passed to the hypervisor as they are.",
    }),
  },
  outputs: {
    state: text({ doc: "Active or Inactive." }),
  },

  api: {
    create: call("createServiceOffering", { answer: "serviceoffering", rename: { storagetags: "tags" } }),
    read: rows("listServiceOfferings"),
    update: call("updateServiceOffering"),
    delete: call("deleteServiceOffering"),
  },

  // Names are not unique; our mark is one of the offering's details.
  leftover: markedByDetail,
});
