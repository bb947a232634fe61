import { failDeployment, stop } from "./instances.ts";
import type { World } from "./world.ts";

/** Ends what a killed process left unfinished, as a restarted management server does: jobs fail, instances come to rest. */
export function recover(world: World): void {
  const { store, tables, jobs } = world;
  store.transaction(() => {
    jobs.expire();
    for (const job of jobs.cancelInterrupted()) {
      const instance =
        job.command === "deployVirtualMachine" ? tables.instances.byUuid(job.instanceId ?? "") : undefined;
      if (instance && instance.removed === undefined) failDeployment(world, instance);
    }
    for (const instance of tables.instances.live()) {
      if (instance.state === "Migrating") tables.instances.update(instance, { state: "Running" });
      if (instance.state === "Starting" || instance.state === "Stopping") stop(world, instance);
    }
  });
}
