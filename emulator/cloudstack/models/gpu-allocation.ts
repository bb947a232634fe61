/** Gives devices to instances and takes them back, as `GpuServiceImpl` does. */
import { fail } from "./errors.ts";
import type { GpuDemand, GpuDevice } from "./gpu.ts";
import { devicesOf, devicesOn, isFree, refreshParent } from "./gpu-devices.ts";
import type { Instance } from "./instance.ts";
import { settingValue } from "./settings.ts";
import type { World } from "./world.ts";

/** What the instance needs by its offering. An offering with a count but no profile costs quota and gets nothing. */
export function gpuDemandOf({ tables }: Pick<World, "tables">, offeringId: number): GpuDemand | undefined {
  const { vgpuProfileId, gpuCount } = tables.serviceOfferings.need(offeringId);
  return vgpuProfileId === undefined ? undefined : { profileId: vgpuProfileId, count: gpuCount ?? 1 };
}

/** How many devices of each profile a host has left for an instance: those it has there already are its own. */
export function freeGpus(world: World, hostId: number, holder?: Pick<Instance, "id">): ReadonlyMap<number, number> {
  const free = new Map<number, number>();
  for (const device of devicesOn(world, hostId)) {
    const isOwn = holder !== undefined && device.instanceId === holder.id && device.state !== "Error";
    if (isOwn || isFree(device)) free.set(device.profileId, (free.get(device.profileId) ?? 0) + 1);
  }
  return free;
}

/** Gives an instance the devices that it needs on a host, and takes back those it had. @throws {ApiError} 530 too few */
export function takeGpus(world: World, instance: Instance, hostId: number): void {
  releaseGpus(world, instance);
  const demand = gpuDemandOf(world, instance.offeringId);
  if (demand === undefined) return;
  const available = devicesOn(world, hostId).filter((one) => one.profileId === demand.profileId && isFree(one));
  if (available.length < demand.count) {
    throw fail("runtime", `Not enough GPU devices available for VM ${instance.uuid}`);
  }
  for (const device of chooseDevices(available, demand.count)) {
    world.tables.gpuDevices.update(device, { state: "Allocated", instanceId: instance.id });
    refreshParent(world, device.parentId);
  }
}

/** Takes back every device of an instance. One that its host no longer reports stays in Error. */
export function releaseGpus(world: World, instance: Instance): void {
  for (const device of devicesOf(world, instance.id)) {
    const state = device.state === "Error" ? "Error" : "Free";
    world.tables.gpuDevices.update(device, { state, instanceId: undefined });
    refreshParent(world, device.parentId);
  }
}

/** A stopped instance keeps its devices, unless `gpu.detach.on.stop` says otherwise for its domain. */
export function stopGpus(world: World, instance: Instance): void {
  const place = { scope: "domain", scopeId: instance.domainId } as const;
  if (settingValue(world, "gpu.detach.on.stop", place) === "true") releaseGpus(world, instance);
}

/**
 * The best of the available devices, of which there are enough: on one NUMA node behind one PCI root, else on one NUMA node
 * (the one with fewest to spare), else spread over nodes.
 */
export function chooseDevices(available: readonly GpuDevice[], count: number): readonly GpuDevice[] {
  const nodes = [...Map.groupBy(available, (device) => device.numaNode).values()];
  const roots = nodes.flatMap(byRoot);
  const close = roots.find((devices) => devices.length >= count);
  if (close !== undefined) return close.slice(0, count);
  const bySize = nodes.toSorted((a, b) => a.length - b.length);
  const node = bySize.find((devices) => devices.length >= count);
  const order = node === undefined ? bySize : [node];
  return order
    .flatMap((devices) =>
      byRoot(devices)
        .toSorted((a, b) => b.length - a.length)
        .flat(),
    )
    .slice(0, count);
}

function byRoot(devices: readonly GpuDevice[]): GpuDevice[][] {
  return [...Map.groupBy(devices, (device) => device.pciRoot).values()];
}
