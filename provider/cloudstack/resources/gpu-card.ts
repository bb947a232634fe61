import { integer, text } from "../../core/fields.ts";
import { adoptable, previous } from "../adopt.ts";
import { devicesOf } from "../gpu/devices.ts";
import { removeUnlessKept } from "../gpu/removal.ts";
import { regularLifecycle } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";

/** The database column has four characters (schema 4.21). */
const pciId = {
  min: 1,
  max: 4,
  onChange: "replace",
  canonical: (id: string) => id.toLowerCase(),
  rule: (id: string) => (/^[0-9a-f]{4}$/i.test(id) ? undefined : "four hexadecimal digits, such as 20b5"),
} as const;

const inputs = {
  vendorId: text({ ...pciId, doc: "PCI id of the vendor: 10de is NVIDIA, 1002 AMD, 8086 Intel." }),
  deviceId: text({ ...pciId, doc: "PCI id of the model; unique together with the vendor's." }),
  name: text({ min: 1, doc: "Shown to users. A host that reports the card calls it by vendor and device." }),
  vendorName: text({ min: 1, doc: "Name of the vendor, such as NVIDIA Corporation." }),
  deviceName: text({ min: 1, doc: "Name of the model, such as GA100 [A100 PCIe 40GB]." }),
  videoRamMib: integer({
    optional: true,
    min: 0,
    param: "videoram",
    from: false,
    unit: "MiB",
    onChange: "ignored",
    doc: "Memory of a whole card; the server gives it to the profile `passthrough`.",
  }),
} as const;

const description: Description<typeof inputs, { previous: typeof previous }> = {
  token: "cloudstack:gpu:GpuCard",
  doc:
    "A model of GPU card. Together with it the server makes the profile `passthrough`, which gives an instance a whole card. " +
    "A card that is there already, because a host has reported it, is taken over.",
  deleteBeforeReplace: true,
  inputs,
  outputs: { previous },

  api: {
    create: call("createGpuCard", { answer: "gpucard" }),
    read: rows("listGpuCards", {}),
    update: call("updateGpuCard"),
    delete: call("deleteGpuCard"),
  },

  // No room for a mark; there is one card of a vendor and device id.
  leftover: {},

  delete: (context, id, state) =>
    removeUnlessKept(context, () => regularLifecycle(description).delete(context, id, state)),
};

const same = (a: unknown, b: string) => String(a).toLowerCase() === b.toLowerCase();

export const gpuCard = defineResource(
  adoptable(description, {
    isIt: (row, { vendorId, deviceId }) => same(row.vendorid, vendorId) && same(row.deviceid, deviceId),
    // One that a host has reported has devices.
    isUnused: async (context, { id }) => (await devicesOf(context, { gpucardid: String(id) })).length === 0,
  }),
);
