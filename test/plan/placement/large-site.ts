import type { PlacedMachine, PlacementInput, Rule } from "../../../src/plan/placement/types.ts";
import { host, machine, vgpu, whole } from "./profiles.ts";

/** A site of so many VMs, ten a tenant, twenty a host; every fifth host has four cards. */
export function largeSite(vms: number): PlacementInput {
  const tenants = Array.from({ length: vms / 10 }, (_, order) => order);
  const machinesOf = (order: number): PlacedMachine[] =>
    Array.from({ length: 10 }, (_, index) => {
      const size = 1 + (index % 3);
      const gpu =
        index === 0
          ? vgpu(order % 2 === 0 ? 4 : 8)
          : index === 1 && order % 20 === 0
            ? whole(1, "training")
            : undefined;
      return machine(`t${order}-vm-${index}`, 2 * size, 8 * size, { order, ...(gpu && { gpu }) });
    });
  const rulesOf = (order: number): Rule[] => [
    { id: `${order}-apart`, kind: "apart", strict: true, machines: [`t${order}-vm-8`, `t${order}-vm-9`] },
    { id: `${order}-together`, kind: "together", strict: false, machines: [`t${order}-vm-2`, `t${order}-vm-3`] },
  ];
  return {
    hosts: Array.from({ length: vms / 20 }, (_, index) =>
      host(`host-${index}`, 64, 512, index % 5 === 0 ? 4 : 0, { rack: `rack-${index % 10}` }),
    ),
    machines: tenants.flatMap(machinesOf),
    rules: tenants.flatMap(rulesOf),
    overcommit: { cpu: 2, memory: 1 },
  };
}
