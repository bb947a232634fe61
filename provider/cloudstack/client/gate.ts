import { setTimeout as sleep } from "node:timers/promises";
import type { Row } from "./answer.ts";
import { isCloudStackError } from "./errors.ts";
import type { Reads } from "./reads.ts";

/** What decides how a network gets its router; fixed for a network's life. */
interface NetworkFacts {
  vpcId: string | undefined;
  /** Layer 2 networks have no router and need no gate. */
  layer2: boolean;
}

/**
 * How long an instance with one leg lets others go ahead at a network that is new: one with several legs opens several networks at
 * once, while behind a leader it would have to wait for each of them.
 */
const GIVE_WAY_MS = 100;

/** A network cannot lose its router sooner after an instance started on it (`network.gc.wait` is 10 minutes). */
const STAYS_OPEN_MS = 5 * 60 * 1000;

/**
 * The router trap: when several instances start on a network whose virtual router is not there yet, a real server can give the
 * router two NICs on it, report success, and never be able to delete the VPC again. So the first instance of each network (tier,
 * isolated or shared) starts alone, and while a VPC has no running router, the first instance of that VPC; different networks go
 * on side by side. A network whose router is there already, found by listRouters, is open at once, so that a run that was
 * broken off goes on at full speed.
 */
export class Gate {
  private readonly reads: Reads;
  private readonly facts = new Map<string, NetworkFacts>();
  private readonly openUntil = new Map<string, number>();
  private readonly leaders = new Map<string, Promise<void>>();
  /** Networks made by this process: their router cannot be there before their first instance. */
  private readonly fresh = new Set<string>();

  constructor(reads: Reads) {
    this.reads = reads;
  }

  /** Tells of a network that this process has just made, which spares asking for it. */
  networkCreated(network: Row): void {
    if (typeof network.id !== "string") return;
    this.facts.set(network.id, factsOf(network));
    this.fresh.add(network.id);
  }

  /**
   * Runs `start`, which starts an instance with NICs on these networks: alone on each of them that has no router yet, as its
   * leader; the others wait until a leader has succeeded, or take its place when it fails. `start` is told whether it leads:
   * then its job starts a router, too.
   */
  async pass<T>(
    networkIds: readonly string[],
    start: (leads: boolean) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const held: { key: string; release: () => void }[] = [];
    try {
      // VPCs first, then networks, each in the order of their ids: whoever holds one waits only for later ones, so no two
      // instances can wait for each other.
      for (const [key, isOpen] of await this.doors(networkIds)) {
        const release = await this.lead(key, isOpen, this.fresh.has(key) && new Set(networkIds).size === 1, signal);
        if (release) held.push({ key, release });
      }
      const result = await start(held.length > 0);
      for (const { key } of held) this.open(key);
      return result;
    } finally {
      for (const { release } of held) release();
    }
  }

  private async doors(networkIds: readonly string[]): Promise<[string, () => Promise<boolean>][]> {
    const networks: { id: string; vpcId: string | undefined }[] = [];
    for (const id of [...new Set(networkIds)].sort()) {
      const { vpcId, layer2 } = await this.factsOf(id);
      if (!layer2) networks.push({ id, vpcId });
    }
    const vpcIds = [...new Set(networks.flatMap(({ vpcId }) => vpcId ?? []))].sort();
    return [
      ...vpcIds.map((id): [string, () => Promise<boolean>] => [id, () => this.hasRouter({ vpcid: id })]),
      ...networks.map(({ id, vpcId }): [string, () => Promise<boolean>] => [
        id,
        async () => !this.fresh.has(id) && this.hasRouter(vpcId ? { vpcid: vpcId } : { networkid: id }, id),
      ]),
    ];
  }

  /** Becomes the leader of a closed door and returns how to step down; undefined when the door is, or comes, open. */
  private async lead(
    key: string,
    isOpen: () => Promise<boolean>,
    givesWay: boolean,
    signal?: AbortSignal,
  ): Promise<(() => void) | undefined> {
    if (givesWay && !this.leaders.has(key)) await sleep(GIVE_WAY_MS, undefined, { signal });
    for (;;) {
      signal?.throwIfAborted();
      if ((this.openUntil.get(key) ?? 0) > Date.now()) return undefined;
      const leader = this.leaders.get(key);
      if (leader) {
        await Promise.race([leader, aborted(signal)]);
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.leaders.set(key, promise);
      const release = () => {
        this.leaders.delete(key);
        resolve();
      };
      try {
        if (!(await isOpen())) return release;
        this.open(key);
      } catch (error) {
        release();
        throw error;
      }
      release();
    }
  }

  private open(key: string): void {
    this.fresh.delete(key);
    this.openUntil.set(key, Date.now() + STAYS_OPEN_MS);
  }

  /** Whether all routers of the VPC or network run, and have a NIC on `networkId` if given. */
  private async hasRouter(of: Record<string, string>, networkId?: string): Promise<boolean> {
    const routers = await this.routersOf(of);
    return (
      routers.length > 0 &&
      routers.every(({ state, nic }) => state === "Running" && (networkId === undefined || hasNic(nic, networkId)))
    );
  }

  /** None where the keys may not see routers, as those of plain users: the first start goes alone, as where none is there. */
  private async routersOf(of: Record<string, string>): Promise<Row[]> {
    try {
      return (await this.reads.cached("listRouters", { ...of, listall: "true" })) ?? [];
    } catch (error) {
      if (!isCloudStackError(error, "forbidden")) throw error;
      return [];
    }
  }

  private async factsOf(id: string): Promise<NetworkFacts> {
    const known = this.facts.get(id);
    if (known) return known;
    // A network that the keys cannot see is taken for one with a router: waiting is the harmless mistake.
    const facts = factsOf((await this.reads.find("listNetworks", { listall: "true" }, id)) ?? {});
    this.facts.set(id, facts);
    return facts;
  }
}

function factsOf(network: Row): NetworkFacts {
  return { vpcId: typeof network.vpcid === "string" ? network.vpcid : undefined, layer2: network.type === "L2" };
}

function hasNic(nics: unknown, networkId: string): boolean {
  return Array.isArray(nics) && nics.some((nic: Row) => nic.networkid === networkId);
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
