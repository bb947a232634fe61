/** Devices as a whole: whether one can be given out, and what the state of a carved-up card follows from. */
import type { GpuDevice } from "./gpu.ts";
import type { World } from "./world.ts";

/** Whether an instance can ever have the device: not in Error, managed, and no mere carrier of others. */
export function isUsable({ type, state, managedState }: GpuDevice): boolean {
  return type !== "VGPUOnly" && state !== "Error" && managedState === "Managed";
}

/** Whether an instance can have the device now. */
export function isFree(device: GpuDevice): boolean {
  return isUsable(device) && device.state === "Free";
}

export function devicesOn({ tables }: Pick<World, "tables">, hostId: number): GpuDevice[] {
  return tables.gpuDevices.where("hostId", hostId);
}

/** The devices that an instance has. */
export function devicesOf({ tables }: Pick<World, "tables">, instanceId: number): GpuDevice[] {
  return tables.gpuDevices.where("instanceId", instanceId);
}

/** Brings a parent into the state that follows from its children: in Error when one is, partly taken when one is taken. */
export function refreshParent({ tables }: Pick<World, "tables">, parentId: number | undefined): void {
  const parent = tables.gpuDevices.get(parentId);
  if (parent === undefined) return;
  const children = tables.gpuDevices.where("parentId", parent.id).map(({ state }) => state);
  const taken = children.includes("Allocated") ? "PartiallyAllocated" : "Free";
  const state = children.includes("Error") ? "Error" : taken;
  if (state !== parent.state) tables.gpuDevices.update(parent, { state });
}

/** Takes the device away; the devices on it stay, without a parent. */
export function eraseDevice({ tables }: Pick<World, "tables">, device: GpuDevice): void {
  for (const child of tables.gpuDevices.where("parentId", device.id)) {
    tables.gpuDevices.update(child, { parentId: undefined });
  }
  tables.gpuDevices.erase(device);
}
