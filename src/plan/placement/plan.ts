import { builtInCards } from "../gpu/catalogue.ts";
import { isExhaustive } from "../gpu/ways.ts";
import { type CardWork, isMig, type Part, type Way } from "../gpu/work.ts";
import { mistakesOf } from "./check.ts";
import { byHardness, byName, cohortsOf } from "./order.ts";
import { packed } from "./pack.ts";
import { resultOf } from "./result.ts";
import { cheapest, exactly, type Found, greedily, sameSpot } from "./search.ts";
import { asMistake, shortfallOf } from "./shortfall.ts";
import { type Spot, State } from "./state.ts";
import type { PlacedMachine, PlacementInput, PlacementResult, PreviousPlace } from "./types.ts";

/** Up to here every place is looked at; beyond, machines are placed one by one. */
const small = { hosts: 16, cohort: 24, all: 48 };
/**
 * Positions that the searches look at, so that they end: for one seniority, for all of them together, and for placing
 * everything anew. Steps, not seconds, so that they end the same everywhere; spent by the oldest first, so that a
 * younger machine takes none from an older.
 */
const budget = { cohort: 20_000, cohorts: 100_000, anew: 50_000 };
/** How often everything may be placed anew for a machine that finds no room. */
const rearrangements = 3;

/**
 * Decides which machine stands on which host and what it gets of which card, before anything is created (T1, P5, T3, T4).
 * Pure: the same input has the same plan, whatever the order of its lists.
 *
 * **Order.** Machines are placed by seniority (`order`); the machines of one seniority together, at the least cost (see
 * `Cost`) given the older ones: the best there is on up to 16 hosts and 24 machines of one seniority, as
 * `quality.optimal` confirms. Beyond, each machine takes the place that costs least at its turn, the hardest first.
 * That cuts up no more cards for a profile and a use than its slices need, unless preferences, processors, memory or
 * strict rules keep a slice from an open card. Of load, on equal hosts and where one of vCPU and memory is what runs
 * out, the fullest host has less than twice what the best spreading would give it (list scheduling, Graham 1966); for
 * both together no factor is promised. `quality` measures both against lower bounds.
 *
 * **Stability.** A machine never looks at younger ones. So: more machines of a seniority above all others (a new
 * tenant) move nobody; nor does another order in the profile, nor the removal of the youngest. Not guaranteed, unless
 * `previous` pins them: machines of a seniority that itself changes, and younger ones, when an older machine is added,
 * resized or removed; and everybody when hosts change. One exception: where the new machines fit only if older ones
 * make room, room is made, and `quality.rearranged` names who moved: on that, the guarantee rests again.
 */
export function planPlacement(input: PlacementInput): PlacementResult {
  const catalogue = input.catalogue ?? builtInCards;
  const mistakes = mistakesOf(input, catalogue);
  if (mistakes.length > 0) return { ok: false, mistakes, shortfalls: [] };

  const planner = new Planner(new State(input, catalogue), input);
  for (const cohort of cohortsOf(input.machines)) planner.add(cohort);
  const { state, failed, optimal, rearranged } = planner;
  const plan = resultOf(state, input, { optimal, rearranged: [...rearranged].sort() });
  if (failed.length === 0) return { ok: true, plan };
  const shortfalls = failed.map(({ machine, proved }) => shortfallOf(state, machine, proved));
  return { ok: false, mistakes: shortfalls.map(asMistake), shortfalls, plan };
}

class Planner {
  readonly state: State;
  readonly failed: { machine: PlacedMachine; proved: boolean }[] = [];
  readonly rearranged = new Set<string>();
  optimal = true;
  readonly #placed: PlacedMachine[] = [];
  #rearrangementsLeft = rearrangements;
  #stepsLeft = budget.cohorts;

  constructor(state: State, { machines, previous = [] }: PlacementInput) {
    this.state = state;
    const known = new Map(machines.map((machine) => [machine.name, machine]));
    for (const place of [...previous].sort((one, other) => byName({ name: one.machine }, { name: other.machine }))) {
      const machine = known.get(place.machine);
      if (machine && !state.spots.has(machine.name) && !this.#pin(machine, place)) this.rearranged.add(machine.name);
    }
  }

  /** Finds places for the machines of the next seniority; remembers those that have none. */
  add(cohort: readonly PlacedMachine[]): void {
    const { state } = this;
    this.#placed.push(...cohort.filter(({ name }) => state.spots.has(name)));
    const open = cohort.filter(({ name }) => !state.spots.has(name));
    let found = greedily(state, open);
    if (state.hosts.length <= small.hosts && open.length <= small.cohort) {
      const steps = Math.min(budget.cohort, this.#stepsLeft);
      const outcome = exactly(state, open, { budget: steps, incumbent: found });
      this.#stepsLeft -= Math.min(steps, outcome.steps);
      found = outcome.found;
      this.optimal &&= outcome.complete;
    } else {
      this.optimal = false;
    }
    if (found) this.#put(open, found.spots);
    else this.#makeRoom(open);
  }

  #put(machines: readonly PlacedMachine[], spots: ReadonlyMap<string, Spot>): void {
    for (const machine of machines) {
      const spot = spots.get(machine.name);
      if (spot === undefined) throw new RangeError(`the search left out ${machine.name}`);
      this.state.put(machine, spot);
      this.#placed.push(machine);
    }
  }

  /** Places everything so far anew, moving as few as the search finds; where that does not help, places whom it can. */
  #makeRoom(open: readonly PlacedMachine[]): void {
    const { state } = this;
    const before = new Map(state.spots);
    const older = [...this.#placed];
    for (const machine of older) state.remove(machine);
    const all = [...older, ...open].sort(byHardness);
    const { found, complete } = this.#rearrange(all, before);
    this.#placed.length = 0;
    if (found) {
      this.#put(all, found.spots);
      for (const [name, spot] of before) {
        const now = state.spots.get(name);
        if (now === undefined || !sameSpot(now, spot)) this.rearranged.add(name);
      }
      this.optimal = false;
      return;
    }
    this.#put(older, before);
    for (const machine of open) {
      const place = cheapest(state, machine);
      if (place) this.#put([machine], new Map([[machine.name, place]]));
      else this.failed.push({ machine, proved: complete });
    }
  }

  #rearrange(all: readonly PlacedMachine[], keep: ReadonlyMap<string, Spot>): { found?: Found; complete: boolean } {
    if (this.#rearrangementsLeft === 0) return { complete: false };
    this.#rearrangementsLeft--;
    const { state } = this;
    if (state.hosts.length <= small.hosts && all.length <= small.all) {
      const { found, complete } = exactly(state, all, { budget: budget.anew, first: { keep } });
      const decided = complete && all.every(({ gpu }) => gpu === undefined || isExhaustive(gpu));
      if (found || decided) return { ...(found && { found }), complete: decided };
    }
    const found = packed(state, all);
    return { ...(found && { found }), complete: false };
  }

  /** Puts the machine where it was, if that is allowed. */
  #pin(machine: PlacedMachine, { host: name, cards, slots = [] }: PreviousPlace): boolean {
    const { state } = this;
    const host = state.hosts.find((candidate) => candidate.host.name === name);
    if (host === undefined || !state.admits(host, machine)) return false;
    if (machine.gpu === undefined) {
      state.put(machine, { host, way: undefined });
      return true;
    }
    const ways = cards ? state.waysWith(host, machine.gpu, cards) : state.ways(host, machine.gpu);
    const [way] = ways.flatMap((candidate) => withSlots(candidate, host.cards, slots) ?? []);
    if (way) state.put(machine, { host, way });
    return way !== undefined;
  }
}

/** The way with these very slots; undefined where they are not to be had so. */
function withSlots(way: Way, cards: readonly CardWork[], slots: NonNullable<PreviousPlace["slots"]>): Way | undefined {
  const { profile, mode } = way;
  if (slots.length === 0 || mode === "passthrough") return way;
  const kept = slots.slice(0, way.parts.length).map(({ card, at }): Part => {
    return isMig(profile) ? { card, start: at } : { card, slot: at };
  });
  const isFree = ({ card: index, start, slot }: Part) => {
    const card = cards[index];
    if (card === undefined || profile === undefined) return false;
    if (card.kind === "free")
      return isMig(profile) ? profile.starts.includes(start ?? -1) : (slot ?? -1) < profile.perCard;
    const found =
      start === undefined ? card.slots[slot ?? -1] : card.slots.find((one) => one.instance?.start === start);
    return found?.holder === null && (found.instance?.profile ?? card.profile)?.name === profile.name;
  };
  if (!kept.every(isFree) || (isMig(profile) && kept.length < way.parts.length)) return undefined;
  return { ...way, parts: [...kept, ...way.parts.slice(kept.length)] };
}
