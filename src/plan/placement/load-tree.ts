import { type Cost, compareCost } from "./cost.ts";
import type { HostWork } from "./state.ts";
import type { PlacedMachine } from "./types.ts";

/** The best that any host of a subtree offers; a bound, field by field. */
interface Best {
  /** Most that is free. */
  freeVcpus: number;
  freeGib: number;
  /** Least load over the square of the capacity, and least reciprocal of that square: what balance grows by. */
  vcpuLoad: number;
  gibLoad: number;
  vcpuScale: number;
  gibScale: number;
  /** 0 where a host without cards is among them, else 1. */
  cards: 0 | 1;
}

const nothing: Best = {
  freeVcpus: Number.NEGATIVE_INFINITY,
  freeGib: Number.NEGATIVE_INFINITY,
  vcpuLoad: Number.POSITIVE_INFINITY,
  gibLoad: Number.POSITIVE_INFINITY,
  vcpuScale: Number.POSITIVE_INFINITY,
  gibScale: Number.POSITIVE_INFINITY,
  cards: 1,
};

/**
 * Finds the cheapest host for a machine without GPU while looking at few of them: a binary tree over the hosts, whose
 * nodes say what their hosts offer at best, searched by branch and bound. The answer is that of looking at all.
 */
export class LoadTree {
  readonly #leaves: number;
  readonly #nodes: Best[];
  readonly #hosts: readonly HostWork[];

  constructor(hosts: readonly HostWork[]) {
    this.#hosts = hosts;
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, hosts.length)));
    this.#nodes = Array.from({ length: 2 * this.#leaves }, () => nothing);
    for (const host of hosts) this.#nodes[this.#leaves + host.index] = offer(host);
    for (let node = this.#leaves - 1; node > 0; node--) this.#nodes[node] = this.#join(node);
  }

  /** To be called when what the host carries has changed. */
  update(host: HostWork): void {
    let node = this.#leaves + host.index;
    this.#nodes[node] = offer(host);
    for (node >>= 1; node > 0; node >>= 1) this.#nodes[node] = this.#join(node);
  }

  /**
   * The host that costs least, of equal ones the first; better than `known`, where that is given.
   * @param preferences What every host that is not known costs at least in preferences.
   * @param costOf The cost of a host, undefined where the machine may not go there.
   */
  cheapest(
    machine: PlacedMachine,
    preferences: number,
    costOf: (host: HostWork) => Cost | undefined,
    known?: { host: HostWork; cost: Cost },
  ): { host: HostWork; cost: Cost } | undefined {
    let best = known;
    const visit = (node: number, first: number, width: number): void => {
      const offers = this.#nodes[node];
      if (offers === undefined || offers.freeVcpus < machine.cpus || offers.freeGib < machine.memoryGib) return;
      if (best) {
        const order = compareCost([preferences, 0, 0, 0, 0, 0, offers.cards, growth(offers, machine)], best.cost);
        if (order > 0 || (order === 0 && first > best.host.index)) return;
      }
      if (width === 1) {
        const host = this.#hosts[first];
        const cost = host && costOf(host);
        if (host === undefined || cost === undefined) return;
        const order = best === undefined ? -1 : compareCost(cost, best.cost);
        if (order < 0 || (order === 0 && best && host.index < best.host.index)) best = { host, cost };
        return;
      }
      const half = width / 2;
      const left = () => visit(2 * node, first, half);
      const right = () => visit(2 * node + 1, first + half, half);
      const sides =
        this.#promise(2 * node, machine) <= this.#promise(2 * node + 1, machine) ? [left, right] : [right, left];
      for (const side of sides) side();
    };
    visit(1, 0, this.#leaves);
    return best;
  }

  #promise(node: number, machine: PlacedMachine): number {
    const offers = this.#nodes[node] ?? nothing;
    return offers.cards * 1e6 + growth(offers, machine);
  }

  #join(node: number): Best {
    const one = this.#nodes[2 * node] ?? nothing;
    const other = this.#nodes[2 * node + 1] ?? nothing;
    return {
      freeVcpus: Math.max(one.freeVcpus, other.freeVcpus),
      freeGib: Math.max(one.freeGib, other.freeGib),
      vcpuLoad: Math.min(one.vcpuLoad, other.vcpuLoad),
      gibLoad: Math.min(one.gibLoad, other.gibLoad),
      vcpuScale: Math.min(one.vcpuScale, other.vcpuScale),
      gibScale: Math.min(one.gibScale, other.gibScale),
      cards: one.cards === 0 || other.cards === 0 ? 0 : 1,
    };
  }
}

function offer({ vcpus, memoryGib, usedVcpus, usedGib, cards }: HostWork): Best {
  const vcpuScale = vcpus === 0 ? 0 : 1 / (vcpus * vcpus);
  const gibScale = memoryGib === 0 ? 0 : 1 / (memoryGib * memoryGib);
  return {
    freeVcpus: vcpus - usedVcpus,
    freeGib: memoryGib - usedGib,
    vcpuLoad: usedVcpus * vcpuScale,
    gibLoad: usedGib * gibScale,
    vcpuScale,
    gibScale,
    cards: cards.length === 0 ? 0 : 1,
  };
}

/** How much balance grows at least: `balanceOf` on a host that offers all of this at once. */
function growth(offers: Best, { cpus, memoryGib }: PlacedMachine): number {
  const vcpus = cpus * (2 * offers.vcpuLoad + cpus * offers.vcpuScale);
  return vcpus + memoryGib * (2 * offers.gibLoad + memoryGib * offers.gibScale);
}
