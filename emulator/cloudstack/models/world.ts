import type { Flavor } from "../api/listing.ts";
import { Clock } from "./clock.ts";
import { JobEngine } from "./jobs.ts";
import type { LatencyMode } from "./latency.ts";
import { Random } from "./random.ts";
import { StorageKeys } from "./storage-keys.ts";
import { Store } from "./store.ts";
import { createTables, type Tables } from "./tables.ts";

/** Everything that a command can see or change. */
export interface World {
  readonly store: Store;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly random: Random;
  readonly jobs: JobEngine;
  readonly latency: LatencyMode;
  readonly flavor: Flavor;
  /** What the storage behind the hosts lets in. */
  readonly storageKeys: StorageKeys;
  /** Values of the settings that count from the next start of the server, as they were at this one. */
  readonly settingsAtStart: Map<string, string>;
}

export interface WorldOptions {
  readonly latency: LatencyMode;
  readonly flavor: Flavor;
  /** Makes ids, keys and addresses repeatable. Absent: different each time. */
  readonly randomSeed?: number;
}

/** An empty world; `seedWorld` or a journal fills it. */
export function createWorld(options: WorldOptions): World {
  const clock = new Clock();
  const random = new Random(options.randomSeed);
  const store = new Store(
    () => clock.now(),
    () => random.uuid(),
  );
  const tables = createTables(store);
  const jobs = new JobEngine(store, tables.jobs, clock);
  const { latency, flavor } = options;
  const storageKeys = new StorageKeys();
  return { store, tables, clock, random, jobs, latency, flavor, storageKeys, settingsAtStart: new Map() };
}
