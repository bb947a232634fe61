import { id, list, object, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { devicesOfHost } from "../hostdevice/devices.ts";

const device = object(
  "HostDeviceInfo",
  {
    busAddress: text({ optional: true, doc: "PCI address, in full; absent for what has none." }),
    name: text({ doc: "What the server calls it: address and kind." }),
    description: text({ optional: true, doc: "Vendor and model, as the host reports them." }),
    allocatedTo: text({ optional: true, doc: "Instance that has it: its id, or the server's internal number for it." }),
  },
  {},
);

const inputs = { hostId: id("infrastructure:Host", {}) } as const;
const outputs = { devices: list(device, { doc: "The devices, by address." }) } as const;

export const getHostDevices = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:gpu:getHostDevices",
  doc: "PCI devices of a host that can be given to instances, on ABLESTACK Mold (getApis tells whether there is listHostDevices).",
  inputs,
  outputs,

  async call(context, { hostId }) {
    const devices = await devicesOfHost(context, hostId);
    const sorted = devices.toSorted((a, b) => ((a.address ?? a.name) < (b.address ?? b.name) ? -1 : 1));
    return {
      devices: sorted.map(({ address, name, text: description, owner }) => ({
        name,
        ...(address !== undefined && { busAddress: address }),
        ...(description !== "" && { description }),
        ...(owner !== undefined && { allocatedTo: owner }),
      })),
    };
  },
});
