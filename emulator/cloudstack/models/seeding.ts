import type { Seed } from "../seed.ts";
import { seedAcls } from "./acl-seed.ts";
import { seedHostDevices } from "./host-devices-seed.ts";
import { type Keys, seedIdentity } from "./identity-seed.ts";
import { seedInfrastructure } from "./infrastructure-seed.ts";
import { seedOfferings } from "./offerings-seed.ts";
import { stableUuid } from "./random.ts";
import { seedTemplates } from "./templates-seed.ts";
import type { World } from "./world.ts";

/** Milliseconds of the instant at which everything seeded was made, so that a reset gives the same rows again. */
export const seededAt = Date.parse("2026-01-01T00:00:00Z");

/** Fills an empty world; a family of things is one more function in the list, in the order of dependence. */
export function seedWorld(world: World, seed: Seed, keys: Keys): void {
  world.store.transaction(() => {
    seedIdentity(world, keys);
    for (const plant of [seedInfrastructure, seedHostDevices, seedOfferings, seedTemplates, seedAcls, seedSettings])
      plant(world, seed);
  });
}

function seedSettings({ tables }: World, seed: Seed): void {
  for (const [name, value] of Object.entries(seed.settings ?? {})) {
    tables.settings.insert({
      uuid: stableUuid(`setting/${name}`),
      created: seededAt,
      name,
      value,
      scope: "global",
      scopeId: 0,
    });
  }
}
