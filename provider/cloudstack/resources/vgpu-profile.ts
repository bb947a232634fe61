import { id, integer, text } from "../../core/fields.ts";
import { adoptable, previous } from "../adopt.ts";
import { devicesOf } from "../gpu/devices.ts";
import { removeUnlessKept } from "../gpu/removal.ts";
import { regularLifecycle } from "../regular.ts";
import { call, type Description, defineResource, rows } from "../resource.ts";

/** The server's own profile of each card. */
const passthrough = "passthrough";

const inputs = {
  name: text({ min: 1, doc: "What the host's driver calls it, such as nvidia-471 or A100-8C; unique for its card." }),
  gpuCardId: id("gpu:GpuCard", { onChange: "replace", doc: "Id of the card that it is a share of." }),
  description: text({ optional: true, serverChooses: true, doc: "Prose for other operators." }),
  maxPerCard: integer({
    optional: true,
    serverChooses: true,
    min: 1,
    param: "maxvgpuperphysicalgpu",
    doc: "How many of it one card can give. For information: what is there to give are the devices.",
  }),
  videoRamMib: integer({
    optional: true,
    serverChooses: true,
    min: 0,
    param: "videoram",
    unit: "MiB",
    doc: "Memory of one.",
  }),
  maxHeads: integer({ optional: true, serverChooses: true, min: 0, doc: "Displays of one." }),
  maxResolutionX: integer({ optional: true, serverChooses: true, min: 0, doc: "Widest display, in pixels." }),
  maxResolutionY: integer({ optional: true, serverChooses: true, min: 0, doc: "Highest display, in pixels." }),
} as const;

const outputs = {
  previous,
  gpuCardName: text({ optional: true, doc: "Name of the card." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:gpu:VgpuProfile",
  doc:
    "A kind of share of a GPU card, which a service offering gives its instances. The server makes the profile `passthrough` " +
    "with each card: that one, and any other that is there already, is taken over.",
  deleteBeforeReplace: true,
  inputs,
  outputs,

  api: {
    create: call("createVgpuProfile", { answer: "vgpuprofile" }),
    read: rows("listVgpuProfiles", {}),
    update: call("updateVgpuProfile"),
    delete: call("deleteVgpuProfile"),
  },

  // No room for a mark; a card has one profile of a name.
  leftover: {},

  delete: (context, id, state) =>
    state.name === passthrough
      ? Promise.resolve()
      : removeUnlessKept(context, () => regularLifecycle(description).delete(context, id, state)),
};

export const vgpuProfile = defineResource(
  adoptable(description, {
    isIt: (row, { name, gpuCardId }) => row.name === name && row.gpucardid === gpuCardId,
    isUnused: async (context, { id, name }) =>
      name !== passthrough && (await devicesOf(context, { vgpuprofileid: String(id) })).length === 0,
  }),
);
