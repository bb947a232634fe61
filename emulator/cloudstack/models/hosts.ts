import type { Host } from "./infrastructure.ts";
import type { World } from "./world.ts";

/** Takes a host down or up again, as if its agent was lost or came back. */
export function setHostState({ tables }: World, host: Host, state: Host["state"]): void {
  tables.hosts.update(host, { state });
}
