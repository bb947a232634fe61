import type { PlatformMachine, Profile, TenantMachine } from "../config/schema.ts";
import { MistakesError } from "../kit/errors.ts";
import { builtInCards } from "./gpu/catalogue.ts";
import { mergeCards } from "./gpu/merge.ts";
import type { CardCatalogue, CardModel } from "./gpu/types.ts";
import { type GpuShare, wholeCard } from "./gpu-share.ts";
import { planGroups } from "./groups.ts";
import { devicesOf, hostsOf, serverOf } from "./hosts.ts";
import { type Homes, staysUp } from "./machines.ts";
import { survivesOneHost } from "./placement/failures.ts";
import { mobilityOf } from "./placement/mobility.ts";
import { planPlacement } from "./placement/plan.ts";
import type { GpuDemand, GpuUse, Place, PlacedMachine, PlacementPlan, Rule } from "./placement/types.ts";
import { type Holding, previousOf } from "./present.ts";

/** Who stands on which host and card (P5.2, T3, T4): the profile in the planner's words, and what it found. */
export type Placement = PlacementPlan;

type Machine = TenantMachine | PlatformMachine;

/**
 * Finds a host for every machine and a card for every share.
 * @param present PCI devices that machines already have on the server: they keep them as long as they can.
 * @throws MistakesError that says what is missing where, and what would fit
 */
export function placeMachines(
  profile: Profile,
  present: readonly Holding[] = [],
): { placement?: Placement; homes: Homes } {
  const catalogue = catalogueOf(profile);
  const hosts = hostsOf(profile, catalogue);
  const machines = placedMachinesOf(profile);
  if (hosts.length === 0) {
    refuseUnplaced(profile, machines);
    return { homes: () => ({}) };
  }
  const { cpu, memory } = profile.infrastructure.overcommit;
  const all: Machine[] = [...platformMachinesOf(profile), ...profile.tenants.flatMap((tenant) => tenant.machines)];
  const previous = previousOf(profile, hosts, all, present);
  const rules = rulesOf(profile);
  const result = planPlacement({ hosts, machines, rules, overcommit: { cpu, memory }, catalogue, previous });
  if (!result.ok) throw new MistakesError("The placement on the hosts of infrastructure.hosts", result.mistakes);
  const { plan } = result;
  if (profile.platform.survivesOneHost) refuseMortal(plan);
  const places = new Map(plan.places.map((place) => [place.machine, place]));
  const devices = (machine: string) => devicesOf(profile, plan, places.get(machine));
  if (profile.platform.liveMigration) refuseImmobile(plan, devices);
  return {
    placement: plan,
    homes({ name }) {
      const place = places.get(name);
      const server = serverOf(profile, place);
      const gpu = place?.gpu && shareOf(place.gpu, catalogue, devices(name));
      return { ...(gpu && { gpu }), ...(server !== undefined && { server }) };
    },
  };
}

function shareOf(
  { model, memoryGib, cards, serverProfile = wholeCard }: NonNullable<Place["gpu"]>,
  catalogue: CardCatalogue,
  devices: GpuShare["devices"],
): GpuShare {
  const { vendorId, deviceId } = cardOf(catalogue, model);
  const share = { model, vendorId, deviceId, profile: serverProfile, count: cards.length, memoryGib };
  return { ...share, ...(devices && { devices }) };
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

/**
 * Without hosts no plan is made, and none is needed, unless it decides something.
 * @throws MistakesError where machines have shares of cards, or a promise was made that nothing is there to look at
 */
function refuseUnplaced({ platform }: Profile, machines: readonly PlacedMachine[]): void {
  const withGpu = machines.flatMap(({ name, gpu }) => (gpu === undefined ? [] : name));
  const needs = [
    ...(withGpu.length === 0
      ? []
      : [
          {
            rule: `the hosts whose GPU cards machines share are named: ${withGpu.join(", ")} ask for some`,
            remedy: "say what hosts there are, with their cards, or take gpu out of the machines",
          },
        ]),
    ...(platform.liveMigration
      ? [
          {
            rule: "platform.liveMigration: the hosts among which machines can move are named",
            remedy: "say what hosts there are, or set platform.liveMigration: false",
          },
        ]
      : []),
  ];
  if (needs.length === 0) return;
  throw new MistakesError(
    "The placement",
    needs.map((need) => ({ path: "infrastructure.hosts", value: "none", ...need })),
  );
}

/** @throws MistakesError with every machine that live migration could not move */
function refuseImmobile(plan: PlacementPlan, devices: Parameters<typeof mobilityOf>[1]): void {
  const mistakes = mobilityOf(plan, devices).flatMap(({ machine, because }) => {
    if (because === undefined) return [];
    const rule = `platform.liveMigration: every machine can move to another host while it runs, but ${because}`;
    const remedy = "add hosts or make them larger, take its GPU away, or set platform.liveMigration: false";
    return [{ path: machine, rule, remedy }];
  });
  if (mistakes.length > 0) throw new MistakesError("The placement on the hosts of infrastructure.hosts", mistakes);
}

/** The platform's own machines, of all layers. */
export function platformMachinesOf({ gate, sharedAi, edge }: Profile): PlatformMachine[] {
  return [gate, sharedAi, edge].flatMap((layer): PlatformMachine[] => layer?.machines ?? []);
}

/** The catalogue with the site's own cards, which come first where a model is in both. */
function catalogueOf({ infrastructure: { gpu } }: Profile): CardCatalogue {
  const own = gpu.cards.map(({ memory, vgpu, mig, timeSlicing, ...card }): CardModel => {
    const known = builtInCards.get(card.model);
    // A site that calls something otherwise need not write down what is as everywhere.
    const same = known?.memoryGib === memory ? known : undefined;
    const geometry = mig ? { ...mig, profiles: mig.profiles.map(inGib) } : same?.mig;
    return {
      ...card,
      memoryGib: memory,
      vgpu: vgpu?.map(inGib) ?? same?.vgpu ?? [],
      timeSlicing: timeSlicing.map(inGib),
      ...(geometry && { mig: geometry }),
    };
  });
  const { catalogue, mistakes } = mergeCards(builtInCards, own);
  if (mistakes.length > 0) throw new MistakesError("The catalogue of GPU cards", mistakes);
  return catalogue;
}

function inGib<T extends { memory: number }>({ memory, ...profile }: T): Omit<T, "memory"> & { memoryGib: number } {
  return { ...profile, memoryGib: memory };
}

function cardOf(catalogue: CardCatalogue, model: string): CardModel {
  const card = catalogue.get(model);
  if (card === undefined) throw new RangeError(`"${model}" is no card of the catalogue`);
  return card;
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
