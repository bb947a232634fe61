import type { PlatformMachine, Role, TenantMachine } from "../config/schema.ts";
import { addressIn, macOf } from "./addresses.ts";
import { sizeKey } from "./catalogue.ts";
import { type Cidr, formatAddress } from "./cidr.ts";
import { physicalName } from "./names.ts";

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
  roles: readonly Role[];
  cpus: number;
  memoryGib: number;
  /** Key of its size. */
  size: string;
  rootDiskGib: number;
  /** The first one carries the default route. */
  legs: [Leg, ...Leg[]];
  data?: { name: string; sizeGib: number; folders: readonly string[] };
  /** Name of the affinity group that keeps its replicas and it apart; absent where it has no replica. */
  replicaGroup?: string;
}

/** A zone as far as machines standing in it are concerned. */
export interface Ground {
  key: string;
  kind: "tier" | "l2";
  cidr: Cidr;
}

/** Machines of one owner with their addresses in the given zones, replicas grouped. */
export function planMachines<Machine extends TenantMachine | PlatformMachine>(
  platform: string,
  machines: readonly Machine[],
  groundsOf: (machine: Machine) => readonly Ground[],
): MachinePlan[] {
  return machines.map((machine) => {
    const use = useOf(machine);
    const replicated = machines.filter((other) => useOf(other) === use).length > 1;
    const { name, roles, cpus, memory, disk, data } = machine;
    return {
      name,
      roles,
      cpus,
      memoryGib: memory,
      size: sizeKey(cpus, memory),
      rootDiskGib: disk,
      legs: legsOf(machine, groundsOf(machine)),
      ...(data && { data: { name: physicalName("volume", name, "data"), sizeGib: data.size, folders: data.folders } }),
      ...(replicated && { replicaGroup: physicalName("affinityGroup", platform, use) }),
    };
  });
}

/** What a machine is for; machines of the same use are replicas of each other. */
function useOf({ roles }: { roles: readonly Role[] }): string {
  return [...roles].sort().join("-");
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
