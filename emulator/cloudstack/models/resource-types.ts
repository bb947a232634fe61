/** What can be limited, in the order of the numbers in the API (`Resource.ResourceType`). */
export const resourceTypes = [
  "user_vm",
  "public_ip",
  "volume",
  "snapshot",
  "template",
  "project",
  "network",
  "vpc",
  "cpu",
  "memory",
  "primary_storage",
  "secondary_storage",
  "backup",
  "backup_storage",
  "bucket",
  "object_storage",
  "gpu",
] as const;

export type ResourceType = (typeof resourceTypes)[number];

/** Limits of these are set and shown in GiB and counted in bytes. */
const storageTypes = new Set<ResourceType>([
  "primary_storage",
  "secondary_storage",
  "backup_storage",
  "object_storage",
]);

export function isStorage(type: ResourceType): boolean {
  return storageTypes.has(type);
}

/** Names of the settings with the default limits, after `max.account.` and `max.domain.`. */
export const settingNames: Readonly<Record<ResourceType, string>> = {
  user_vm: "user.vms",
  public_ip: "public.ips",
  volume: "volumes",
  snapshot: "snapshots",
  template: "templates",
  project: "projects",
  network: "networks",
  vpc: "vpcs",
  cpu: "cpus",
  memory: "memory",
  primary_storage: "primary.storage",
  secondary_storage: "secondary.storage",
  backup: "backups",
  backup_storage: "backup.storage",
  bucket: "buckets",
  object_storage: "object.storage",
  gpu: "gpus",
};
