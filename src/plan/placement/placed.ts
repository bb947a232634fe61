import { builtInCards } from "../gpu/catalogue.ts";
import type { Way } from "../gpu/work.ts";
import { State } from "./state.ts";
import type { PlacementPlan } from "./types.ts";

/** The planner's state with everybody at the place that the plan gives them. */
export function stateOf({ input, places }: PlacementPlan): State {
  const catalogue = input.catalogue ?? builtInCards;
  const state = new State(input, catalogue);
  const hosts = new Map(state.hosts.map((host) => [host.host.name, host]));
  const machines = new Map(input.machines.map((machine) => [machine.name, machine]));
  for (const { machine: name, host: hostName, gpu } of places) {
    const machine = machines.get(name);
    const host = hosts.get(hostName);
    if (machine === undefined || host === undefined) continue;
    const model = gpu && catalogue.get(gpu.model);
    const profile = [...(model?.vgpu ?? []), ...(model?.timeSlicing ?? []), ...(model?.mig?.profiles ?? [])].find(
      ({ name: own }) => own === gpu?.profile,
    );
    const way: Way | undefined = gpu &&
      model && {
        mode: gpu.mode,
        model,
        profile,
        memoryGib: gpu.memoryGib,
        parts: gpu.cards.map(({ index, start }) => ({ card: index, ...(start !== undefined && { start }) })),
        waste: 0,
        mixed: 0,
        carved: 0,
        split: false,
      };
    state.put(machine, { host, way });
  }
  return state;
}
