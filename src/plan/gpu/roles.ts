import { compareNames } from "../placement/order.ts";
import type { CardState, CardUse, GpuUse, PlacementPlan } from "../placement/types.ts";

/** A card by what it is for. The number is a role, not a slot (P5.2): host and index say where it is. */
export interface CardRole {
  number: number;
  role: GpuUse | "free" | "taken";
  host: string;
  index: number;
  /** Machines on it, in the order of its slots. */
  machines: readonly string[];
  state: CardState;
}

const ranks = { tenant: 0, training: 1, inference: 2, free: 3, taken: 4 } as const;

/**
 * Numbers all cards by role, as the design document does: tenants' cards first (the largest slices first), then those
 * of training, then of inference, machine by machine; free ones last.
 */
export function cardRoles({ cards }: Pick<PlacementPlan, "cards">): CardRole[] {
  return cards
    .map((card) => ({ ...card, role: roleOf(card.state), machines: machinesOf(card.state) }))
    .sort(
      (one, other) =>
        ranks[one.role] - ranks[other.role] ||
        sliceOf(other.state) - sliceOf(one.state) ||
        compareNames(one.machines[0] ?? "", other.machines[0] ?? "") ||
        byPlace(one, other),
    )
    .map(({ role, host, index, machines, state }, number) => ({ number, role, host, index, machines, state }));
}

function byPlace(one: CardUse, other: CardUse): number {
  return compareNames(one.host, other.host) || one.index - other.index;
}

/** Whose work it does; of several, the one that comes first above. */
function roleOf(state: CardState): CardRole["role"] {
  if (state.kind === "free" || state.kind === "taken") return state.kind;
  const [first] = usesOf(state).sort((one, other) => ranks[one] - ranks[other]);
  return first ?? "free";
}

function usesOf(state: CardState): GpuUse[] {
  switch (state.kind) {
    case "whole":
      return [state.use];
    case "vgpu":
    case "timeSliced":
      return state.slots.flatMap((slot) => (slot === null || slot === "taken" ? [] : slot.use));
    case "mig":
      return state.instances.flatMap(({ holder }) => (holder === null || holder === "taken" ? [] : holder.use));
    default:
      return [];
  }
}

function machinesOf(state: CardState): string[] {
  switch (state.kind) {
    case "whole":
      return [state.machine];
    case "vgpu":
    case "timeSliced":
      return state.slots.flatMap((slot) => (slot === null || slot === "taken" ? [] : slot.machine));
    case "mig":
      return state.instances.flatMap(({ holder }) => (holder === null || holder === "taken" ? [] : holder.machine));
    default:
      return [];
  }
}

/** Memory of the card's largest slice, in GiB; 0 where it is whole. */
function sliceOf(state: CardState): number {
  if (state.kind === "vgpu") return state.memoryGib;
  return state.kind === "mig" ? Math.max(0, ...state.instances.map(({ memoryGib }) => memoryGib)) : 0;
}
