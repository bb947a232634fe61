/** What hosts have of GPUs and what is taken of it. */
import type { GpuDevice, VgpuProfile } from "./gpu.ts";
import { devicesOn, isFree, isUsable } from "./gpu-devices.ts";
import type { Host } from "./infrastructure.ts";
import type { World } from "./world.ts";

export interface GpuUse {
  readonly total: number;
  readonly used: number;
}

/** What is left of one profile on one host. */
export interface ProfileRoom {
  readonly profile: VgpuProfile;
  readonly total: number;
  readonly free: number;
}

/** The profiles of one card on one host. */
export interface GpuGroup {
  readonly name: string;
  readonly profiles: readonly ProfileRoom[];
}

/** A host's groups of profiles by name, in the order in which the server has stored them. */
export type GroupNames = readonly { readonly name: string; readonly profiles: readonly string[] }[];

/** How many devices there are that instances can have, and how many of them they have. */
export function gpuUse(world: World, hosts: readonly Host[]): GpuUse {
  const usable = hosts.flatMap((host) => devicesOn(world, host.id)).filter(isUsable);
  return { total: usable.length, used: usable.filter((device) => device.state === "Allocated").length };
}

/** The host's devices by card and profile, also those that no instance can have. */
export function gpuGroups(world: World, host: Host): GpuGroup[] {
  const rooms = roomsOf(world, host);
  return orderOf(host, rooms).map(({ name, profiles }) => ({
    name,
    profiles: profiles.flatMap((profile) => rooms.get(name)?.get(profile) ?? []),
  }));
}

/** Stores the order in which groups and profiles were met: lists keep to it (tables `host_gpu_groups`, `vgpu_types`). */
export function rememberGroups(world: World, host: Host): void {
  const groups = orderOf(host, roomsOf(world, host));
  if (groups.length > 0 || host.gpuGroups !== undefined) world.tables.hosts.update(host, { gpuGroups: groups });
}

type Rooms = ReadonlyMap<string, ReadonlyMap<string, ProfileRoom>>;

function roomsOf(world: World, host: Host): Rooms {
  const rooms = new Map<string, Map<string, ProfileRoom>>();
  for (const device of devicesOn(world, host.id)) {
    const card = world.tables.gpuCards.need(device.cardId);
    const profile = world.tables.vgpuProfiles.need(device.profileId);
    const ofCard = rooms.get(card.name) ?? new Map<string, ProfileRoom>();
    rooms.set(card.name, ofCard.set(profile.name, counted(ofCard.get(profile.name), profile, device)));
  }
  return rooms;
}

function counted(room: ProfileRoom | undefined, profile: VgpuProfile, device: GpuDevice): ProfileRoom {
  const total = (room?.total ?? 0) + (isUsable(device) ? 1 : 0);
  return { profile, total, free: (room?.free ?? 0) + (isFree(device) ? 1 : 0) };
}

/** Known ones keep their places; new ones follow in the order in which the server's maps give them. */
function orderOf({ gpuGroups: known = [] }: Host, rooms: Rooms): GroupNames {
  const names = kept(
    known.map(({ name }) => name),
    [...rooms.keys()],
  );
  return names.map((name) => ({
    name,
    profiles: kept(known.find((group) => group.name === name)?.profiles ?? [], [...(rooms.get(name)?.keys() ?? [])]),
  }));
}

function kept(known: readonly string[], present: readonly string[]): string[] {
  const fresh = present.filter((name) => !known.includes(name));
  return [...known.filter((name) => present.includes(name)), ...fresh.sort((a, b) => bucket(a) - bucket(b))];
}

/** The place of a key in a Java `HashMap` of up to twelve keys; keys of one bucket keep their order. */
function bucket(key: string): number {
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  return (hash ^ (hash >>> 16)) & 15;
}
