import { affinitiesOf } from "./affinity.ts";
import { ApiError } from "./errors.ts";
import { takeGpus } from "./gpu-allocation.ts";
import { hostsWithoutDevices, startWith } from "./host-devices.ts";
import type { Host } from "./infrastructure.ts";
import type { Instance } from "./instance.ts";
import { stop } from "./instances.ts";
import { chooseHost } from "./placement.ts";
import { demandOf, hostRooms, routerDemand } from "./rooms.ts";
import type { World } from "./world.ts";

/** What happens to what ran on a host that went down: routers and HA instances start elsewhere, the others are stopped. */
export function leaveHost(world: World, host: Host): void {
  const { tables } = world;
  for (const router of tables.routers.where("hostId", host.id)) {
    tables.routers.update(router, { hostId: chooseHost(hostRooms(world), routerDemand, [])?.id });
  }
  for (const instance of tables.instances.where("hostId", host.id)) restartElsewhere(world, instance);
}

function restartElsewhere(world: World, instance: Instance): void {
  stop(world, instance);
  if (!instance.haEnabled) return;
  try {
    startElsewhere(world, instance);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** @throws {ApiError} when what was added to the instance cannot be started any more */
function startElsewhere(world: World, instance: Instance): void {
  // What was given devices starts only where such devices are.
  const wishes = { avoid: new Set(hostsWithoutDevices(world, instance).keys()) };
  const target = chooseHost(
    hostRooms(world, instance),
    demandOf(world, instance),
    affinitiesOf(world, instance),
    wishes,
  );
  if (target === undefined) return;
  takeGpus(world, instance, target.id);
  const place = { hostId: target.id, lastHostId: target.id };
  world.tables.instances.update(instance, { state: "Running", ...place, lastStart: startWith(instance, target.id) });
}
