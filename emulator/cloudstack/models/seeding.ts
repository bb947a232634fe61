import type { Seed } from "../seed.ts";
import { type Keys, seedIdentity } from "./identity-seed.ts";
import { seedInfrastructure } from "./infrastructure-seed.ts";
import type { World } from "./world.ts";

/** Milliseconds of the instant at which everything seeded was made, so that a reset gives the same rows again. */
export const seededAt = Date.parse("2026-01-01T00:00:00Z");

/** Fills an empty world; a family of things is one more function in the list, in the order of dependence. */
export function seedWorld(world: World, seed: Seed, keys: Keys): void {
  world.store.transaction(() => {
    seedIdentity(world, keys);
    for (const plant of [seedInfrastructure]) plant(world, seed);
  });
}
