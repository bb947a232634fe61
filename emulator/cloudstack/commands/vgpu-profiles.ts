import { invalid } from "../models/errors.ts";
import type { VgpuProfile } from "../models/gpu.ts";
import { eraseProfile } from "../models/gpu-catalogue.ts";
import type { Tables } from "../models/tables.ts";
import { defined } from "../models/values.ts";
import { type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { cardFields } from "./gpu-cards.ts";
import { type Arguments, boolean, integer, listParameters, ref, required, text } from "./parameters.ts";
import { wrapped } from "./wrapped.ts";

/** What a profile gives, in the words of every answer that shows it. */
export function profileSize({ videoRam, maxHeads, maxResolutionX, maxResolutionY }: VgpuProfile): JsonObject {
  return { videoram: videoRam, maxheads: maxHeads, maxresolutionx: maxResolutionX, maxresolutiony: maxResolutionY };
}

function render(profile: VgpuProfile, { tables }: Call): JsonObject {
  const card = tables.gpuCards.need(profile.cardId);
  return {
    ...cardFields(card),
    id: profile.uuid,
    name: profile.name,
    description: profile.description,
    gpucardid: card.uuid,
    gpucardname: card.name,
    maxvgpuperphysicalgpu: profile.maxPerCard,
    ...profileSize(profile),
  };
}

const size = {
  description: text,
  maxvgpuperphysicalgpu: integer,
  videoram: integer,
  maxheads: integer,
  maxresolutionx: integer,
  maxresolutiony: integer,
};

function sizeFrom(args: Arguments<typeof size>) {
  return defined({
    description: args.description,
    maxPerCard: args.maxvgpuperphysicalgpu,
    videoRam: args.videoram,
    maxHeads: args.maxheads,
    maxResolutionX: args.maxresolutionx,
    maxResolutionY: args.maxresolutiony,
  });
}

function checkName(tables: Tables, cardId: number, name: string): void {
  if (name.trim() === "") throw invalid("vGPU profile name cannot be empty");
  if (tables.vgpuProfiles.where("cardId", cardId).some((profile) => profile.name === name)) {
    throw invalid(`vGPU profile with name ${name} already exists`);
  }
}

const createVgpuProfile = sync({
  name: "createVgpuProfile",
  audience: "root-admin",
  parameters: { ...size, name: required(text), gpucardid: required(ref("gpuCards")) },
  reply: "vgpuprofile",
  run(call) {
    const { tables, args } = call;
    return wrapped("Failed to create vGPU profile: ", () => {
      checkName(tables, args.gpucardid.id, args.name);
      const profile = { cardId: args.gpucardid.id, name: args.name, ...sizeFrom(args) };
      return render(tables.vgpuProfiles.insert(profile), call);
    });
  },
});

const updateVgpuProfile = sync({
  name: "updateVgpuProfile",
  audience: "root-admin",
  parameters: { ...size, id: required(ref("vgpuProfiles")), name: text },
  reply: "vgpuprofile",
  run(call) {
    const { tables, args } = call;
    const { id: profile, name = profile.name } = args;
    return wrapped("Failed to update vGPU profile: ", () => {
      if (name !== profile.name) checkName(tables, profile.cardId, name);
      return render(tables.vgpuProfiles.update(profile, { name, ...sizeFrom(args) }), call);
    });
  },
});

const deleteVgpuProfile = sync({
  name: "deleteVgpuProfile",
  audience: "root-admin",
  parameters: { id: required(ref("vgpuProfiles")) },
  run({ world, args }) {
    wrapped("Failed to delete vGPU profile: ", () => eraseProfile(world, args.id));
    return success;
  },
});

const listVgpuProfiles = listing({
  name: "listVgpuProfiles",
  audience: "user",
  parameters: {
    ...listParameters,
    id: ref("vgpuProfiles"),
    name: text,
    gpucardid: ref("gpuCards"),
    activeonly: boolean,
  },
  reply: "vgpuprofile",
  rows: ({ tables, args }) =>
    tables.vgpuProfiles
      .only(args.id)
      .filter(
        (profile) =>
          fits(profile, { name: args.name, cardId: args.gpucardid?.id }) &&
          (!args.activeonly || tables.gpuDevices.where("profileId", profile.id).length > 0) &&
          mentions(args.keyword, profile.name, profile.description ?? ""),
      ),
  render,
});

export const vgpuProfileCommands: readonly Command[] = [
  createVgpuProfile,
  updateVgpuProfile,
  deleteVgpuProfile,
  listVgpuProfiles,
];
