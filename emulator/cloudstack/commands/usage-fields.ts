import type { ResourceType } from "../models/resource-types.ts";

/** How answers name the limit of a type: `vmlimit`, `vmtotal`, `vmavailable`. */
export const usagePrefix: Readonly<Record<ResourceType, string>> = {
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

/** The order of the types in accounts and domains. */
export const usageOrder: readonly ResourceType[] = [
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

/** `limit`, `total` and `available` of one type; the limits are texts. */
export function usageFields(type: ResourceType, limit: string, total: number, available: string) {
  const prefix = usagePrefix[type];
  return { [`${prefix}limit`]: limit, [`${prefix}total`]: total, [`${prefix}available`]: available };
}

export const unlimitedText = "Unlimited";
