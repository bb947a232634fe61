import type { ServiceOffering } from "../models/offerings.ts";
import type { Tables } from "../models/tables.ts";
import type { JsonObject } from "./command.ts";
import { profileSize } from "./vgpu-profiles.ts";

/** What an offering gives of GPUs, as offerings and instances show it. */
export function gpuFields(tables: Tables, { vgpuProfileId, gpuCount }: ServiceOffering): JsonObject {
  const profile = tables.vgpuProfiles.get(vgpuProfileId);
  if (profile === undefined) return { gpucount: gpuCount };
  const card = tables.gpuCards.need(profile.cardId);
  return {
    gpucardid: card.uuid,
    gpucardname: card.name,
    vgpuprofileid: profile.uuid,
    vgpuprofilename: profile.name,
    ...profileSize(profile),
    gpucount: gpuCount,
  };
}
