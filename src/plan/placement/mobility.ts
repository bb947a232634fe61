import type { GpuShare } from "../gpu-share.ts";
import { stateOf } from "./placed.ts";
import type { HostWork, State } from "./state.ts";
import type { Place, PlacedMachine, PlacementPlan } from "./types.ts";

/** Whether a machine can move to another host while it runs (T6). */
export interface Mobility {
  machine: string;
  /** How many other hosts could take it as everything else stands; 0 where it cannot move. */
  targets: number;
  /** Why it cannot; absent where it can. */
  because?: string;
}

/**
 * For every machine of the plan whether live migration can move it, in the order of the plan's places. What is attached to
 * its host keeps it there: CloudStack moves no running machine with a share of a card (`UserVmManagerImpl.migrateVirtualMachine`),
 * nor can a PCI device follow. Otherwise another host must have room for it beside those that it has, by vCPU,
 * memory and strict rules. Disks are never in the way: the offerings ask for shared storage (`src/parts/catalogue.ts`).
 * @param devicesOf PCI devices that the profile names for a machine (Mold)
 */
export function mobilityOf(
  plan: PlacementPlan,
  devicesOf: (machine: string) => GpuShare["devices"] = () => undefined,
): Mobility[] {
  const state = stateOf(plan);
  const machines = new Map(plan.input.machines.map((machine) => [machine.name, machine]));
  return plan.places.flatMap((place): Mobility[] => {
    const machine = machines.get(place.machine);
    if (machine === undefined) return [];
    const tie = tieOf(place, devicesOf(place.machine));
    if (tie !== undefined) return [{ machine: place.machine, targets: 0, because: tie }];
    const others = state.hosts.filter(({ host }) => host.name !== place.host);
    const targets = others.filter((host) => state.admits(host, machine)).length;
    if (targets > 0) return [{ machine: place.machine, targets }];
    return [{ machine: place.machine, targets, because: obstacleOf(state, machine, others) }];
  });
}

/** What of its host the machine holds. */
function tieOf({ host, gpu }: Place, devices: GpuShare["devices"]): string | undefined {
  if (devices !== undefined) {
    return `PCI devices of host ${devices.server} are attached to it: ${devices.busAddresses.join(", ")}`;
  }
  if (gpu === undefined) return undefined;
  const { mode, model, cards, serverProfile = model } = gpu;
  if (mode === "passthrough") return `it has ${cards.length} whole ${model} of ${host}`;
  return `it has ${cards.length} × ${serverProfile} of a card of ${host}`;
}

/** What the other hosts lack. */
function obstacleOf(state: State, machine: PlacedMachine, others: readonly HostWork[]): string {
  const { cpus, memoryGib } = machine;
  if (others.length === 0) return "there is no other host";
  const roomy = others.filter(
    (host) => host.usedVcpus + cpus <= host.vcpus && host.usedGib + memoryGib <= host.memoryGib,
  );
  if (roomy.length === 0) return `no other host has room for ${cpus} vCPU, ${memoryGib} GiB`;
  const rules = new Set(roomy.flatMap((host) => state.blocking(host, machine)?.id ?? []));
  const names = roomy.map(({ host }) => host.name).slice(0, 5);
  const more = roomy.length > names.length ? ` and ${roomy.length - names.length} more` : "";
  const rest = roomy.length < others.length ? "; the others have no room for it" : "";
  return `${[...rules].join(", ")} keeps it off ${names.join(", ")}${more}${rest}`;
}
