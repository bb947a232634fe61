import type { Instance } from "./instance.ts";
import type { ResourceType } from "./resource-types.ts";
import type { World } from "./world.ts";

/** How much of a type an account uses now; storage in bytes, memory in MiB. */
type Counter = (world: World, accountId: number) => number;

/** Counted, never booked: it cannot drift from what exists. Types that are not in the table are never used here. */
const counters: Partial<Record<ResourceType, Counter>> = {
  user_vm: (world, accountId) => instancesOf(world, accountId).length,
  cpu: (world, accountId) => sum(instancesOf(world, accountId).map((instance) => sizeOf(world, instance).cores)),
  memory: (world, accountId) => sum(instancesOf(world, accountId).map((instance) => sizeOf(world, instance).memoryMib)),
  gpu: (world, accountId) => sum(instancesOf(world, accountId).map((instance) => sizeOf(world, instance).gpus)),
  volume: (world, accountId) => volumesOf(world, accountId).length,
  primary_storage: (world, accountId) => sum(volumesOf(world, accountId).map((volume) => volume.size)),
  public_ip: ({ tables }, accountId) => tables.publicIps.where("accountId", accountId).length,
  network: ({ tables }, accountId) => tables.networks.where("accountId", accountId).length,
  vpc: ({ tables }, accountId) => tables.vpcs.where("accountId", accountId).length,
  template: ({ tables }, accountId) => tables.templates.where("accountId", accountId).length,
  secondary_storage: ({ tables }, accountId) =>
    sum(tables.templates.where("accountId", accountId).map((template) => template.sizeBytes)),
};

/** How much of this type the account uses now. */
export function usageOf(world: World, accountId: number, type: ResourceType): number {
  return counters[type]?.(world, accountId) ?? 0;
}

/** States in which an instance has given its share back. */
const released: readonly Instance["state"][] = ["Destroyed", "Expunging", "Error"];

function instancesOf({ tables }: World, accountId: number): Instance[] {
  return tables.instances.where("accountId", accountId).filter((instance) => !released.includes(instance.state));
}

function volumesOf({ tables }: World, accountId: number) {
  const counted = (state: string) => state !== "Destroy" && state !== "Expunged";
  return tables.volumes.where("accountId", accountId).filter((volume) => counted(volume.state));
}

function sizeOf({ tables }: World, { offeringId, details }: Instance) {
  const offering = tables.serviceOfferings.need(offeringId);
  return {
    cores: offering.cpuNumber ?? Number(details.cpuNumber ?? 0),
    memoryMib: offering.memory ?? Number(details.memory ?? 0),
    gpus: offering.gpuCount ?? 0,
  };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
