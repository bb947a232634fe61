import { builtInCards } from "../../../src/plan/gpu/catalogue.ts";
import type { CardCatalogue, CardModel } from "../../../src/plan/gpu/types.ts";
import type { CardUse, Place, PlacedMachine, PlacementPlan, Slot } from "../../../src/plan/placement/types.ts";

/**
 * Everything that a plan may not do, checked on the plan's plain values and written down a second time: this file shares
 * no code with the planner. Empty: the plan is allowed.
 */
export function violationsOf(
  { input, places, hosts, cards }: PlacementPlan,
  missing: readonly string[] = [],
): string[] {
  const found: string[] = [];
  const placeOf = new Map(places.map((place) => [place.machine, place]));
  const expected = input.machines.map(({ name }) => name).filter((name) => !missing.includes(name));
  if (places.length !== expected.length || expected.some((name) => !placeOf.has(name)))
    found.push("not everybody once");

  for (const host of input.hosts) {
    const here = input.machines.filter(({ name }) => placeOf.get(name)?.host === host.name);
    const cpus = here.reduce((sum, machine) => sum + machine.cpus, 0);
    const memory = here.reduce((sum, machine) => sum + machine.memoryGib, 0);
    if (cpus > (host.cores - (input.reserve?.cores ?? 0)) * input.overcommit.cpu) found.push(`${host.name}: vCPU`);
    if (memory > (host.memoryGib - (input.reserve?.memoryGib ?? 0)) * input.overcommit.memory) {
      found.push(`${host.name}: memory`);
    }
    const use = hosts.find((candidate) => candidate.host === host.name);
    if (use?.vcpus.used !== cpus || use.memoryGib.used !== memory) found.push(`${host.name}: use is told wrongly`);
  }
  for (const rule of input.rules) {
    if (!rule.strict) continue;
    const used = rule.machines.flatMap((name) => placeOf.get(name)?.host ?? []);
    if (new Set(used).size < used.length) found.push(`${rule.id} is broken`);
  }
  for (const card of cards) found.push(...cardViolations(card, input.catalogue ?? builtInCards));
  for (const machine of input.machines) {
    const place = placeOf.get(machine.name);
    if (place) found.push(...gpuViolations(machine, place, cards));
  }
  return found;
}

function cardViolations({ host, index, model: name, state }: CardUse, catalogue: CardCatalogue): string[] {
  const where = `${host} card ${index}`;
  const model = catalogue.get(name);
  if (model === undefined) return [`${where}: unknown model`];
  if (state.kind === "vgpu" || state.kind === "timeSliced") {
    const profiles = state.kind === "vgpu" ? model.vgpu : model.timeSlicing;
    const profile = profiles?.find((candidate) => candidate.name === state.profile);
    if (profile?.perCard !== state.slots.length) return [`${where}: ${state.slots.length} slots of ${state.profile}`];
  }
  if (state.kind === "mig") return migViolations(where, model, state.instances);
  return [];
}

function migViolations(
  where: string,
  { mig }: CardModel,
  instances: readonly { profile: string; start: number }[],
): string[] {
  const slices = new Set<number>();
  let compute = 0;
  for (const { profile: name, start } of instances) {
    const profile = mig?.profiles.find((candidate) => candidate.name === name);
    if (!profile?.starts.includes(start)) return [`${where}: ${name} at ${start}`];
    compute += profile.computeSlices;
    for (let slice = start; slice < start + profile.memorySlices; slice++) {
      if (slices.has(slice)) return [`${where}: two instances at ${slice}`];
      slices.add(slice);
    }
  }
  return compute > 7 ? [`${where}: ${compute} compute slices`] : [];
}

function gpuViolations({ name, gpu }: PlacedMachine, place: Place, cards: readonly CardUse[]): string[] {
  const held = cards.flatMap((card) => holdings(card, name).map((memoryGib) => ({ card, memoryGib })));
  const found: string[] = [];
  if (held.length !== (gpu?.count ?? 0)) found.push(`${name} holds ${held.length} of ${gpu?.count}`);
  if (held.some(({ card }) => card.host !== place.host)) found.push(`${name} has a card of another host`);
  if (held.some(({ memoryGib }) => memoryGib < (gpu?.memoryGib ?? 0))) found.push(`${name} has too little GPU memory`);
  const kinds = { passthrough: "whole", vgpu: "vgpu", mig: "mig", timeSlicing: "timeSliced" };
  if (gpu && held.some(({ card }) => card.state.kind !== kinds[gpu.mode])) found.push(`${name} has another mode`);
  if (new Set(held.map(({ card }) => card.model)).size > 1) found.push(`${name} has cards of several models`);
  const told = [...(place.gpu?.cards ?? [])].map(({ index }) => index).sort();
  if (
    told.join() !==
    held
      .map(({ card }) => card.index)
      .sort()
      .join()
  )
    found.push(`${name} is told other cards`);
  if (gpu?.use === "tenant" && held.some(({ card }) => card.state.kind === "timeSliced")) {
    found.push(`${name} is a tenant on a time-sliced card`);
  }
  return found;
}

/** Memory of each thing that the machine holds of the card. */
function holdings({ state, model }: CardUse, machine: string): number[] {
  const mine = (slot: Slot) => slot !== null && slot !== "taken" && slot.machine === machine;
  switch (state.kind) {
    case "whole":
      return state.machine === machine ? [builtInCards.get(model)?.memoryGib ?? 0] : [];
    case "vgpu":
    case "timeSliced":
      return state.slots.filter(mine).map(() => state.memoryGib);
    case "mig":
      return state.instances.filter(({ holder }) => mine(holder)).map(({ memoryGib }) => memoryGib);
    default:
      return [];
  }
}
