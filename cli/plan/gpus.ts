import { builtInCards } from "../../src/plan/gpu/catalogue.ts";
import { cardRoles } from "../../src/plan/gpu/roles.ts";
import type { CardModel } from "../../src/plan/gpu/types.ts";
import type { CardState, MigInstance, PlacementPlan, Slot } from "../../src/plan/placement/types.ts";
import type { GpuReport, GpuSlot } from "./report.ts";

/** Every card with its role and who holds what of it. */
export function gpusOf(placement: PlacementPlan | undefined): GpuReport[] {
  if (placement === undefined) return [];
  const catalogue = placement.input.catalogue ?? builtInCards;
  const keyOf = ({ host, index }: { host: string; index: number }) => `${host} ${index}`;
  const roles = new Map(cardRoles(placement).map((role) => [keyOf(role), role]));
  return placement.cards.map((card) => {
    const { host, index, model, numa, state } = card;
    const role = roles.get(keyOf(card));
    const known = catalogue.get(model);
    if (role === undefined || known === undefined) throw new RangeError(`card ${index} of ${host} is in no catalogue`);
    return {
      host,
      index,
      model,
      memoryGiB: known.memoryGib,
      ...(numa !== undefined && { numa }),
      state: state.kind,
      role: { number: role.number, name: role.role },
      ...((state.kind === "vgpu" || state.kind === "timeSliced") && { profile: state.profile }),
      slots: slotsOf(state, known),
    };
  });
}

function slotsOf(state: CardState, model: CardModel): GpuSlot[] {
  const { memoryGib: memoryGiB } = model;
  switch (state.kind) {
    case "free":
    case "taken":
      return [{ state: state.kind, memoryGiB }];
    case "whole":
      return [{ state: "used", vm: state.machine, memoryGiB }];
    case "vgpu":
    case "timeSliced":
      return state.slots.map((slot) => ({ ...holderOf(slot), memoryGiB: state.memoryGib }));
    case "mig":
      return migSlots(state.instances, model);
    default:
      return state satisfies never;
  }
}

/** The instances in the order of the card's memory, and between them what is not cut up yet. */
function migSlots(instances: readonly MigInstance[], { memoryGib, mig }: CardModel): GpuSlot[] {
  if (mig === undefined) return [];
  const perSlice = memoryGib / mig.memorySlices;
  const slots: GpuSlot[] = [];
  let next = 0;
  const leaveFree = (until: number) => {
    if (until > next) slots.push({ state: "free", memoryGiB: (until - next) * perSlice, start: next });
  };
  for (const { holder, memoryGib: memoryGiB, profile, start } of instances) {
    leaveFree(start);
    slots.push({ ...holderOf(holder), memoryGiB, profile, start });
    next = start + (mig.profiles.find(({ name }) => name === profile)?.memorySlices ?? 0);
  }
  leaveFree(mig.memorySlices);
  return slots;
}

function holderOf(slot: Slot): Pick<GpuSlot, "state" | "vm"> {
  if (slot === null) return { state: "free" };
  return slot === "taken" ? { state: "taken" } : { state: "used", vm: slot.machine };
}
