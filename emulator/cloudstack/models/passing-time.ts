import { expunge, overdue } from "./instances.ts";
import type { World } from "./world.ts";

/** Does what a real server's background tasks have done by now. */
export function passTime(world: World): void {
  const due = overdue(world);
  if (due.length === 0) return;
  world.store.transaction(() => {
    for (const instance of due) expunge(world, instance);
  });
}
