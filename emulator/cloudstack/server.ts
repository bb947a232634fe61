import type { Flavor } from "./api/listing.ts";
import { ControlApi } from "./control/control.ts";
import { adminKeys, newKeys } from "./models/identity-seed.ts";
import { journalIn } from "./models/journal.ts";
import type { LatencyMode } from "./models/latency.ts";
import { recover } from "./models/recovery.ts";
import { seedWorld } from "./models/seeding.ts";
import { readSettings } from "./models/settings.ts";
import { createWorld } from "./models/world.ts";
import type { Seed } from "./seed.ts";
import { type CloudSeedName, cloudSeeds } from "./seeds/seeds.ts";
import { apiHandler } from "./wire/api.ts";
import { listen } from "./wire/listener.ts";
import type { SignatureAlgorithm } from "./wire/signature.ts";

export interface EmulatorOptions {
  /** Folder that keeps the state across restarts. Absent: memory only. */
  readonly stateDir?: string;
  /** What the cloud is made of when there is no state yet. */
  readonly seed?: CloudSeedName | Seed;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly latency?: LatencyMode;
  /** Refuse parameters that no CloudStack knows (default); false ignores them as a real server does. What we lack is always refused. */
  readonly strict?: boolean;
  /** Apache CloudStack (default), or ABLESTACK Mold: its API, and SHA-256 signatures only. */
  readonly flavor?: Flavor;
  /** Which signatures are accepted: Apache CloudStack takes SHA-1, ABLESTACK Mold SHA-256; by default both, of Mold only its own. */
  readonly signatures?: readonly SignatureAlgorithm[];
  /** Makes ids and keys repeatable; for tests. */
  readonly randomSeed?: number;
}

export interface Emulator {
  /** `http://127.0.0.1:PORT/client/api` */
  readonly apiUrl: string;
  /** `http://127.0.0.1:PORT/control` */
  readonly controlUrl: string;
  readonly apiKey: string;
  readonly secretKey: string;
  close(): Promise<void>;
}

/** Starts the embedded cloud on loopback. @throws when the port is taken or the state is damaged. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const seed = typeof options.seed === "object" ? options.seed : cloudSeeds[options.seed ?? "default"];
  const flavor = options.flavor ?? "cloudstack";
  const world = createWorld({
    flavor,
    latency: options.latency ?? "real",
    ...(options.randomSeed === undefined ? {} : { randomSeed: options.randomSeed }),
  });
  world.storageKeys.set(seed.storageKeys);
  const journal = options.stateDir === undefined ? undefined : journalIn(options.stateDir);
  if (!(journal && world.store.attach(journal))) seedWorld(world, seed, newKeys(world.random));
  readSettings(world);
  recover(world);
  const control = new ControlApi(world, seed);
  const handlers = {
    "/client/api": apiHandler(world, control, {
      strict: options.strict ?? true,
      algorithms: options.signatures ?? (flavor === "mold" ? ["sha256"] : ["sha1", "sha256"]),
    }),
    "/control": control.handle.bind(control),
  };
  const listener = await listen(options.port ?? 0, handlers, () => world.clock.now());
  const origin = `http://127.0.0.1:${listener.port}`;
  return {
    apiUrl: `${origin}/client/api`,
    controlUrl: `${origin}/control`,
    ...adminKeys(world.tables),
    async close() {
      await listener.close();
      world.jobs.abandon();
      journal?.close();
    },
  };
}
