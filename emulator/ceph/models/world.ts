import { Clock } from "../../cloudstack/models/clock.ts";
import { Random } from "../../cloudstack/models/random.ts";
import { Store } from "../../cloudstack/models/store.ts";
import { Managers } from "./managers.ts";
import type { Release } from "./release.ts";
import { createTables, type Tables } from "./tables.ts";
import { TaskManager } from "./tasks.ts";

/** Everything that a command can see or change. */
export interface World {
  readonly store: Store;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly random: Random;
  readonly tasks: TaskManager;
  readonly managers: Managers;
  readonly release: Release;
}

export interface WorldOptions {
  readonly release: Release;
  /** How many managers there are; the first one starts as the active one. */
  readonly managers: number;
  /** Makes ids and keys repeatable. Absent: different each time. */
  readonly randomSeed?: number;
}

/** An empty cluster; `seedWorld` or a journal fills it. */
export function createWorld(options: WorldOptions): World {
  const clock = new Clock();
  const random = new Random(options.randomSeed);
  const store = new Store(
    () => clock.now(),
    () => random.uuid(),
  );
  return {
    store,
    tables: createTables(store),
    clock,
    random,
    tasks: new TaskManager(clock),
    managers: new Managers(options.managers),
    release: options.release,
  };
}
