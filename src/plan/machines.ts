import type { PlatformMachine, Role, TenantMachine } from "../config/schema.ts";
import { addressIn, macOf } from "./addresses.ts";
import { sizeKey } from "./catalogue.ts";
import { type Cidr, formatAddress } from "./cidr.ts";
import type { GpuShare } from "./gpu-share.ts";
import { physicalName } from "./names.ts";
import type { Awaits } from "./start-order.ts";

/** One network card. */
export interface Leg {
  /** Key of the zone. */
  zone: string;
  kind: "tier" | "l2";
  address: string;
  prefix: number;
  /** Fixed on every card but the first, which is configured by DHCP. */
  mac?: string;
}

export interface MachinePlan {
  /** Host name and identity. */
  name: string;
  /** The machine of an earlier profile that it carries on. */
  formerly?: string;
  roles: readonly Role[];
  cpus: number;
  memoryGib: number;
  /** Key of its size. */
  size: string;
  rootDiskGib: number;
  /** The first one carries the default route. */
  legs: [Leg, ...Leg[]];
  /** Keys of tiers without a leg of its own that must be there before it starts. */
  awaits: readonly string[];
  data?: DataPlan;
  gpu?: GpuShare;
  /** Name on the server of the host that the placement gives it, where the profile says it. */
  server?: string;
  /** Whether it starts elsewhere when its host fails. */
  ha: boolean;
  /** Who is to go first then: a tag, CloudStack itself restarts in no order. */
  priority: "high" | "medium" | "low";
  /** What runs inside; absent where it is a bare guest. */
  template?: readonly Role[];
}

/** A volume of its own. */
export interface DataPlan {
  name: string;
  /** What the volume was called in an earlier profile. */
  formerly?: string;
  sizeGib: number;
  folders: readonly string[];
  pool?: string;
  encrypted?: true;
}

/** A zone as far as machines standing in it are concerned. */
export interface Ground {
  key: string;
  kind: "tier" | "l2";
  cidr: Cidr;
}

/** What holds for all machines of a profile. */
export interface Surroundings {
  /** Where the placement put machines. */
  homes: Homes;
  awaits: Awaits;
  /** Whether machines are set up for their roles. */
  software: boolean;
  /** Whether guests encrypt their data volumes (P1.6). */
  encryption: boolean;
}

/** What a machine has of the cards, and its host's name on the server where the profile says it; nothing where nothing is placed. */
export type Homes = (machine: TenantMachine | PlatformMachine) => Pick<MachinePlan, "gpu" | "server">;

/** Machines with their addresses in the given zones, and what the placement found for them. */
export function planMachines<Machine extends TenantMachine | PlatformMachine>(
  machines: readonly Machine[],
  groundsOf: (machine: Machine) => readonly Ground[],
  { homes, awaits, software, encryption }: Surroundings,
): MachinePlan[] {
  return machines.map((machine) => {
    const { name, formerly, roles, cpus, memory, disk, data, priority } = machine;
    const { gpu, server } = homes(machine);
    const ha = staysUp(machine);
    return {
      name,
      ...(formerly !== undefined && { formerly }),
      roles,
      cpus,
      memoryGib: memory,
      size: sizeKey({ cpus, memoryGib: memory, gpu, ha }),
      rootDiskGib: disk,
      legs: legsOf(machine, groundsOf(machine)),
      awaits: awaits(machine),
      ...(data && { data: { ...dataOf(name, data), ...(encryption && { encrypted: true as const }) } }),
      ...(gpu && { gpu }),
      ...(server !== undefined && { server }),
      ha,
      priority,
      ...(software && { template: roles }),
    };
  });
}

/** With a share of a card, starting elsewhere needs the same share free there: a promise only where the profile makes it. */
export function staysUp({ ha, gpu }: Pick<TenantMachine, "ha" | "gpu">): boolean {
  return ha ?? gpu === undefined;
}

function dataOf(machine: string, { size, folders, pool, formerly }: NonNullable<TenantMachine["data"]>): DataPlan {
  const nameOf = (of: string) => physicalName("volume", of, "data");
  return {
    name: nameOf(machine),
    ...(formerly !== undefined && { formerly: nameOf(formerly) }),
    sizeGib: size,
    folders,
    ...(pool !== undefined && { pool }),
  };
}

function legsOf(machine: TenantMachine | PlatformMachine, grounds: readonly Ground[]): [Leg, ...Leg[]] {
  const [first, ...others] = grounds.map(({ key, kind, cidr }, index) => {
    const address = addressIn(cidr, machine);
    if (address === undefined) throw new RangeError(`${machine.name} has no address in zone ${key}`);
    const leg: Leg = { zone: key, kind, address: formatAddress(address), prefix: cidr.prefix };
    return index === 0 ? leg : { ...leg, mac: macOf(address) };
  });
  if (first === undefined) throw new RangeError(`${machine.name} stands in no zone`);
  return [first, ...others];
}
