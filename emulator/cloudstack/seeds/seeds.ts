import { defaultSeed, type Seed } from "../seed.ts";
import { civilComplaintSeed, demoGpuSeed, documentTaggingSeed, enterpriseSeed } from "./platforms.ts";
import { simulatorSeed } from "./simulator.ts";

/** Seeds by name: the default one, one for each profile that needs other hosts, and the zone of the recordings. */
export const cloudSeeds = {
  default: defaultSeed,
  "demo-gpu": demoGpuSeed,
  enterprise: enterpriseSeed,
  "civil-complaint": civilComplaintSeed,
  "document-tagging": documentTaggingSeed,
  simulator: simulatorSeed,
} as const satisfies Record<string, Seed>;

export type CloudSeedName = keyof typeof cloudSeeds;

export function isSeedName(name: string): name is CloudSeedName {
  return Object.hasOwn(cloudSeeds, name);
}
