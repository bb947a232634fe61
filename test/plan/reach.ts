import type { AclRule } from "../../src/plan/acl.ts";
import { contains, parseAddress, parseCidr } from "../../src/plan/cidr.ts";
import type { Plan } from "../../src/plan/plan.ts";

/** Whether a machine can open a connection to another one, as the routers decide it: by the zones' rules alone. */
export function canReach(plan: Plan, from: string, to: string, port: number): boolean {
  const tiers = [...plan.network.zones, ...plan.tenants.flatMap(({ zone }) => zone ?? [])].filter(
    (zone) => zone.kind === "tier",
  );
  const machines = [...plan.tenants, plan.gate, plan.sharedAi, plan.edge].flatMap((layer) => layer.machines);
  const legsOf = (name: string) => machines.find((machine) => machine.name === name)?.legs ?? [];
  const [source] = legsOf(from);
  return legsOf(to).some((target) => {
    if (source === undefined || legsOf(from).some(({ zone }) => zone === target.zone)) return source !== undefined;
    if (target.kind === "l2") return false;
    const rulesOf = (key: string) => tiers.find((tier) => tier.key === key)?.rules ?? [];
    return (
      allows(rulesOf(source.zone), "egress", target.address, port) &&
      allows(rulesOf(target.zone), "ingress", source.address, port)
    );
  });
}

/** The first rule of the direction that fits decides; none fits means no. */
export function allows(
  rules: readonly AclRule[],
  direction: AclRule["trafficType"],
  address: string,
  port: number,
): boolean {
  const base = parseAddress(address);
  const decisive = [...rules]
    .sort((one, other) => one.number - other.number)
    .find(
      ({ trafficType, cidrs, protocol, startPort = 0, endPort = 0 }) =>
        trafficType === direction &&
        (protocol === "all" || (startPort <= port && port <= endPort)) &&
        cidrs.some((text) => {
          const cidr = parseCidr(text);
          return cidr !== undefined && base !== undefined && contains(cidr, { base, prefix: 32 });
        }),
    );
  return decisive?.action === "allow";
}
