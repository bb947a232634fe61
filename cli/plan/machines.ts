import type { GroupPlan } from "../../src/plan/groups.ts";
import type { MachinePlan } from "../../src/plan/machines.ts";
import { type Mobility, mobilityOf } from "../../src/plan/placement/mobility.ts";
import type { Place } from "../../src/plan/placement/types.ts";
import { machinesOf, type Plan } from "../../src/plan/plan.ts";
import { type Layer, type LiveMigration, platformOwner, type VmGpu, type VmReport } from "./report.ts";

interface Belonging {
  owner: string;
  layer: Layer;
  groups: readonly GroupPlan[];
  /** Of volumes that name none; absent: the zone's primary storage. */
  pool?: string;
}

/** Every machine with where it stands and what it has. */
export function vmsOf(plan: Plan): VmReport[] {
  const places = new Map(plan.placement?.places.map((place) => [place.machine, place]));
  const moves = new Map(mobilitiesOf(plan).map((mobility) => [mobility.machine, mobility]));
  const vlans = vlansOf(plan);
  const report = (machine: MachinePlan, belonging: Belonging) =>
    vmOf(machine, belonging, { plan, vlans, place: places.get(machine.name), mobility: moves.get(machine.name) });
  const platform = (layer: Layer): Belonging => ({ owner: platformOwner, layer, groups: plan.groups });
  return [
    ...plan.tenants.flatMap(({ name: owner, machines, groups, storage }) => {
      const pool = storage.kind === "pool" && { pool: storage.name };
      return machines.map((machine) => report(machine, { owner, layer: 1, groups, ...pool }));
    }),
    ...plan.gate.machines.map((machine) => report(machine, platform(2))),
    ...plan.sharedAi.machines.map((machine) => report(machine, platform(3))),
    ...plan.edge.machines.map((machine) => report(machine, platform(4))),
  ];
}

function mobilitiesOf(plan: Plan): Mobility[] {
  if (plan.placement === undefined) return [];
  const devices = new Map(machinesOf(plan).map(({ name, gpu }) => [name, gpu?.devices]));
  return mobilityOf(plan.placement, (machine) => devices.get(machine));
}

interface Whereabouts {
  plan: Plan;
  vlans: ReadonlyMap<string, number>;
  place: Place | undefined;
  mobility: Mobility | undefined;
}

function vmOf(
  machine: MachinePlan,
  { owner, layer, groups, pool }: Belonging,
  { plan, vlans, place, mobility }: Whereabouts,
): VmReport {
  const { name, roles, cpus, memoryGib, rootDiskGib, data, legs, ha, priority, template } = machine;
  const gpu = gpuOf(machine, place);
  return {
    name,
    owner,
    layer,
    roles,
    vcpus: cpus,
    memoryGiB: memoryGib,
    rootDiskGiB: rootDiskGib,
    ...(data && { data: dataOf(data, plan, pool) }),
    ...(gpu && { gpu }),
    nics: legs.map(({ zone, address }) => ({ zone, vlan: vlans.get(zone) ?? 0, address })),
    ...(place && { host: place.host }),
    ...(place?.rack !== undefined && { rack: place.rack }),
    ha,
    priority,
    ...(mobility && { liveMigration: migrationOf(mobility) }),
    groups: groups.filter(({ members }) => members.includes(name)).map((group) => group.name),
    ...(template !== undefined && { template }),
  };
}

function migrationOf({ targets, because }: Mobility): LiveMigration {
  return { possible: because === undefined, targets, ...(because !== undefined && { because }) };
}

function dataOf(
  { name, sizeGib, folders, pool }: NonNullable<MachinePlan["data"]>,
  { storage }: Plan,
  own: string | undefined,
): NonNullable<VmReport["data"]> {
  const target = (pool === undefined ? undefined : storage.blocks[pool]?.name) ?? own;
  return { name, sizeGiB: sizeGib, ...(target !== undefined && { pool: target }), folders };
}

function gpuOf({ gpu }: MachinePlan, place: Place | undefined): VmGpu | undefined {
  if (gpu === undefined || place?.gpu === undefined) return undefined;
  const { model, profile, count, memoryGib } = gpu;
  const { mode, cards, reason } = place.gpu;
  const where = { host: place.host, cards: cards.map(({ index }) => index) };
  return { mode, model, profile, count, memoryGiB: memoryGib, ...where, reason };
}

function vlansOf({ network, tenants }: Plan): Map<string, number> {
  const zones = [...network.zones, ...tenants.flatMap(({ zone }) => zone ?? [])];
  return new Map(zones.map(({ key, vlan }) => [key, vlan]));
}
