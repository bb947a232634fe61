import { type CardWork, isMig, type SlotWork, type Way } from "../gpu/work.ts";
import { compromisesOf } from "./compromises.ts";
import { byName } from "./order.ts";
import type { HostWork, State } from "./state.ts";
import type {
  CardState,
  CardUse,
  GpuDemand,
  GpuPlace,
  HostUse,
  Place,
  PlacedMachine,
  PlacementInput,
  PlacementPlan,
  Quality,
  Slot,
} from "./types.ts";

/** The plan as plain values, from where the planner ended. */
export function resultOf(
  state: State,
  input: PlacementInput,
  { optimal, rearranged }: Pick<Quality, "optimal" | "rearranged">,
): PlacementPlan {
  const machines = [...input.machines].sort(
    (one, other) => (one.order ?? 0) - (other.order ?? 0) || byName(one, other),
  );
  const places = machines.flatMap((machine) => placeOf(state, machine) ?? []);
  return {
    input,
    places,
    hosts: state.hosts.map(hostUse),
    cards: state.hosts.flatMap((host) => host.cards.map((card) => cardUse(host, card))),
    compromises: compromisesOf(state, places),
    quality: { optimal, rearranged, cardsCarved: carvedOf(state), peakLoad: peakOf(state) },
  };
}

function placeOf(state: State, machine: PlacedMachine): Place | undefined {
  const spot = state.spots.get(machine.name);
  if (spot === undefined) return undefined;
  const { name, rack } = spot.host.host;
  return {
    machine: machine.name,
    host: name,
    ...(rack !== undefined && { rack }),
    ...(spot.way && machine.gpu && { gpu: gpuPlace(spot.host, spot.way, machine.gpu) }),
  };
}

function gpuPlace(host: HostWork, way: Way, demand: GpuDemand): GpuPlace {
  const { profile, parts, mode, model, memoryGib, split } = way;
  const known = parts.every(({ card }) => host.cards[card]?.numa !== undefined);
  return {
    mode,
    model: model.model,
    ...(profile && { profile: profile.name, serverProfile: isMig(profile) ? profile.vgpuType : profile.name }),
    memoryGib,
    cards: parts.map(({ card, start }) => ({ index: card, ...(start !== undefined && { start }) })),
    reason: reasonOf(way, demand),
    ...(mode === "passthrough" && known && { oneNumaNode: !split }),
  };
}

/** Why these cards and this profile. */
function reasonOf({ mode, model, profile, parts, split }: Way, { memoryGib = 0 }: GpuDemand): string {
  if (mode === "passthrough") {
    const nodes = split ? " on several NUMA nodes: no node has enough" : "";
    return parts.length === 1 ? `a whole ${model.model}` : `${parts.length} whole ${model.model} of one host${nodes}`;
  }
  if (profile === undefined) throw new RangeError(`slices of ${model.model} without a profile`);
  const equal = mode === "timeSlicing" ? (model.timeSlicing ?? []) : model.vgpu;
  const all = isMig(profile) ? (model.mig?.profiles ?? []) : equal;
  const small = all.filter((other) => other.memoryGib < memoryGib).map(({ name }) => name);
  const better = all.filter((other) => other.memoryGib >= memoryGib && other.memoryGib < profile.memoryGib);
  const names = better.map(({ name }) => name).join(", ");
  const choice =
    better.length > 0
      ? `no card is left for ${names}, which would do`
      : `the smallest that holds ${memoryGib} GiB${small.length > 0 ? `: ${small.join(", ")} ${small.length > 1 ? "are" : "is"} too small` : ""}`;
  const extent = isMig(profile)
    ? `${profile.computeSlices} of ${model.mig?.computeSlices} compute slices`
    : `${profile.perCard} slots a card${mode === "timeSlicing" ? ", whose memory nothing keeps apart" : ""}`;
  return `${profile.name}: ${choice}; ${extent}`;
}

function hostUse({ host, machines, usedVcpus, usedGib, vcpus, memoryGib }: HostWork): HostUse {
  return {
    host: host.name,
    ...(host.rack !== undefined && { rack: host.rack }),
    machines: [...machines].sort(),
    vcpus: { used: usedVcpus, capacity: vcpus, physical: host.cores },
    memoryGib: { used: usedGib, capacity: memoryGib, physical: host.memoryGib },
  };
}

function cardUse({ host }: HostWork, card: CardWork): CardUse {
  return {
    host: host.name,
    index: card.index,
    model: card.model.model,
    ...(card.numa !== undefined && { numa: card.numa }),
    state: stateOf(card),
  };
}

function stateOf({ kind, profile, slots }: CardWork): CardState {
  switch (kind) {
    case "free":
    case "taken":
      return { kind };
    case "whole": {
      const [holder] = slots.flatMap((slot) => (slot.holder === null || slot.holder === "taken" ? [] : slot.holder));
      return holder ? { kind, ...holder } : { kind: "taken" };
    }
    case "vgpu":
    case "timeSliced": {
      const { name = "", memoryGib = 0 } = profile ?? {};
      return { kind, profile: name, memoryGib, slots: slots.map(slotOf) };
    }
    case "mig": {
      const instances = slots.flatMap((slot) => {
        if (slot.instance === undefined) return [];
        const { profile: own, start } = slot.instance;
        return [{ profile: own.name, start, memoryGib: slot.memoryGib, holder: slotOf(slot) }];
      });
      return { kind, instances: instances.sort((one, other) => one.start - other.start) };
    }
    default:
      return kind satisfies never;
  }
}

function slotOf({ holder }: SlotWork): Slot {
  return holder === null || holder === "taken" ? holder : { ...holder };
}

/** Cards that the plan cut up, and the fewest that its slices, given their profiles, can be cut from. */
function carvedOf(state: State): Quality["cardsCarved"] {
  const cut = state.hosts
    .flatMap(({ cards }) => cards)
    .filter(({ kind, fixed }) => !fixed && (kind === "vgpu" || kind === "mig" || kind === "timeSliced"));
  const shares = new Map<string, number>();
  for (const card of cut) {
    const key = `${card.model.model} ${card.kind} ${card.profile?.name}`;
    shares.set(key, (shares.get(key) ?? 0) + shareInUse(card));
  }
  const atLeast = [...shares.values()].reduce((sum, share) => sum + Math.ceil(share - 1e-9), 0);
  return { is: cut.length, atLeast };
}

/** How much of the card is in use, from 0 to 1, by what runs out first. */
function shareInUse({ kind, slots, model }: CardWork): number {
  const used = slots.filter(({ holder }) => holder !== null);
  if (kind !== "mig") return used.length / slots.length;
  return (
    used.reduce((sum, { instance }) => sum + (instance?.profile.memorySlices ?? 0), 0) / (model.mig?.memorySlices ?? 1)
  );
}

function peakOf({ hosts }: State): Quality["peakLoad"] {
  const share = (used: number, capacity: number) => (capacity === 0 ? 0 : used / capacity);
  const sum = (of: (host: HostWork) => number) => hosts.reduce((total, host) => total + of(host), 0);
  return {
    is: Math.max(
      0,
      ...hosts.map((host) => Math.max(share(host.usedVcpus, host.vcpus), share(host.usedGib, host.memoryGib))),
    ),
    atLeast: Math.max(
      share(
        sum(({ usedVcpus }) => usedVcpus),
        sum(({ vcpus }) => vcpus),
      ),
      share(
        sum(({ usedGib }) => usedGib),
        sum(({ memoryGib }) => memoryGib),
      ),
    ),
  };
}
