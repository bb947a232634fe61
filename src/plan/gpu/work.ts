import type { GpuDemand, GpuUse, HostCard } from "../placement/types.ts";
import type { CardModel, MigProfile, VgpuProfile } from "./types.ts";

/** Cards while they are being planned: mutable, with an exact undo. */

export interface Holder {
  machine: string;
  use: GpuUse;
}

/** A whole card, a slot of a vGPU or time-sliced card, or a MIG instance. */
export interface SlotWork {
  holder: Holder | "taken" | null;
  /** Of the slice; of the card where it is whole. */
  memoryGib: number;
  /** MIG only. */
  instance?: { profile: MigProfile; start: number };
}

export interface CardWork {
  readonly index: number;
  readonly model: CardModel;
  readonly numa: number | undefined;
  /** Cut up before the plan; its cut stays. */
  readonly fixed: boolean;
  /** Given whole or not at all. */
  readonly uncut: boolean;
  kind: "free" | "taken" | "whole" | "vgpu" | "mig" | "timeSliced";
  /** Of a vGPU or time-sliced card. */
  profile: VgpuProfile | undefined;
  slots: SlotWork[];
}

/** What a machine gets of one card. Several of one card are several parts. */
export interface Part {
  card: number;
  /** MIG only: first memory slice. */
  start?: number;
  /** Of a card in equal slots: this one, as long as it is free. Absent: the first free one. */
  slot?: number;
}

/** One way to meet a demand on one host, with what it costs. */
export interface Way {
  mode: GpuDemand["mode"];
  model: CardModel;
  profile: VgpuProfile | MigProfile | undefined;
  /** Of one slice or card. */
  memoryGib: number;
  parts: readonly Part[];
  /** GiB handed out beyond what was asked. */
  waste: number;
  /** Cards that would then work for several uses. */
  mixed: number;
  /** Cards newly cut into slices. */
  carved: number;
  /** Whole cards on more than one NUMA node. */
  split: boolean;
}

/** The card as the host brings it. The model and the profiles named must exist. */
export function cardWork(index: number, { numa, carved }: HostCard, model: CardModel): CardWork {
  const card: CardWork = {
    index,
    model,
    numa,
    fixed: carved !== undefined && carved.mode !== "whole",
    uncut: carved?.mode === "whole",
    kind: carved === undefined || carved.mode === "whole" ? "free" : carved.mode,
    profile: undefined,
    slots: [],
  };
  if (carved?.mode === "vgpu" || carved?.mode === "timeSliced") {
    const profiles = carved.mode === "vgpu" ? model.vgpu : model.timeSlicing;
    card.profile = profiles?.find(({ name }) => name === carved.profile);
    card.slots = emptySlots(card.profile);
    for (const slot of card.slots.slice(0, carved.taken ?? 0)) slot.holder = "taken";
  }
  if (carved?.mode === "mig") {
    card.slots = carved.instances.flatMap(({ profile: name, start, taken }) => {
      const profile = model.mig?.profiles.find((candidate) => candidate.name === name);
      return profile
        ? [{ holder: taken ? "taken" : null, memoryGib: profile.memoryGib, instance: { profile, start } } as SlotWork]
        : [];
    });
  }
  return card;
}

export function isMig(profile: Way["profile"]): profile is MigProfile {
  return profile !== undefined && "starts" in profile;
}

/** Hands one part of the way to the holder. The way must come from this card as it is now. */
export function take(card: CardWork, { start, slot: wanted = -1 }: Part, way: Way, holder: Holder): void {
  const { profile } = way;
  if (way.mode === "passthrough") {
    card.kind = "whole";
    card.slots = [{ holder, memoryGib: card.model.memoryGib }];
  } else if (isMig(profile)) {
    card.kind = "mig";
    const at = card.slots.find(({ instance }) => instance?.start === start);
    if (at) at.holder = holder;
    else card.slots.push({ holder, memoryGib: profile.memoryGib, instance: { profile, start: start ?? 0 } });
  } else {
    if (card.kind === "free") {
      card.kind = way.mode === "timeSlicing" ? "timeSliced" : "vgpu";
      card.profile = profile;
      card.slots = emptySlots(profile);
    }
    const kept = card.slots[wanted];
    const slot = kept?.holder === null ? kept : card.slots.find((candidate) => candidate.holder === null);
    if (slot === undefined) throw new RangeError(`card ${card.index} has no slot left for ${holder.machine}`);
    slot.holder = holder;
  }
}

/** Takes back everything that the machine holds of the card; a card that the plan cut up and nobody uses is whole again. */
export function release(card: CardWork, machine: string): void {
  const mine = ({ holder }: SlotWork) => holder !== null && holder !== "taken" && holder.machine === machine;
  if (!card.fixed && card.kind === "mig") {
    card.slots = card.slots.filter((slot) => !mine(slot));
  } else {
    for (const slot of card.slots.filter(mine)) slot.holder = null;
  }
  if (!card.fixed && card.slots.every(({ holder }) => holder === null)) {
    card.kind = "free";
    card.profile = undefined;
    card.slots = [];
  }
}

/** The card without the plan's machines. */
export function emptied(card: CardWork): CardWork {
  if (!card.fixed) return { ...card, kind: "free", profile: undefined, slots: [] };
  const slots = card.slots.map((slot) => ({ ...slot, holder: slot.holder === "taken" ? slot.holder : null }));
  return { ...card, slots };
}

/** The uses that the card works for now. */
export function usesOf({ slots }: CardWork): Set<GpuUse> {
  return new Set(slots.flatMap(({ holder }) => (holder === null || holder === "taken" ? [] : [holder.use])));
}

function emptySlots(profile: VgpuProfile | undefined): SlotWork[] {
  if (profile === undefined) return [];
  return Array.from({ length: profile.perCard }, () => ({ holder: null, memoryGib: profile.memoryGib }));
}
