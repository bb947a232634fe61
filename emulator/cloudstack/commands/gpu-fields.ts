import { knows } from "../models/flavor.ts";
import { gpuGroups, gpuUse } from "../models/gpu-capacity.ts";
import type { Host } from "../models/infrastructure.ts";
import type { ServiceOffering } from "../models/offerings.ts";
import type { Tables } from "../models/tables.ts";
import type { World } from "../models/world.ts";
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

/** How many devices there are to give out, and how many are; nothing where the server does not count them. */
export function gpuUseFields(world: World, hosts: readonly Host[]): JsonObject {
  if (!knows(world, "gputotal")) return {};
  const { total, used } = gpuUse(world, hosts);
  return { gputotal: total, gpuused: used };
}

/** A host's devices by card and profile; nothing where it has none. */
export function gpuGroupFields(world: World, host: Host): JsonObject {
  const groups = gpuGroups(world, host).map(({ name, profiles }) => ({
    gpugroupname: name,
    vgpu: profiles.map(({ profile, total, free }) => ({
      vgputype: profile.name,
      ...profileSize(profile),
      maxvgpuperpgpu: profile.maxPerCard,
      remainingcapacity: free,
      maxcapacity: total,
    })),
  }));
  return groups.length > 0 ? { gpugroup: groups } : {};
}
