import type { Mistake } from "../../kit/errors.ts";
import type { CardCatalogue } from "../gpu/types.ts";

/**
 * What the placement planner takes and gives: plain values, no configuration and no engine behind them.
 * Units: memory in GiB, processors in vCPUs (machines) and physical cores (hosts).
 */

export type GpuMode = "passthrough" | "vgpu" | "mig" | "timeSlicing";
/** For whom the card works (P5.1). It decides what is allowed and which role a card gets. */
export type GpuUse = "tenant" | "training" | "inference";
export type Priority = "high" | "medium" | "low";

/** A machine's wish for GPU. All of it comes from one host. */
export interface GpuDemand {
  /** What P5.1 allows the use: tenants vgpu or mig, training passthrough, inference any. Anything else is a mistake. */
  mode: GpuMode;
  /** Memory of one slice; with passthrough the least memory of a card (absent: any card). Needed for every slice mode. */
  memoryGib?: number;
  /** Whole cards (passthrough) or slices (other modes), at least 1. Whole cards are all of one model. */
  count: number;
  use: GpuUse;
  /** Only cards of this model. Absent: any. */
  card?: string;
}

export interface PlacedMachine {
  /** Identity; unique. */
  name: string;
  cpus: number;
  memoryGib: number;
  gpu?: GpuDemand;
  /** Who is to restart first when a host fails (T6). */
  priority: Priority;
  /** Restarts elsewhere when its host fails. */
  ha: boolean;
  /**
   * Seniority, smaller is older; machines of one value are decided together, and never look at what is younger: that is
   * what stability rests on (see `planPlacement`). Give the platform's machines 0 and a tenant's machines a number that
   * lasts and that a new tenant gets a larger one of, such as its VLAN. Default 0.
   */
  order?: number;
}

export interface Host {
  /** Identity; unique. Hosts are numbered by name (`gpu-2` before `gpu-10`), not by position. */
  name: string;
  /** Failure domain above the host (T4). Counts only when at least two racks are named. */
  rack?: string;
  /** Physical. */
  cores: number;
  /** Physical, the hypervisor's own share included (see `reserve`). */
  memoryGib: number;
  /** In the order of their slots; the index is the card's name in the plan. Empty: a host without GPU. */
  cards: readonly HostCard[];
}

export interface HostCard {
  /** A model of the catalogue. */
  model: string;
  /** NUMA node; absent on every card of a host: not known, not considered. */
  numa?: number;
  /** What the card already is, where it may not be changed. Absent: free to be cut as the plan likes. */
  carved?: CarvedCard;
}

/**
 * A card that was cut up before, or (`whole`) is never cut up; slices that somebody else holds are `taken` and stay so.
 */
export type CarvedCard =
  | { mode: "whole" }
  | { mode: "taken" }
  | { mode: "vgpu" | "timeSliced"; profile: string; taken?: number }
  | { mode: "mig"; instances: readonly { profile: string; start: number; taken?: boolean }[] };

export type Rule =
  /** On different hosts: always (strict), or where it costs nothing that is worth more (preferred). */
  | { id: string; kind: "apart"; strict: boolean; machines: readonly string[] }
  /** On one host where possible. There is no strict one: the requirements know none. */
  | { id: string; kind: "together"; strict: false; machines: readonly string[] };

export interface PlacementInput {
  hosts: readonly Host[];
  machines: readonly PlacedMachine[];
  rules: readonly Rule[];
  /** vCPUs given out per core and GiB given out per GiB (T1: 2 and 1). */
  overcommit: { cpu: number; memory: number };
  /** What the hypervisor keeps of every host before overcommit. Default nothing. */
  reserve?: { cores?: number; memoryGib?: number };
  /** Cards that hosts may name. Default: the built-in ones. */
  catalogue?: CardCatalogue;
  /**
   * Where machines already are, e.g. read from a server. They stay there as long as that is allowed at all; what
   * nobody else knows (cards) may be left out. Default: nobody is anywhere.
   */
  previous?: readonly PreviousPlace[];
}

export interface PreviousPlace {
  machine: string;
  host: string;
  /** Indices of its cards on that host. */
  cards?: readonly number[];
  /** Of cards in slices: which slot, or which first memory slice of a MIG instance. Matters where slices have addresses (Mold). */
  slots?: readonly { card: number; at: number }[];
}

export type PlacementResult =
  | { ok: true; plan: PlacementPlan }
  /** The input makes no sense: unknown models or machines, duplicates, forbidden modes. Nothing was planned. */
  | { ok: false; mistakes: Mistake[]; shortfalls: [] }
  /** There is not enough of something. `plan` holds everything that did find a place; `mistakes` says the same as text. */
  | { ok: false; mistakes: Mistake[]; shortfalls: Shortfall[]; plan: PlacementPlan };

export interface PlacementPlan {
  input: PlacementInput;
  /** By seniority, then name. */
  places: readonly Place[];
  /** By name. */
  hosts: readonly HostUse[];
  /** Every card of every host, by host and index. */
  cards: readonly CardUse[];
  /** Preferences that could not be met. */
  compromises: readonly Compromise[];
  quality: Quality;
}

export interface Place {
  machine: string;
  host: string;
  rack?: string;
  gpu?: GpuPlace;
}

export interface GpuPlace {
  mode: GpuMode;
  model: string;
  /** vGPU profile, MIG instance or profile of a time-sliced card; absent for whole cards. */
  profile?: string;
  /** What the server's catalogue calls the slice: the profile, or the vGPU type of the MIG instance. */
  serverProfile?: string;
  /** Memory of one slice or card as it really is, in GiB. */
  memoryGib: number;
  /** One entry per card or slice. `start` is the first memory slice of a MIG instance. */
  cards: readonly { index: number; start?: number }[];
  /** Why this profile and no other, e.g. "A100-8C: A100-4C and A100-5C are too small for 8 GiB; 5 slots a card". */
  reason: string;
  /** All cards on one NUMA node; absent where nodes are not known or the machine has slices. */
  oneNumaNode?: boolean;
}

export interface HostUse {
  host: string;
  rack?: string;
  machines: readonly string[];
  /** Given out, and what may be given out with and without overcommit, less the reserve. */
  vcpus: { used: number; capacity: number; physical: number };
  memoryGib: { used: number; capacity: number; physical: number };
}

export interface CardUse {
  host: string;
  index: number;
  model: string;
  numa?: number;
  state: CardState;
}

export type CardState =
  | { kind: "free" }
  /** In the hands of somebody who is not in the plan. */
  | { kind: "taken" }
  | { kind: "whole"; machine: string; use: GpuUse }
  /** `slots` has `perCard` entries; null is a free slot. Time-sliced ones do not keep memory apart. */
  | { kind: "vgpu" | "timeSliced"; profile: string; memoryGib: number; slots: readonly Slot[] }
  | { kind: "mig"; instances: readonly MigInstance[] };

/** Whose slot it is; null: free; "taken": of somebody who is not in the plan. */
export type Slot = { machine: string; use: GpuUse } | null | "taken";

export interface MigInstance {
  profile: string;
  start: number;
  memoryGib: number;
  holder: Slot;
}

export interface Compromise {
  /** Id of the rule, or "numa", "slice size". */
  rule: string;
  machines: readonly string[];
  /** What is not as wished, and which rule or shortage stands against it. */
  message: string;
}

export interface Quality {
  /** True: no allowed arrangement is better by the objective, each seniority given the older ones. */
  optimal: boolean;
  /** Cards cut into slices for the plan, and the fewest that its slices could be cut from. */
  cardsCarved: { is: number; atLeast: number };
  /** The fullest host (share of the scarcer of vCPU and memory), and the best that any spreading could reach. */
  peakLoad: { is: number; atLeast: number };
  /** Older machines that had to be placed anew because a younger one found no room otherwise. Normally empty. */
  rearranged: readonly string[];
}

export interface Shortfall {
  machine: string;
  /** E.g. "2 vCPU, 8 GiB, 1 vGPU slice of 8 GiB". */
  demand: string;
  /** Every host that was considered, with everything that is missing there. */
  hosts: readonly { host: string; missing: readonly Missing[] }[];
  /** True: proved that no arrangement of all machines exists. False: none was found. */
  proved: boolean;
  /** What would fit instead, nearest first; each was tried against the rest of the plan. */
  nearest: readonly string[];
}

export type Missing =
  | { kind: "vcpus" | "memoryGib"; asked: number; free: number }
  /** Whole cards or slices; `text` says what the cards are now. */
  | { kind: "gpu"; asked: number; free: number; text: string }
  | { kind: "rule"; rule: string; machine: string };
