import type { Profile } from "../config/schema.ts";
import { type Mistake, MistakesError } from "../kit/errors.ts";
import type { CardCatalogue, CardModel } from "./gpu/types.ts";
import type { GpuShare } from "./gpu-share.ts";
import type { CarvedCard, Host, HostCard, Place, PlacementPlan } from "./placement/types.ts";

/** The profile's hosts in the planner's words, and back: what the plan's places mean on the server. */

type HostsOfProfile = Profile["infrastructure"]["hosts"];
type Devices = HostsOfProfile[number]["gpus"][number]["devices"];

/**
 * Every host with its cards. A card whose PCI devices are named is as they are: whole where it names no slices, else
 * in slices of one profile.
 * @throws MistakesError where the profile of a card's slices cannot be told
 */
export function hostsOf({ infrastructure }: Profile, catalogue: CardCatalogue): Host[] {
  const mistakes: Mistake[] = [];
  const hosts = infrastructure.hosts.flatMap(({ name, count, cores, memory, racks, gpus }) => {
    const cards = gpus.flatMap(({ card, count: number, numa, devices }, index) => {
      const carvings = carvingsOf(devices, catalogue.get(card), `infrastructure.hosts[${name}].gpus[${index}]`);
      mistakes.push(...carvings.mistakes);
      return Array.from({ length: number }, (_, position): HostCard => {
        const [node, carved] = [numa[position], carvings.carved[position]];
        return { model: card, ...(node !== undefined && { numa: node }), ...(carved && { carved }) };
      });
    });
    return Array.from({ length: count }, (_, index): Host => {
      const rack = racks[index % racks.length];
      return {
        name: count === 1 ? name : `${name}-${index + 1}`,
        ...(rack !== undefined && { rack }),
        cores,
        memoryGib: memory,
        cards,
      };
    });
  });
  if (mistakes.length > 0) throw new MistakesError("The GPU cards of infrastructure.hosts", mistakes);
  return hosts;
}

/** What each card is by its devices. A model that is not known is a mistake that the planner finds. */
function carvingsOf(
  devices: Devices,
  model: CardModel | undefined,
  path: string,
): { carved: (CarvedCard | undefined)[]; mistakes: Mistake[] } {
  const mistakes: Mistake[] = [];
  const carved = devices.map(({ slices, profile: named }, index): CarvedCard | undefined => {
    if (slices.length === 0) return { mode: "whole" };
    if (model === undefined) return undefined;
    const fitting = model.vgpu.filter(({ name, perCard }) =>
      named === undefined ? perCard === slices.length : name === named && perCard >= slices.length,
    );
    const [profile] = fitting;
    if (profile !== undefined && fitting.length === 1) {
      return { mode: "vgpu", profile: profile.name, taken: profile.perCard - slices.length };
    }
    const sizes = model.vgpu.map(({ name, perCard }) => `${name} ${perCard}`).join(", ") || "none";
    mistakes.push({
      path: `${path}.devices[${index}].slices`,
      value: named === undefined ? slices.length : `${slices.length} of ${named}`,
      rule: `as many as a ${model.model} has of a profile: ${sizes}`,
      remedy: "name every slice of the card; or those that are to be used, and their profile under `profile`",
    });
    return undefined;
  });
  return { carved, mistakes };
}

/** Name on the server of the place's host, where the profile says it. */
export function serverOf({ infrastructure }: Profile, place: Place | undefined): string | undefined {
  return hostIn(infrastructure.hosts, place)?.server;
}

/** The PCI devices behind the share of the place's machine, where the profile names those of its host. */
export function devicesOf(
  { infrastructure }: Profile,
  { cards }: PlacementPlan,
  place: Place | undefined,
): GpuShare["devices"] {
  const host = hostIn(infrastructure.hosts, place);
  if (host?.server === undefined || place?.gpu === undefined) return undefined;
  const { machine } = place;
  const devices = host.gpus.flatMap((gpu) => Array.from({ length: gpu.count }, (_, index) => gpu.devices[index]));
  const busAddresses = cards.flatMap(({ host: name, index, state }) => {
    if (name !== host.name) return [];
    if (state.kind === "whole") return state.machine === machine ? (devices[index]?.address ?? []) : [];
    if (state.kind !== "vgpu") return [];
    const slices = devices[index]?.slices ?? [];
    // Slots that nobody names come first, and are taken.
    const unnamed = Math.max(0, state.slots.length - slices.length);
    return state.slots.flatMap((slot, position) => {
      const isOurs = slot !== null && slot !== "taken" && slot.machine === machine;
      return isOurs ? (slices[position - unnamed] ?? []) : [];
    });
  });
  return busAddresses.length === 0 ? undefined : { server: host.server, busAddresses };
}

/** The profile's entry of the place's host. Hosts of which there are several have no name on the server. */
function hostIn(hosts: HostsOfProfile, place: Place | undefined): HostsOfProfile[number] | undefined {
  return hosts.find(({ name, count }) => count === 1 && name === place?.host);
}
