import type { GpuDemand } from "../placement/types.ts";
import { bestStart, freeStarts, type Placed } from "./mig.ts";
import type { CardModel, MigProfile, VgpuProfile } from "./types.ts";
import { type CardWork, type Part, usesOf, type Way } from "./work.ts";

/**
 * Every way worth considering to meet a demand with the cards of one host, cheapest kind first (P5.1, P5.3):
 * slices of any profile that is large enough, with and without sharing cards between uses; whole cards of one model.
 * Never: two vGPU sizes on one card, two modes on one card, an illegal MIG partition, a tenant or a training machine
 * on a time-sliced card.
 * @param everyStart Every place of a MIG instance, not only the one that leaves most to others.
 */
export function waysOf(cards: readonly CardWork[], demand: GpuDemand, everyStart = false): Way[] {
  const models = [...new Set(cards.map(({ model }) => model))].filter(
    ({ model }) => demand.card === undefined || model === demand.card,
  );
  const ways = models.flatMap((model) => {
    const own = cards.filter((card) => card.model === model);
    switch (demand.mode) {
      case "passthrough":
        return wholeCards(own, model, demand);
      case "vgpu":
        return slices(own, model, demand, { kind: "vgpu", profiles: model.vgpu });
      case "mig":
        return migSlices(own, model, demand, everyStart && isExhaustive(demand));
      case "timeSlicing":
        // No memory isolation: only inference may (P5.1).
        if (demand.use !== "inference") return [];
        return slices(own, model, demand, { kind: "timeSliced", profiles: model.timeSlicing ?? [] });
      default:
        return demand.mode satisfies never;
    }
  });
  return ways.sort((one, other) => one.waste - other.waste || one.mixed - other.mixed || one.carved - other.carved);
}

/**
 * Whether `everyStart` really looks at every way: beyond two MIG instances for one machine the combinations are too many, and
 * only the best of each kind are looked at.
 */
export function isExhaustive({ mode, count }: GpuDemand): boolean {
  return mode !== "mig" || count <= 2;
}

/** What the way costs besides its place: nothing that a caller must fill in. */
const plain = { waste: 0, mixed: 0, carved: 0, split: false, profile: undefined };

function wholeCards(cards: readonly CardWork[], model: CardModel, { memoryGib = 0, count }: GpuDemand): Way[] {
  if (!model.passthrough || model.memoryGib < memoryGib) return [];
  const free = cards.filter(({ kind }) => kind === "free");
  if (free.length < count) return [];
  const { picked, split } = onOneNode(free, count);
  const parts = picked.map(({ index }) => ({ card: index }));
  const waste = (model.memoryGib - memoryGib) * count;
  return [{ ...plain, mode: "passthrough", model, memoryGib: model.memoryGib, parts, waste, split }];
}

/** Cards of one NUMA node where a node has enough, else of as few as possible; of the emptiest node that will do. */
function onOneNode(free: readonly CardWork[], count: number): { picked: CardWork[]; split: boolean } {
  const nodes = nodesOf(free);
  const enough = nodes.filter((node) => node.length >= count);
  if (enough[0]) return { picked: enough[0].slice(0, count), split: false };
  return { picked: nodes.reverse().flat().slice(0, count), split: true };
}

/** Free cards that may be cut up, in the order in which they are: of the emptiest node first, so that pairs stay whole. */
function inCarvingOrder(cards: readonly CardWork[]): CardWork[] {
  return nodesOf(cards.filter(({ kind, uncut }) => kind === "free" && !uncut)).flat();
}

/** The cards by NUMA node, the smallest group first. Cards of unknown nodes are one group. */
function nodesOf(free: readonly CardWork[]): CardWork[][] {
  const nodes = new Map<number | undefined, CardWork[]>();
  for (const card of free) nodes.set(card.numa, [...(nodes.get(card.numa) ?? []), card]);
  return [...nodes.values()].sort((one, other) => one.length - other.length);
}

/** Slots of cards that are cut into equal ones: with memory of their own, or by time. */
function slices(
  cards: readonly CardWork[],
  model: CardModel,
  { mode, memoryGib: asked = 0, count, use }: GpuDemand,
  { kind, profiles }: { kind: "vgpu" | "timeSliced"; profiles: readonly VgpuProfile[] },
): Way[] {
  const fresh = inCarvingOrder(cards);
  return profiles
    .filter(({ memoryGib }) => memoryGib >= asked)
    .flatMap((profile) => {
      const open = cards.filter((card) => card.kind === kind && card.profile?.name === profile.name);
      return sharings(open, use).flatMap((shared) => {
        const parts: Part[] = [];
        for (const card of [...shared, ...fresh]) {
          const free =
            card.kind === "free" ? profile.perCard : card.slots.filter(({ holder }) => holder === null).length;
          for (let slot = 0; slot < free && parts.length < count; slot++) parts.push({ card: card.index });
        }
        if (parts.length < count) return [];
        const waste = (profile.memoryGib - asked) * count;
        const way = { mode, model, profile, memoryGib: profile.memoryGib, parts, waste, split: false };
        return [{ ...way, ...costOfParts(cards, parts, use) }];
      });
    });
}

function migSlices(cards: readonly CardWork[], model: CardModel, demand: GpuDemand, everyStart: boolean): Way[] {
  const { memoryGib: asked = 0, count, use } = demand;
  const fresh = inCarvingOrder(cards);
  const open = cards.filter(({ kind }) => kind === "mig");
  return (model.mig?.profiles ?? [])
    .filter(({ memoryGib }) => memoryGib >= asked)
    .flatMap((profile) =>
      sharings(open, use).flatMap((shared) => {
        const waste = (profile.memoryGib - asked) * count;
        const way = { mode: "mig" as const, model, profile, memoryGib: profile.memoryGib, waste, split: false };
        return instances([...shared, ...fresh], profile, count, everyStart).map((parts) => ({
          ...way,
          parts,
          ...costOfParts(cards, parts, use),
        }));
      }),
    );
}

/** Places for so many instances on the cards, in their order: the best ones, or every combination. */
function instances(cards: readonly CardWork[], profile: MigProfile, count: number, every: boolean): Part[][] {
  const found: Part[][] = [];
  const extend = (parts: readonly Part[]): void => {
    if (parts.length === count) {
      found.push([...parts]);
      return;
    }
    for (const card of cards) {
      const starts = startsOn(card, profile, parts, every);
      // Instances are alike: each combination once, in ascending order.
      const last = parts.at(-1);
      const ahead = every && last ? starts.filter((start) => after(cards, last, card, start)) : starts;
      for (const start of ahead) extend([...parts, { card: card.index, start }]);
      // Where not every combination is asked for, the first card that has room is the one.
      if (!every && ahead.length > 0) return;
    }
  };
  extend([]);
  return found;
}

function after(cards: readonly CardWork[], last: Part, card: CardWork, start: number): boolean {
  if (last.card === card.index) return start > (last.start ?? 0);
  return cards.findIndex(({ index }) => index === last.card) < cards.indexOf(card);
}

function startsOn(card: CardWork, profile: MigProfile, parts: readonly Part[], every: boolean): number[] {
  const geometry = card.model.mig;
  const chosen = parts.filter((part) => part.card === card.index);
  if (geometry === undefined) return [];
  if (card.fixed) {
    const free = card.slots.filter(
      ({ holder, instance }) => holder === null && instance?.profile.name === profile.name,
    );
    return free
      .flatMap(({ instance }) => instance?.start ?? [])
      .filter((start) => !chosen.some((part) => part.start === start));
  }
  const present: Placed[] = [
    ...card.slots.flatMap(({ instance }) => instance ?? []),
    ...chosen.map(({ start = 0 }) => ({ profile, start })),
  ];
  if (every) return freeStarts(geometry, present, profile);
  const best = bestStart(geometry, present, profile);
  return best === undefined ? [] : [best];
}

/** Open cards to fill up, without and with those that work for another use. */
function sharings(open: readonly CardWork[], use: GpuDemand["use"]): CardWork[][] {
  const own = open.filter((card) => [...usesOf(card)].every((other) => other === use));
  const others = open.filter((card) => !own.includes(card));
  return others.length === 0 ? [own] : [own, [...own, ...others]];
}

function costOfParts(
  cards: readonly CardWork[],
  parts: readonly Part[],
  use: GpuDemand["use"],
): { mixed: number; carved: number } {
  const touched = cards.filter(({ index }) => parts.some((part) => part.card === index));
  return {
    carved: touched.filter(({ kind }) => kind === "free").length,
    mixed: touched.filter((card) => [...usesOf(card)].some((other) => other !== use)).length,
  };
}
