import { knows } from "../models/flavor.ts";
import type { ResourceType } from "../models/resource-types.ts";
import type { World } from "../models/world.ts";

/** How answers name the limit of a type: `vmlimit`, `vmtotal`, `vmavailable`. */
const prefixes: Readonly<Record<ResourceType, string>> = {
  user_vm: "vm",
  public_ip: "ip",
  volume: "volume",
  snapshot: "snapshot",
  template: "template",
  project: "project",
  network: "network",
  vpc: "vpc",
  cpu: "cpu",
  memory: "memory",
  primary_storage: "primarystorage",
  secondary_storage: "secondarystorage",
  backup: "backup",
  backup_storage: "backupstorage",
  bucket: "bucket",
  object_storage: "objectstorage",
  gpu: "gpu",
};

const order: readonly ResourceType[] = [
  "user_vm",
  "public_ip",
  "volume",
  "snapshot",
  "backup",
  "backup_storage",
  "template",
  "project",
  "network",
  "vpc",
  "cpu",
  "memory",
  "gpu",
  "primary_storage",
  "secondary_storage",
  "bucket",
  "object_storage",
];

/** The types that the server tells of accounts and domains, in its order. */
export function usageOrder(world: World): ResourceType[] {
  return order.filter((type) => knows(world, type));
}

type Names = readonly [limit: string, total: string, available: string];

/** Made once: a list of a hundred domains has five thousand of them. */
const names = Object.fromEntries(
  Object.entries(prefixes).map(([type, prefix]) => [type, [`${prefix}limit`, `${prefix}total`, `${prefix}available`]]),
) as unknown as Readonly<Record<ResourceType, Names>>;

/** `limit`, `total` and `available` of one type; the limits are texts. */
export function usageFields(type: ResourceType, limit: string, total: number, available: string) {
  const [limitName, totalName, availableName] = names[type];
  return { [limitName]: limit, [totalName]: total, [availableName]: available };
}

export const unlimitedText = "Unlimited";
