import type { CardCatalogue } from "../gpu/types.ts";
import { waysOf } from "../gpu/ways.ts";
import { type CardWork, cardWork, release, take, type Way } from "../gpu/work.ts";
import { LoadTree } from "./load-tree.ts";
import { byName } from "./order.ts";
import type { GpuDemand, Host, PlacedMachine, PlacementInput } from "./types.ts";

/** A host while it is being planned. */
export interface HostWork {
  readonly index: number;
  readonly host: Host;
  /** vCPUs and GiB that may be given out: overcommitted, less the reserve. */
  readonly vcpus: number;
  readonly memoryGib: number;
  usedVcpus: number;
  usedGib: number;
  readonly cards: CardWork[];
  readonly machines: Set<string>;
  /** Ways by demand, as long as no card changes hands. */
  ways: Map<string, Way[]>;
}

const keys = new WeakMap<GpuDemand, string>();

/** Equal for demands that the same ways meet. */
function keyOf(demand: GpuDemand, everyStart: boolean): string {
  let key = keys.get(demand);
  if (key === undefined) {
    const { mode, memoryGib, count, use, card } = demand;
    key = JSON.stringify([mode, memoryGib, count, use, card]);
    keys.set(demand, key);
  }
  return everyStart ? `${key}*` : key;
}

/** Where a machine is put: a host, and the cards there. */
export interface Spot {
  host: HostWork;
  way: Way | undefined;
}

/** A rule with what is known of its members so far. */
interface RuleWork {
  id: string;
  kind: "apart" | "together";
  strict: boolean;
  machines: readonly string[];
  /** Members by host index, and by rack. */
  onHost: Map<number, number>;
  inRack: Map<string, number>;
}

/**
 * All hosts and everything on them. Changes are undone exactly by `remove`, so that a search can go back.
 * Hosts are in order of their names, whatever order they were given in.
 */
export class State {
  readonly hosts: readonly HostWork[];
  readonly hostsWithCards: readonly HostWork[];
  readonly loads: LoadTree;
  readonly spots = new Map<string, Spot>();
  readonly rulesOf = new Map<string, RuleWork[]>();
  readonly rules: readonly RuleWork[];
  /** Racks count where there are several. */
  readonly racks: boolean;

  constructor({ hosts, rules, overcommit, reserve }: PlacementInput, catalogue: CardCatalogue) {
    this.hosts = [...hosts].sort(byName).map((host, index) => ({
      index,
      host,
      vcpus: Math.max(0, host.cores - (reserve?.cores ?? 0)) * overcommit.cpu,
      memoryGib: Math.max(0, host.memoryGib - (reserve?.memoryGib ?? 0)) * overcommit.memory,
      usedVcpus: 0,
      usedGib: 0,
      cards: host.cards.map((card, slot) => {
        const model = catalogue.get(card.model);
        if (model === undefined) throw new RangeError(`${host.name} has a card of the unknown model ${card.model}`);
        return cardWork(slot, card, model);
      }),
      machines: new Set(),
      ways: new Map(),
    }));
    this.hostsWithCards = this.hosts.filter(({ cards }) => cards.length > 0);
    this.loads = new LoadTree(this.hosts);
    this.racks = new Set(hosts.flatMap(({ rack }) => rack ?? [])).size > 1;
    this.rules = rules.map((rule) => ({ ...rule, onHost: new Map(), inRack: new Map() }));
    for (const rule of this.rules) {
      for (const machine of rule.machines) this.rulesOf.set(machine, [...(this.rulesOf.get(machine) ?? []), rule]);
    }
  }

  /** True where processors, memory and strict rules allow the machine; cards are not looked at. */
  admits(host: HostWork, machine: PlacedMachine): boolean {
    return (
      host.usedVcpus + machine.cpus <= host.vcpus &&
      host.usedGib + machine.memoryGib <= host.memoryGib &&
      this.blocking(host, machine) === undefined
    );
  }

  /** The strict rule that keeps the machine off the host. */
  blocking(host: HostWork, { name }: PlacedMachine): RuleWork | undefined {
    return this.rulesOf.get(name)?.find((rule) => rule.strict && (rule.onHost.get(host.index) ?? 0) > 0);
  }

  /** Ways to meet the demand there, cheapest first. */
  ways(host: HostWork, demand: GpuDemand, everyStart = false): readonly Way[] {
    const key = keyOf(demand, everyStart);
    let ways = host.ways.get(key);
    if (ways === undefined) {
      ways = waysOf(host.cards, demand, everyStart);
      host.ways.set(key, ways);
    }
    return ways;
  }

  /** Ways that use these cards of the host and no others. */
  waysWith(host: HostWork, demand: GpuDemand, cards: readonly number[]): readonly Way[] {
    return waysOf(
      host.cards.filter(({ index }) => cards.includes(index)),
      demand,
    );
  }

  put(machine: PlacedMachine, { host, way }: Spot): void {
    host.usedVcpus += machine.cpus;
    host.usedGib += machine.memoryGib;
    host.machines.add(machine.name);
    this.spots.set(machine.name, { host, way });
    if (way && machine.gpu) {
      const holder = { machine: machine.name, use: machine.gpu.use };
      for (const part of way.parts) {
        const card = host.cards[part.card];
        if (card) take(card, part, way, holder);
      }
      host.ways = new Map();
    }
    this.loads.update(host);
    this.#count(machine.name, host, 1);
  }

  remove(machine: PlacedMachine): void {
    const spot = this.spots.get(machine.name);
    if (spot === undefined) return;
    const { host, way } = spot;
    host.usedVcpus -= machine.cpus;
    host.usedGib -= machine.memoryGib;
    host.machines.delete(machine.name);
    this.spots.delete(machine.name);
    for (const index of new Set(way?.parts.map(({ card }) => card))) {
      const card = host.cards[index];
      if (card) release(card, machine.name);
    }
    if (way) host.ways = new Map();
    this.loads.update(host);
    this.#count(machine.name, host, -1);
  }

  #count(machine: string, { index, host: { rack } }: HostWork, by: 1 | -1): void {
    for (const { onHost, inRack } of this.rulesOf.get(machine) ?? []) {
      countBy(onHost, index, by);
      if (rack !== undefined) countBy(inRack, rack, by);
    }
  }
}

/** Counts up or down; what is counted down to nothing is no longer there. */
function countBy<K>(counts: Map<K, number>, key: K, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
