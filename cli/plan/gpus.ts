import { cardRoles } from "../../src/plan/gpu/roles.ts";
import type { CardState, CardUse, PlacementPlan, Slot } from "../../src/plan/placement/types.ts";
import type { GpuReport, GpuSlot } from "./report.ts";

/** Every card with its role and who holds what of it. */
export function gpusOf(placement: PlacementPlan | undefined): GpuReport[] {
  if (placement === undefined) return [];
  const keyOf = ({ host, index }: { host: string; index: number }) => `${host} ${index}`;
  const roles = new Map(cardRoles(placement).map((role) => [keyOf(role), role]));
  return placement.cards.map((card) => {
    const { host, index, model, numa, state } = card;
    const role = roles.get(keyOf(card));
    if (role === undefined) throw new RangeError(`card ${index} of ${host} has no role`);
    return {
      host,
      index,
      model,
      ...(numa !== undefined && { numa }),
      state: state.kind,
      role: { number: role.number, name: role.role },
      ...(state.kind === "vgpu" && { profile: state.profile }),
      slots: slotsOf(state, memoryOf(card, placement)),
    };
  });
}

/** Memory of a whole card; unknown where the plan gives it to nobody. */
function memoryOf({ host, index }: CardUse, { places }: PlacementPlan): number | undefined {
  return places.find((place) => place.host === host && place.gpu?.cards.some((card) => card.index === index))?.gpu
    ?.memoryGib;
}

function slotsOf(state: CardState, memoryGiB: number | undefined): GpuSlot[] {
  switch (state.kind) {
    case "free":
      return [];
    case "taken":
      return [{ state: "taken" }];
    case "whole":
      return [{ state: "used", vm: state.machine, ...(memoryGiB !== undefined && { memoryGiB }) }];
    case "vgpu":
      return state.slots.map((slot) => ({ ...holderOf(slot), memoryGiB: state.memoryGib }));
    case "mig":
      return state.instances.map(({ holder, memoryGib, profile, start }) => ({
        ...holderOf(holder),
        memoryGiB: memoryGib,
        profile,
        start,
      }));
    case "timeSliced":
      return state.shares.map(({ machine, memoryGib }) => ({ state: "used", vm: machine, memoryGiB: memoryGib }));
    default:
      return state satisfies never;
  }
}

function holderOf(slot: Slot): Pick<GpuSlot, "state" | "vm"> {
  if (slot === null) return { state: "free" };
  return slot === "taken" ? { state: "taken" } : { state: "used", vm: slot.machine };
}
