import { id, integer, list, object, oneOf, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { devicesOf } from "../gpu/devices.ts";
import { paramsOf, valuesOf } from "../wire.ts";

const device = object(
  "GpuDeviceInfo",
  {
    id: id("gpu:GpuDevice", {}),
    hostId: id("infrastructure:Host", {}),
    hostName: text({ optional: true, doc: "Name of the host." }),
    busAddress: text({ doc: "PCI address, or UUID of the mediated device." }),
    type: oneOf(["PCI", "MDEV", "VGPUOnly"], {
      from: "gpudevicetype",
      doc: "What it is; VGPUOnly is a card that is only given away in shares.",
    }),
    gpuCardId: id("gpu:GpuCard", {}),
    cardName: text({ optional: true, from: "gpucardname", doc: "Name of its card." }),
    vgpuProfileId: id("gpu:VgpuProfile", {}),
    profileName: text({ optional: true, from: "vgpuprofilename", doc: "Name of its profile." }),
    parentGpuDeviceId: id("gpu:GpuDevice", { optional: true, doc: "Id of the card's own device." }),
    numaNode: integer({ optional: true, doc: "NUMA node; -1 where that is not known." }),
    state: text({ doc: "Free, Allocated, PartiallyAllocated or Error." }),
    managedState: text({ doc: "Managed or Unmanaged." }),
    instanceId: id("compute:Instance", {
      optional: true,
      from: "virtualmachineid",
      doc: "Id of the instance that has it.",
    }),
  },
  {},
);

const inputs = {
  hostId: id("infrastructure:Host", { optional: true, doc: "Only devices of this host." }),
  gpuCardId: id("gpu:GpuCard", { optional: true, doc: "Only devices of this card." }),
  vgpuProfileId: id("gpu:VgpuProfile", { optional: true, doc: "Only devices of this profile." }),
  instanceId: id("compute:Instance", {
    optional: true,
    param: "virtualmachineid",
    doc: "Only devices of this instance.",
  }),
} as const;

const outputs = { devices: list(device, { doc: "The devices, by host and address." }) } as const;

export const getGpuDevices = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:gpu:getGpuDevices",
  doc: "GPU devices of hosts, and which instance has which. For administrators.",
  inputs,
  outputs,

  async call(context, given) {
    const rows = await devicesOf(context, paramsOf(inputs, given));
    const place = ({ hostname, busaddress }: (typeof rows)[number]) => `${hostname} ${busaddress}`;
    const sorted = rows.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
    return valuesOf(outputs, { devices: sorted });
  },
});
