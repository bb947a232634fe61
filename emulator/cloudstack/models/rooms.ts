/** What is left on every host, counted anew from what runs there. */
import { freeGpus, gpuDemandOf } from "./gpu-allocation.ts";
import { devicesOn } from "./gpu-devices.ts";
import type { Host } from "./infrastructure.ts";
import type { Instance } from "./instance.ts";
import type { Demand, HostRoom } from "./placement.ts";
import type { World } from "./world.ts";

const mib = 2 ** 20;

/** "System Offering For Software Router". */
export const routerDemand: Demand = { cores: 1, coreMhz: 500, memoryMib: 512, hostTags: [] };

/** The states in which an instance takes room on a host. */
const occupying: readonly Instance["state"][] = ["Starting", "Running", "Stopping", "Migrating"];

export interface HostUse {
  readonly mhz: number;
  readonly memoryMib: number;
  readonly cores: number;
}

/** What instances and routers take on a host. */
export function useOf(world: World, host: Host): HostUse {
  const { tables } = world;
  const demands = [
    ...tables.instances
      .where("hostId", host.id)
      .filter((instance) => occupying.includes(instance.state))
      .map((instance) => demandOf(world, instance)),
    ...tables.routers.where("hostId", host.id).map(() => routerDemand),
  ];
  return {
    mhz: sum(demands.map((demand) => demand.cores * demand.coreMhz)),
    memoryMib: sum(demands.map((demand) => demand.memoryMib)),
    cores: sum(demands.map((demand) => demand.cores)),
  };
}

/** The room on every host, with the cluster's overcommit; GPUs that the instance has already count as free for it. */
export function hostRooms(world: World, holder?: Instance): HostRoom[] {
  return [...world.tables.hosts.live()].map((host) => {
    const cluster = world.tables.clusters.need(host.clusterId);
    const use = useOf(world, host);
    return {
      id: host.id,
      usable: host.state === "Up",
      cores: host.cores,
      coreMhz: host.cpuSpeedMhz,
      freeMhz: host.cores * host.cpuSpeedMhz * cluster.cpuOvercommit - use.mhz,
      freeMemoryMib: (host.memoryBytes / mib) * cluster.memoryOvercommit - use.memoryMib,
      tags: host.tags,
      ...(devicesOn(world, host.id).length > 0 ? { gpus: freeGpus(world, host.id, holder) } : {}),
    };
  });
}

/** What an instance needs, by its offering. */
export function demandOf(world: World, instance: Pick<Instance, "offeringId" | "details">): Demand {
  const offering = world.tables.serviceOfferings.need(instance.offeringId);
  const gpus = gpuDemandOf(world, offering.id);
  return {
    cores: offering.cpuNumber ?? Number(instance.details.cpuNumber ?? 1),
    coreMhz: offering.cpuSpeed ?? Number(instance.details.cpuSpeed ?? 0),
    memoryMib: offering.memory ?? Number(instance.details.memory ?? 0),
    hostTags: (offering.hostTags ?? "").split(",").filter((tag) => tag !== ""),
    ...(gpus ? { gpus } : {}),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
