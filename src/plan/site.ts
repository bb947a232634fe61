import type { PlatformMachine, Profile, TenantMachine } from "../config/schema.ts";
import { MistakesError } from "../kit/errors.ts";
import { builtInCards } from "./gpu/catalogue.ts";
import { mergeCards } from "./gpu/merge.ts";
import type { CardCatalogue, CardModel } from "./gpu/types.ts";
import { type GpuShare, wholeCard } from "./gpu-share.ts";
import { planGroups } from "./groups.ts";
import { type ShareOf, staysUp } from "./machines.ts";
import { survivesOneHost } from "./placement/failures.ts";
import { mobilityOf } from "./placement/mobility.ts";
import { planPlacement } from "./placement/plan.ts";
import type { GpuDemand, GpuUse, Host, PlacedMachine, PlacementPlan, Rule } from "./placement/types.ts";

/** Who stands on which host and card (P5.2, T3, T4): the profile in the planner's words, and what it found. */
export type Placement = PlacementPlan;

type Machine = TenantMachine | PlatformMachine;

/**
 * Finds a host for every machine and a card for every share.
 * @throws MistakesError that says what is missing where, and what would fit
 */
export function placeMachines(profile: Profile): { placement?: Placement; shareOf: ShareOf } {
  const hosts = hostsOf(profile);
  const machines = placedMachinesOf(profile);
  if (hosts.length === 0 && machines.every(({ gpu }) => gpu === undefined)) return { shareOf: () => undefined };
  const catalogue = catalogueOf(profile);
  const { cpu, memory } = profile.infrastructure.overcommit;
  const result = planPlacement({ hosts, machines, rules: rulesOf(profile), overcommit: { cpu, memory }, catalogue });
  if (!result.ok) throw new MistakesError("The placement on the hosts of infrastructure.hosts", result.mistakes);
  const { plan } = result;
  if (profile.platform.survivesOneHost) refuseMortal(plan);
  if (profile.platform.liveMigration) refuseImmobile(profile, plan);
  const places = new Map(plan.places.map((place) => [place.machine, place]));
  return {
    placement: plan,
    shareOf: ({ name }) => {
      const gpu = places.get(name)?.gpu;
      if (gpu === undefined) return undefined;
      const { vendorId, deviceId } = cardOf(catalogue, gpu.model);
      const { model, memoryGib, cards, serverProfile = wholeCard } = gpu;
      const devices = devicesOf(profile, plan, name);
      const share = { model, vendorId, deviceId, profile: serverProfile, count: cards.length, memoryGib };
      return { ...share, ...(devices && { devices }) };
    },
  };
}

/** @throws MistakesError where a machine that is to start elsewhere when its host fails finds no place there */
function refuseMortal(plan: PlacementPlan): void {
  const { lost } = survivesOneHost(plan, ({ ha }) => ha);
  if (lost.length === 0) return;
  const mistakes = lost.map(({ failed, machine, because }) => ({
    path: `${machine} when ${failed} fails`,
    rule: `a machine with ha starts on another host, but ${because}`,
    remedy: "add hosts or make them larger, set ha: false for the machine, or platform.survivesOneHost: false",
  }));
  throw new MistakesError("The placement on the hosts of infrastructure.hosts", mistakes);
}

/** @throws MistakesError with every machine that live migration could not move */
function refuseImmobile(profile: Profile, plan: PlacementPlan): void {
  const mistakes = mobilityOf(plan, (machine) => devicesOf(profile, plan, machine)).flatMap(({ machine, because }) => {
    if (because === undefined) return [];
    const rule = `platform.liveMigration: every machine can move to another host while it runs, but ${because}`;
    const remedy = "add hosts or make them larger, take its GPU away, or set platform.liveMigration: false";
    return [{ path: machine, rule, remedy }];
  });
  if (mistakes.length > 0) throw new MistakesError("The placement on the hosts of infrastructure.hosts", mistakes);
}

/** The PCI devices behind a machine's share, where the profile names those of its host. */
function devicesOf({ infrastructure }: Profile, { places, cards }: Placement, machine: string): GpuShare["devices"] {
  const place = places.find((one) => one.machine === machine);
  const host = infrastructure.hosts.find(({ name, count }) => count === 1 && name === place?.host);
  if (host?.server === undefined) return undefined;
  const devices = host.gpus.flatMap((gpu) => Array.from({ length: gpu.count }, (_, index) => gpu.devices[index]));
  const busAddresses = cards.flatMap(({ host: name, index, state }) => {
    if (name !== host.name) return [];
    if (state.kind === "whole") return state.machine === machine ? (devices[index]?.address ?? []) : [];
    if (state.kind !== "vgpu") return [];
    return state.slots.flatMap((slot, position) => {
      const isOurs = slot !== null && slot !== "taken" && slot.machine === machine;
      return isOurs ? (devices[index]?.slices[position] ?? []) : [];
    });
  });
  return busAddresses.length === 0 ? undefined : { server: host.server, busAddresses };
}

/** The platform's own machines, of all layers. */
export function platformMachinesOf({ gate, sharedAi, edge }: Profile): PlatformMachine[] {
  return [gate, sharedAi, edge].flatMap((layer): PlatformMachine[] => layer?.machines ?? []);
}

/** The catalogue with the site's own cards, which come first where a model is in both. */
function catalogueOf({ infrastructure: { gpu } }: Profile): CardCatalogue {
  const own = gpu.cards.map(
    ({ memory, vgpu, ...card }): CardModel => ({
      ...card,
      memoryGib: memory,
      vgpu: vgpu.map(({ memory: memoryGib, ...profile }) => ({ ...profile, memoryGib })),
    }),
  );
  const { catalogue, mistakes } = mergeCards(builtInCards, own);
  if (mistakes.length > 0) throw new MistakesError("The catalogue of GPU cards", mistakes);
  return catalogue;
}

function cardOf(catalogue: CardCatalogue, model: string): CardModel {
  const card = catalogue.get(model);
  if (card === undefined) throw new RangeError(`"${model}" is no card of the catalogue`);
  return card;
}

function hostsOf({ infrastructure }: Profile): Host[] {
  return infrastructure.hosts.flatMap(({ name, count, cores, memory, racks, gpus }) =>
    Array.from({ length: count }, (_, index): Host => {
      const rack = racks[index % racks.length];
      return {
        name: count === 1 ? name : `${name}-${index + 1}`,
        ...(rack !== undefined && { rack }),
        cores,
        memoryGib: memory,
        cards: gpus.flatMap(({ card, count: cards, numa }) =>
          Array.from({ length: cards }, (_unused, position) => {
            const node = numa[position];
            return { model: card, ...(node !== undefined && { numa: node }) };
          }),
        ),
      };
    }),
  );
}

/** The platform first, then the tenants by VLAN: a tenant that comes later has a larger one, and moves nobody. */
function placedMachinesOf(profile: Profile): PlacedMachine[] {
  return [
    ...platformMachinesOf(profile).map((machine) => placed(machine, useOf(machine), 0)),
    ...profile.tenants.flatMap(({ vlan, machines }) => machines.map((machine) => placed(machine, "tenant", vlan ?? 0))),
  ];
}

function useOf({ roles }: PlatformMachine): GpuUse {
  return (roles as readonly string[]).includes("train") ? "training" : "inference";
}

function placed(machine: Machine, use: GpuUse, order: number): PlacedMachine {
  const { name, cpus, memory, gpu, priority } = machine;
  return {
    name,
    cpus,
    memoryGib: memory,
    ...(gpu && { gpu: demandOf(gpu, use) }),
    priority,
    ha: staysUp(machine),
    order,
  };
}

function demandOf({ mode, memory, count, card }: NonNullable<Machine["gpu"]>, use: GpuUse): GpuDemand {
  return {
    mode,
    count,
    use,
    ...(memory !== undefined && { memoryGib: memory }),
    ...(card !== undefined && { card }),
  };
}

/** The groups of all owners, in the planner's words. CloudStack knows strict togetherness, but no requirement asks for it. */
function rulesOf(profile: Profile): Rule[] {
  const owners: Machine[][] = [platformMachinesOf(profile), ...profile.tenants.map(({ machines }) => machines)];
  return owners.flatMap((machines, index) =>
    planGroups(profile.platform.name, machines, profile.placement).map(({ name, kind, strict, members }): Rule => {
      const id = index === 0 ? name : `${name} of ${profile.tenants[index - 1]?.key}`;
      return kind === "apart"
        ? { id, kind, strict, machines: members }
        : { id, kind, strict: false, machines: members };
    }),
  );
}
