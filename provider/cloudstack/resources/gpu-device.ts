import { ProviderError } from "../../core/errors.ts";
import { boolean, id, integer, oneOf, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import { adoptable, previous } from "../adopt.ts";
import type { Client } from "../client/client.ts";
import { busFormat, canonicalPci } from "../pci.ts";
import { readAgain, regularLifecycle, remove } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";

const inputs = {
  hostId: id("infrastructure:Host", { onChange: "replace", doc: "Id of the host that it is built into." }),
  busAddress: text({
    format: busFormat,
    onChange: "replace",
    doc: "PCI address, or UUID of the mediated device; unique on its host.",
  }),
  gpuCardId: id("gpu:GpuCard", {
    optional: true,
    serverChooses: true,
    doc: "Id of its card. Needed unless the host has reported the device already.",
  }),
  vgpuProfileId: id("gpu:VgpuProfile", {
    optional: true,
    serverChooses: true,
    doc: "Id of the card's profile that it gives. Needed unless the host has reported the device already.",
  }),
  type: oneOf(["PCI", "MDEV", "VGPUOnly"], {
    optional: true,
    serverChooses: true,
    from: "gpudevicetype",
    doc: "PCI: a whole card or a virtual function; MDEV: a mediated device; VGPUOnly: a card that is only given away in shares. Default: PCI.",
  }),
  parentGpuDeviceId: id("gpu:GpuDevice", {
    optional: true,
    serverChooses: true,
    doc: "Id of the card's own device, for a share of it.",
  }),
  numaNode: integer({
    optional: true,
    serverChooses: true,
    min: -1,
    doc: "NUMA node of the host that it is near to; -1 where that is not known.",
  }),
  managed: boolean({
    default: true,
    param: false,
    decode: ({ managedstate }) => managedstate === "Managed",
    doc: "Whether instances may be given it.",
  }),
} as const;

const outputs = {
  previous,
  hostName: text({ optional: true, doc: "Name of its host." }),
  gpuCardName: text({ optional: true, doc: "Name of its card." }),
  vgpuProfileName: text({ optional: true, doc: "Name of its profile." }),
} as const;

const listing = rows("listGpuDevices", {});

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:gpu:GpuDevice",
  doc:
    "A GPU, or a share of one, in a host, which instances can be given. Hosts report theirs by themselves: such a device is taken over, " +
    "and deleting this resource only puts back what it was. A device that its host does not report is put in state Error sooner or later.",
  deleteBeforeReplace: true,
  inputs,
  outputs,

  api: { create: call("createGpuDevice", { answer: "gpudevice" }), read: listing, update: call("updateGpuDevice") },

  // No room for a mark; a host has one device at an address.
  leftover: { isEqual: isIt },

  async create(context, given) {
    const live = await regularLifecycle(description).create(context, given);
    if (live.values.managed === given.managed) return live;
    await manage(context, live.id, given.managed);
    return { ...live, values: { ...live.values, managed: given.managed } };
  },

  async update(context, id, change) {
    const changed = new Set([...change.changed].filter((name) => name !== "managed"));
    if (changed.size > 0) await regularLifecycle(description).update(context, id, { ...change, changed });
    if (change.changed.has("managed")) await manage(context, id, change.after.managed);
    return readAgain(context, id, await regularLifecycle(description).read(context, id, {}));
  },

  delete: (context, id) => remove(context, call("deleteGpuDevice"), { ids: id }, { id, listing }),
};

export const gpuDevice = defineResource(
  adoptable(description, {
    isIt,
    // What a host has reported is not to be told from what a killed run has registered: it is left, in doubt.
    isUnused: () => Promise.resolve(false),
    mayCreate: (context, { busAddress, gpuCardId, vgpuProfileId }) => {
      if (gpuCardId !== undefined && vgpuProfileId !== undefined) return;
      throw new ProviderError({
        what: "create cloudstack:gpu:GpuDevice",
        where: context.urn,
        value: busAddress,
        rule: "the host has reported no device at this address, and gpuCardId or vgpuProfileId is not given",
        remedy: "give both to register it, or look up the addresses that the host has reported (getGpuDevices)",
      });
    },
  }),
);

function isIt(
  row: Record<string, unknown>,
  { hostId, busAddress }: Pick<Values<typeof inputs>, "hostId" | "busAddress">,
) {
  return row.hostid === hostId && canonicalPci(String(row.busaddress)) === canonicalPci(busAddress);
}

async function manage({ api, signal }: Context<Client>, ids: string, managed: boolean): Promise<void> {
  await api.call(managed ? "manageGpuDevice" : "unmanageGpuDevice", { ids }, { signal });
}
