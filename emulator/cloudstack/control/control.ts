import type { IncomingMessage } from "node:http";
import { setGpuState } from "../models/gpu-discovery.ts";
import { setHostState } from "../models/hosts.ts";
import { adminKeys } from "../models/identity-seed.ts";
import type { Host } from "../models/infrastructure.ts";
import type { Json } from "../models/jobs.ts";
import { seedWorld } from "../models/seeding.ts";
import { readSettings } from "../models/settings.ts";
import type { World } from "../models/world.ts";
import type { Seed } from "../seed.ts";
import type { Answer } from "../wire/envelope.ts";
import { readBody } from "../wire/request.ts";
import { type Fault, FaultTable, type JobFailure } from "./faults.ts";
import { inventory } from "./inventory.ts";

/** A request that the control API cannot use; answered with 400 and this text. */
class BadRequest extends Error {}

type Body = Readonly<Record<string, unknown>>;

/** Steers the emulator from outside: faults, clock, hosts, counters, logs. Not signed, and no part of the emulated API. */
export class ControlApi {
  readonly faults = new FaultTable();
  readonly #world: World;
  readonly #seed: Seed;
  #calls = new Map<string, number>();
  readonly #routes: Readonly<Record<string, (body: Body) => Json>>;

  constructor(world: World, seed: Seed) {
    this.#world = world;
    this.#seed = seed;
    world.jobs.failureOf = (command) => this.faults.takeJobFailure(command);
    this.#routes = {
      "POST /control/reset": () => this.#reset(),
      "POST /control/faults": (body) => this.#addFault(body),
      "DELETE /control/faults": () => this.#done(() => this.faults.clear()),
      "POST /control/clock": (body) => this.#done(() => this.#world.clock.setOffset(numberIn(body, "offsetSeconds"))),
      "POST /control/hosts": (body) => this.#setHost(body),
      "POST /control/gpus": (body) => this.#setGpu(body),
      "POST /control/storage-keys": (body) => this.#setStorageKeys(body),
      "POST /control/projects": (body) => this.#giveToProject(textIn(body, "volume")),
      "DELETE /control/storage-keys": () => this.#done(() => this.#world.storageKeys.set(undefined)),
      "GET /control/calls": () => this.#callCounts(),
      "DELETE /control/calls": () => this.#done(() => this.#calls.clear()),
      "GET /control/jobs": () => this.#jobLog(),
      "GET /control/starts": () => this.#lastStarts(),
      "GET /control/inventory": () => inventory(this.#world),
    };
  }

  countCall(command: string): void {
    this.#calls.set(command, (this.#calls.get(command) ?? 0) + 1);
  }

  async handle(request: IncomingMessage): Promise<Answer> {
    const path = request.url?.split("?", 1)[0] ?? "";
    const route = this.#routes[`${request.method} ${path}`];
    if (!route)
      return json(404, { error: `no such route: ${request.method} ${path}`, routes: Object.keys(this.#routes) });
    try {
      return json(200, route(parseBody(await readBody(request))));
    } catch (error) {
      if (error instanceof BadRequest) return json(400, { error: error.message });
      throw error;
    }
  }

  #done(act: () => void): Json {
    act();
    return { success: true };
  }

  /** Everything as seeded, the administrator's keys kept, no faults, no counts, the clock right. */
  #reset(): Json {
    const keys = adminKeys(this.#world.tables);
    this.faults.clear();
    this.#calls.clear();
    this.#world.clock.setOffset(0);
    this.#world.storageKeys.set(this.#seed.storageKeys);
    this.#world.jobs.abandon();
    this.#world.store.refill(() => seedWorld(this.#world, this.#seed, keys));
    readSettings(this.#world);
    return { success: true };
  }

  #addFault(body: Body): Json {
    const command = textIn(body, "command");
    const times = body.times === undefined ? 1 : numberIn(body, "times");
    this.faults.add(command, faultFrom(body), times);
    return { success: true };
  }

  #setHost(body: Body): Json {
    const host = this.#hostNamed(textIn(body, "name"));
    const state = stateIn(body);
    this.#world.store.transaction(() => setHostState(this.#world, host, state));
    return { success: true };
  }

  #setGpu(body: Body): Json {
    const host = this.#hostNamed(textIn(body, "host"));
    const address = textIn(body, "address");
    const state = stateIn(body);
    const addresses = (host.gpus ?? []).map((gpu) => gpu.address);
    if (!addresses.includes(address)) {
      throw new BadRequest(`${host.name} has no GPU at ${address}, but at: ${addresses.join(", ") || "none"}`);
    }
    this.#world.store.transaction(() => setGpuState(this.#world, host, address, state));
    return { success: true };
  }

  #hostNamed(name: string): Host {
    const host = this.#world.tables.hosts.find((row) => row.name === name);
    if (!host) throw new BadRequest(`no host is called ${name}`);
    return host;
  }

  #setStorageKeys({ keys }: Body): Json {
    if (!Array.isArray(keys)) throw new BadRequest("keys must be a list of {user, key, pools?}");
    const known = keys.map((entry: Body) => {
      const { pools } = entry;
      const named = Array.isArray(pools) ? { pools: pools.map(String) } : {};
      return { user: textIn(entry, "user"), key: textIn(entry, "key"), ...named };
    });
    return this.#done(() => this.#world.storageKeys.set(known));
  }

  #giveToProject(id: string): Json {
    const { store, tables } = this.#world;
    const volume = tables.volumes.byUuid(id);
    if (volume === undefined) throw new BadRequest(`there is no volume ${id}`);
    return this.#done(() => store.transaction(() => tables.volumes.update(volume, { inProject: true })));
  }

  #callCounts(): Json {
    const byCommand = Object.fromEntries([...this.#calls].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { total: [...this.#calls.values()].reduce((sum, count) => sum + count, 0), byCommand };
  }

  /** What the hypervisor was told beyond the offering, when each instance was started last. */
  #lastStarts(): Json {
    const { hosts, instances } = this.#world.tables;
    return [...instances.live()].map(({ uuid, name, state, lastStart }) => ({
      id: uuid,
      name,
      state,
      host: hosts.get(lastStart?.hostId)?.name,
      devices: lastStart?.devices ?? [],
      extraConfig: lastStart?.extraConfig ?? {},
    }));
  }

  #jobLog(): Json {
    return [...this.#world.tables.jobs.live()].map((job) => ({
      id: job.uuid,
      command: job.command,
      created: job.created,
      started: job.started,
      completed: job.completed,
      status: job.status,
      instanceId: job.instanceId,
      entity: job.instanceType,
      waitedFor: job.waitedFor,
    }));
  }
}

/** Reads one fault from a request's body, with the texts and codes of a plain server failure as defaults. */
function faultFrom(body: Body): Fault | JobFailure {
  const text = body.text === undefined ? "Fault injected by the control API" : textIn(body, "text");
  switch (body.kind) {
    case "error": {
      const status = body.status === undefined ? 530 : numberIn(body, "status");
      const cserrorcode = body.cserrorcode === undefined ? 9999 : numberIn(body, "cserrorcode");
      return { kind: "error", status, cserrorcode, text };
    }
    case "slow":
      return { kind: "slow", delayMs: numberIn(body, "delayMs") };
    case "drop":
    case "drop-before":
      return { kind: body.kind };
    case "job-failure":
      return { kind: "job-failure", text };
    default:
      throw new BadRequest("kind is one of error, drop, drop-before, slow, job-failure");
  }
}

function parseBody(text: string): Body {
  if (text.trim() === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Body;
  } catch {
    // Reported below, with everything else that is not an object.
  }
  throw new BadRequest("the body must be a JSON object");
}

function textIn(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw new BadRequest(`${name} must be a text`);
  return value;
}

function stateIn(body: Body): "Up" | "Down" {
  const state = textIn(body, "state");
  if (state !== "Up" && state !== "Down") throw new BadRequest('state is "Up" or "Down"');
  return state;
}

function numberIn(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new BadRequest(`${name} must be a number`);
  return value;
}

function json(status: number, content: Json): Answer {
  return { status, body: Buffer.from(`${JSON.stringify(content)}\n`), contentType: "application/json; charset=UTF-8" };
}
