/**
 * How a list of rules is turned into another one, rule by rule, while it is in force. Every step keeps each packet's verdict or
 * gives it its final one: nothing is opened that was closed and stays closed, and nothing established is cut and let in again.
 *
 * Why it holds: wanted rules are brought in by rising number, so a new rule decides only packets that no wanted rule before it
 * decides, for good; rules that are no longer wanted go last, by falling number, so a packet falls through to wanted rules only.
 * A rule is changed in place where its number stays and that is safe too, which is tried on every kind of packet; else the old
 * rule is first moved aside to a free number next to it, which changes no verdict.
 */
import { matcherOf, packetsOf, verdict } from "./packets.ts";
import { type Item, isSame, type Rule } from "./rule.ts";

/** `key` is the id of a rule that is there, or stands for one that an earlier step creates. */
export type Step =
  | { readonly kind: "create"; readonly key: string; readonly rule: Rule }
  | { readonly kind: "update"; readonly key: string; readonly rule: Rule }
  | { readonly kind: "delete"; readonly key: string };

interface Entry {
  readonly key: string;
  readonly rule: Rule;
}

/** The steps from the rules that are there to the wanted ones. */
export function planEdit(present: readonly Item[], wanted: readonly Rule[]): Step[] {
  return new Planner(present, wanted).plan();
}

/** The list after a step; for planning, and for whoever wants to look at every state in between. */
export function after(entries: readonly Entry[], step: Step): Entry[] {
  const others = entries.filter(({ key }) => key !== step.key);
  const next = step.kind === "delete" ? others : [...others, { key: step.key, rule: step.rule }];
  return next.sort((a, b) => a.rule.number - b.rule.number);
}

class Planner {
  private readonly steps: Step[] = [];
  private readonly wanted: readonly Rule[];
  private state: Entry[];
  /** Keys of the entries that are wanted rules. */
  private readonly final = new Set<string>();
  /** Wanted numbers from here on stand this much higher until the end, where room had to be made. */
  private offset = 0;

  constructor(present: readonly Item[], wanted: readonly Rule[]) {
    this.wanted = byNumber(wanted);
    this.state = byNumber(present).map(({ id, ...rule }) => ({ key: id, rule }));
  }

  plan(): Step[] {
    for (const rule of this.wanted) this.bringIn(rule);
    for (const { key } of this.state.toReversed()) if (!this.final.has(key)) this.take({ kind: "delete", key });
    const numbers = this.wanted.map(({ number }) => number);
    for (const [place, entry] of this.state.entries()) this.renumber(entry, numbers[place] ?? entry.rule.number);
    return this.steps;
  }

  private bringIn(rule: Rule): void {
    const number = rule.number + this.offset;
    const there = this.at(number);
    const moved = { ...rule, number };
    if (there === undefined) this.take({ kind: "create", key: `new:${rule.number}`, rule: moved });
    else if (isSame(there.rule, moved)) this.final.add(there.key);
    else if (this.isSafeInPlace(there, moved)) this.take({ kind: "update", key: there.key, rule: moved });
    else {
      this.moveAside(there);
      this.bringIn(rule);
      return;
    }
    const entry = this.at(number);
    if (entry) this.final.add(entry.key);
  }

  /** Whether putting `rule` in the place of `there` leaves or finally decides every packet that either of them matches. */
  private isSafeInPlace(there: Entry, rule: Rule): boolean {
    const before = this.state.map((entry) => matcherOf(entry.rule));
    const next = after(this.state, { kind: "update", key: there.key, rule }).map((entry) => matcherOf(entry.rule));
    const final = this.wanted.map(matcherOf);
    const all = [...this.state.map((entry) => entry.rule), ...this.wanted];
    for (const packet of packetsOf(all, [there.rule, rule])) {
      const result = verdict(next, packet);
      if (result !== verdict(before, packet) && result !== verdict(final, packet)) return false;
    }
    return true;
  }

  /** Gives an old rule a free number next to its own; where there is none, everything from it on makes room. */
  private moveAside(old: Entry): void {
    const place = this.state.indexOf(old);
    const { number } = old.rule;
    const low = this.state[place - 1]?.rule.number ?? 0;
    const high = this.state[place + 1]?.rule.number ?? number + this.wanted.length + 2;
    const taken = new Set(this.wanted.map((rule) => rule.number + this.offset));
    for (let near = low + 1; near < high; near++) {
      if (near === number || taken.has(near)) continue;
      this.renumber(old, near);
      return;
    }
    const room = 1 + Math.max(...this.state.map((entry) => entry.rule.number), ...taken);
    for (const entry of this.state.slice(place + 1).toReversed()) this.renumber(entry, entry.rule.number + room);
    this.renumber(old, number + room - 1);
    this.offset += room;
  }

  private renumber({ key, rule }: Entry, number: number): void {
    if (rule.number !== number) this.take({ kind: "update", key, rule: { ...rule, number } });
  }

  private at(number: number): Entry | undefined {
    return this.state.find(({ rule }) => rule.number === number);
  }

  private take(step: Step): void {
    this.steps.push(step);
    this.state = after(this.state, step);
  }
}

function byNumber<T extends Rule>(rules: readonly T[]): T[] {
  return [...rules].sort((a, b) => a.number - b.number);
}
