import type { Json } from "../../cloudstack/models/jobs.ts";
import { findFilesystem } from "../models/cephfs.ts";
import { setConfig } from "../models/config.ts";
import { dashboardError, httpError } from "../models/errors.ts";
import { findPool } from "../models/pool.ts";
import { findBucket } from "../models/rgw.ts";
import { offer, place, readAnew } from "../models/rgw-site.ts";
import { secretsOf, seedWorld } from "../models/seeding.ts";
import { promptly, type TaskPace } from "../models/tasks.ts";
import type { World } from "../models/world.ts";
import type { CephSeed } from "../seed.ts";
import { type Answer, jsonAnswer } from "../wire/answer.ts";
import type { Request } from "../wire/request.ts";
import { BadRequest, type Body, choiceIn, flagIn, numberIn, textIn } from "./body.ts";
import { type Fault, Waiting } from "./faults.ts";
import { inventory } from "./inventory.ts";

/** Steers the emulator from outside: faults, tasks, managers, clock, hardware, use, counters. No part of the emulated API. */
export class ControlApi {
  readonly faults = new Waiting<Fault>();
  readonly #taskFailures = new Waiting<string>();
  readonly #world: World;
  readonly #seed: CephSeed;
  #calls = new Map<string, number>();
  readonly #queries: Readonly<Record<string, (body: Body) => Json>>;
  readonly #actions: Readonly<Record<string, (body: Body) => void>>;

  constructor(world: World, seed: CephSeed) {
    this.#world = world;
    this.#seed = seed;
    world.tasks.failureOf = (name) => this.#taskFailures.take(name);
    this.#actions = {
      "POST /control/reset": () => this.#reset(),
      "POST /control/faults": (body) => this.#addFault(body),
      "DELETE /control/faults": () => this.#forgetFaults(),
      "POST /control/tokens": (body) => {
        world.managers.tokenTtlSeconds = numberIn(body, "ttlSeconds");
      },
      "POST /control/clock": (body) => world.clock.setOffset(numberIn(body, "offsetSeconds")),
      "POST /control/config": (body) => this.#setConfig(body),
      "POST /control/use": (body) => this.#setUse(body),
      "POST /control/placements": (body) => this.#setPlacement(body),
      "POST /control/gateways": () => world.store.transaction(() => readAnew(world.tables)),
      "DELETE /control/calls": () => this.#calls.clear(),
    };
    this.#queries = {
      "POST /control/tasks": (body) => this.#setTaskPace(body),
      "POST /control/failover": (body) => this.#failOver(body),
      "POST /control/managers": (body) => this.#setManagers(body),
      "POST /control/osds": (body) => this.#setOsds(body),
      "GET /control/calls": () => this.#callCounts(),
      "GET /control/managers": () => this.#managers(),
      "GET /control/inventory": () => inventory(world),
    };
  }

  countCall(name: string): void {
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1);
  }

  async handle(request: Request, body: () => Body): Promise<Answer> {
    const name = `${request.method} ${request.path}`;
    const query = this.#queries[name];
    const action = this.#actions[name];
    if (!query && !action) {
      const routes = [...Object.keys(this.#queries), ...Object.keys(this.#actions)];
      return jsonAnswer(404, { error: `no such route: ${name}`, routes });
    }
    try {
      if (query) return jsonAnswer(200, query(body()));
      action?.(body());
      return jsonAnswer(200, { success: true });
    } catch (error) {
      if (error instanceof BadRequest) return jsonAnswer(400, { error: error.message });
      throw error;
    }
  }

  /** Everything as seeded; passwords and keys that were handed out stay. */
  #reset(): void {
    const { store, clock, tasks, managers } = this.#world;
    const secrets = secretsOf(this.#world);
    this.#forgetFaults();
    this.#calls.clear();
    tasks.forget();
    tasks.pace = promptly;
    managers.reset();
    clock.setOffset(0);
    store.refill(() => seedWorld(this.#world, this.#seed, secrets));
  }

  #forgetFaults(): void {
    this.faults.clear();
    this.#taskFailures.clear();
  }

  #addFault(body: Body): void {
    const name = textIn(body, "endpoint");
    const times = numberIn(body, "times", 1);
    if (body.kind === "task-failure") this.#taskFailures.add(name, faultText(body), times);
    else this.faults.add(name, faultFrom(body), times);
  }

  /** What is not named stays as it is. */
  #setTaskPace(body: Body): Json {
    const { pace } = this.#world.tasks;
    const applies: TaskPace["applies"] =
      body.applies === undefined ? pace.applies : choiceIn(body, "applies", ["start", "end"]);
    const durationMs = numberIn(body, "durationMs", pace.durationMs);
    this.#world.tasks.pace = { durationMs, waitMs: numberIn(body, "waitMs", pace.waitMs), applies };
    return { ...this.#world.tasks.pace };
  }

  /** The active manager ends, its tasks are forgotten, and after `gapMs` another one is active. */
  #failOver(body: Body): Json {
    this.#world.tasks.forget();
    this.#world.managers.failOver(numberIn(body, "gapMs", 0));
    return this.#managers();
  }

  #setManagers(body: Body): Json {
    const { managers, tasks } = this.#world;
    if (body.standby !== undefined) managers.standbyBehaviour = choiceIn(body, "standby", ["redirect", "error"]);
    managers.standbyErrorStatus = numberIn(body, "errorStatus", managers.standbyErrorStatus);
    if (body.name !== undefined) {
      const name = textIn(body, "name");
      const up = flagIn(body, "up", true);
      if (!up && managers.active?.name === name) tasks.forget();
      if (!managers.setUp(name, up)) throw new BadRequest(`no manager is called ${name}`);
    }
    return this.#managers();
  }

  #managers(): Json {
    const { all, active } = this.#world.managers;
    return all.map((manager) => ({ name: manager.name, url: manager.url, up: manager.up, active: manager === active }));
  }

  #setConfig(body: Body): void {
    const name = textIn(body, "name");
    const value = body.value === undefined ? undefined : String(body.value);
    this.#world.store.transaction(() => setConfig(this.#world.tables, name, "global", value));
  }

  /** Takes the OSDs of a host, or one OSD, down or up. */
  #setOsds(body: Body): Json {
    const { tables, store } = this.#world;
    const up = flagIn(body, "up", true);
    const isMeant =
      body.osd === undefined
        ? (
            (host) => (osd: { hostname: string }) =>
              osd.hostname === host
          )(textIn(body, "host"))
        : (
            (id) => (osd: { osdId: number }) =>
              osd.osdId === id
          )(numberIn(body, "osd"));
    const osds = tables.osds.filter(isMeant);
    if (osds.length === 0) throw new BadRequest("no OSD fits");
    store.transaction(() => {
      for (const osd of osds) tables.osds.update(osd, { up });
    });
    return { osds: osds.map(({ osdId }) => osdId) };
  }

  /** What clients have stored in a pool, subvolume or bucket. */
  #setUse(body: Body): void {
    const { tables, store } = this.#world;
    const bytes = numberIn(body, "bytes");
    const objects = numberIn(body, "objects", Math.ceil(bytes / (4 * 1024 * 1024)));
    store.transaction(() => {
      if (body.pool !== undefined) {
        const pool = findPool(tables, textIn(body, "pool"));
        if (!pool) throw new BadRequest(`no pool is called ${String(body.pool)}`);
        tables.pools.update(pool, { storedBytes: bytes, objects });
        return;
      }
      if (body.subvolume !== undefined) {
        const [filesystem, group, name] = textIn(body, "subvolume").split("/");
        const id = findFilesystem(tables, filesystem ?? "")?.id;
        const subvolume = tables.subvolumes.find(
          (row) => row.filesystem === id && row.group === group && row.name === name,
        );
        if (!subvolume) throw new BadRequest(`no subvolume is at ${String(body.subvolume)} (filesystem/group/name)`);
        tables.subvolumes.update(subvolume, { usedBytes: bytes });
        return;
      }
      const bucket = findBucket(tables, textIn(body, "bucket"));
      if (!bucket) throw new BadRequest(`no bucket is called ${String(body.bucket)}`);
      tables.buckets.update(bucket, { bytes, objects });
    });
  }

  /** What somebody does with `radosgw-admin` on a host, who then starts the gateways anew. */
  #setPlacement(body: Body): void {
    const { tables, store } = this.#world;
    const id = textIn(body, "name");
    const [dataPool, indexPool] = [textIn(body, "dataPool"), textIn(body, "indexPool")];
    const dataExtraPool = textIn(body, "dataExtraPool");
    store.transaction(() => {
      for (const zonegroup of tables.rgwZonegroups.live()) offer(tables, zonegroup, id, {});
      for (const zone of tables.rgwZones.live()) {
        place(tables, zone, { id, className: "", indexPool, dataPool, dataExtraPool });
      }
      readAnew(tables);
    });
  }

  #callCounts(): Json {
    const byEndpoint = Object.fromEntries([...this.#calls].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { total: [...this.#calls.values()].reduce((sum, count) => sum + count, 0), byEndpoint };
  }
}

function faultFrom(body: Body): Fault {
  const kind = choiceIn(body, "kind", ["error", "drop", "drop-before", "slow"]);
  if (kind === "slow") return { kind, delayMs: numberIn(body, "delayMs") };
  if (kind !== "error") return { kind };
  const status = numberIn(body, "status", 500);
  if (flagIn(body, "page", false)) return { kind, failure: httpError(status, faultText(body)) };
  const code = body.code === undefined ? {} : { code: textIn(body, "code") };
  const component = body.component === undefined ? {} : { component: textIn(body, "component") };
  return { kind, failure: dashboardError(faultText(body), { status, ...code, ...component }) };
}

function faultText(body: Body): string {
  return textIn(body, "detail", "Fault injected by the control API");
}
