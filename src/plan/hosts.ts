import type { Profile } from "../config/schema.ts";
import { type Mistake, MistakesError } from "../kit/errors.ts";
import { layOut } from "./gpu/mig.ts";
import type { CardCatalogue, CardModel } from "./gpu/types.ts";
import type { GpuShare } from "./gpu-share.ts";
import type { CardState, CarvedCard, Host, HostCard, Place, PlacementPlan, Slot } from "./placement/types.ts";

/** The profile's hosts in the planner's words, and back: what the plan's places mean on the server. */

type HostsOfProfile = Profile["infrastructure"]["hosts"];
type Devices = HostsOfProfile[number]["gpus"][number]["devices"];
type Device = Devices[number];

/**
 * Every host with its cards. A card whose PCI devices are named is as they are: whole where it names neither slices nor MIG
 * instances, else in these.
 * @throws MistakesError where the profile of a card's slices cannot be told, or its instances do not fit on it
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
  const found = devices.map((device, index) => {
    const { slices, instances } = device;
    if (slices.length + instances.length === 0) return { mode: "whole" as const };
    if (model === undefined) return undefined;
    const where = `${path}.devices[${index}]`;
    return instances.length > 0 ? instancesOf(device, model, where) : slicesOf(device, model, where);
  });
  return {
    carved: found.map((one) => (one !== undefined && "mode" in one ? one : undefined)),
    mistakes: found.filter((one) => one !== undefined && "rule" in one),
  };
}

/** Slices of one profile; those that are not named are somebody else's. */
function slicesOf({ slices, profile: named }: Device, model: CardModel, path: string): CarvedCard | Mistake {
  const { vgpu, timeSlicing = [] } = model;
  const fitting = [...vgpu, ...timeSlicing].filter((profile) =>
    named === undefined
      ? profile.perCard === slices.length && vgpu.includes(profile)
      : profile.name === named && profile.perCard >= slices.length,
  );
  const [profile] = fitting;
  if (profile !== undefined && fitting.length === 1) {
    const mode = vgpu.includes(profile) ? "vgpu" : "timeSliced";
    return { mode, profile: profile.name, taken: profile.perCard - slices.length };
  }
  const sizes = [...vgpu, ...timeSlicing].map(({ name, perCard }) => `${name} ${perCard}`).join(", ") || "none";
  return {
    path: `${path}.slices`,
    value: named === undefined ? slices.length : `${slices.length} of ${named}`,
    rule: `as many as a ${model.model} has of a profile: ${sizes}`,
    remedy: "name every slice of the card; or those that are to be used, and their profile under `profile`",
  };
}

/** MIG instances. Where on the card they are nobody asks, so that places are found for them. */
function instancesOf({ instances, slices }: Device, { mig, model }: CardModel, path: string): CarvedCard | Mistake {
  const profiles = instances.flatMap(({ profile }) => mig?.profiles.find(({ name }) => name === profile) ?? []);
  const starts = mig && profiles.length === instances.length ? layOut(mig, profiles) : undefined;
  const isWhole = slices.length === 0;
  if (starts !== undefined && isWhole) {
    return {
      mode: "mig",
      instances: profiles.map(({ name }, index) => ({ profile: name, start: starts[index] ?? 0 })),
    };
  }
  return {
    path: `${path}.instances`,
    value: instances.map(({ profile }) => profile).join(", "),
    rule: isWhole
      ? `instances that fit on one ${model} beside each other: ${mig?.profiles.map(({ name }) => name).join(", ") ?? "it has no MIG"}`
      : "a card has slices or instances",
    remedy: "name the instances that the card is cut up into, or leave them out",
  };
}

/** Name on the server of the place's host, where the profile says it. */
export function serverOf({ infrastructure }: Profile, place: Place | undefined): string | undefined {
  return hostIn(infrastructure.hosts, place)?.server;
}

/** The PCI devices behind the share of the place's machine, where the profile names those of its host. */
export function devicesOf(
  { infrastructure }: Profile,
  { cards, input }: PlacementPlan,
  place: Place | undefined,
): GpuShare["devices"] {
  const host = hostIn(infrastructure.hosts, place);
  if (host?.server === undefined || place?.gpu === undefined) return undefined;
  const { machine } = place;
  const devices = host.gpus.flatMap((gpu) => Array.from({ length: gpu.count }, (_, index) => gpu.devices[index]));
  const carved = input.hosts.find(({ name }) => name === host.name)?.cards.map((card) => card.carved) ?? [];
  const busAddresses = cards
    .filter((card) => card.host === host.name)
    .flatMap(({ index, state }) => addressesOf(machine, state, devices[index], carved[index]));
  return busAddresses.length === 0 ? undefined : { server: host.server, busAddresses };
}

/** The addresses of what the machine holds of the card. */
function addressesOf(
  machine: string,
  state: CardState,
  device: Device | undefined,
  carved: CarvedCard | undefined,
): string[] {
  if (device === undefined) return [];
  const isOurs = (slot: Slot) => slot !== null && slot !== "taken" && slot.machine === machine;
  switch (state.kind) {
    case "whole":
      return state.machine === machine ? [device.address] : [];
    case "vgpu":
    case "timeSliced": {
      // Slots that nobody names come first, and are taken.
      const unnamed = Math.max(0, state.slots.length - device.slices.length);
      return state.slots.flatMap((slot, position) => (isOurs(slot) ? (device.slices[position - unnamed] ?? []) : []));
    }
    case "mig": {
      const ours = state.instances.filter(({ holder }) => isOurs(holder)).map(({ start }) => start);
      const starts = carved?.mode === "mig" ? carved.instances.map(({ start }) => start) : [];
      return device.instances.filter((_, index) => ours.includes(starts[index] ?? -1)).map(({ address }) => address);
    }
    default:
      return [];
  }
}

/** The profile's entry of the place's host. Hosts of which there are several have no name on the server. */
function hostIn(hosts: HostsOfProfile, place: Place | undefined): HostsOfProfile[number] | undefined {
  return hosts.find(({ name, count }) => count === 1 && name === place?.host);
}
