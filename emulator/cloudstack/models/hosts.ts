import { discoverGpus } from "./gpu-discovery.ts";
import { leaveHost } from "./high-availability.ts";
import type { Host } from "./infrastructure.ts";
import type { World } from "./world.ts";

/** Takes a host down or up again, as if its agent was lost or came back. */
export function setHostState(world: World, host: Host, state: Host["state"]): void {
  world.tables.hosts.update(host, { state });
  if (state === "Down") leaveHost(world, host);
  else discoverGpus(world, host);
}
