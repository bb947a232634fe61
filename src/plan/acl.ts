import type { Role } from "../config/schema.ts";
import { type Flow, flows, type Party } from "./flows.ts";

/** One numbered rule of a tier's list. The first that fits decides. */
export interface AclRule {
  number: number;
  action: "allow" | "deny";
  trafficType: "ingress" | "egress";
  protocol: "tcp" | "all";
  /** The source of ingress, the destination of egress. */
  cidrs: string[];
  startPort?: number;
  endPort?: number;
  description: string;
}

/** What the flow table is resolved against. */
export interface Landscape {
  /** Tiers of the platform, by key. */
  platformTiers: readonly { key: string; cidr: string }[];
  /** The platform's machines: addresses in tiers, the first one with the default route. */
  machines: readonly { roles: readonly Role[]; hasGpu: boolean; legs: readonly { zone: string; address: string }[] }[];
  tenantBlock: string;
  /** Every slot of the block, with the key of its tenant's zone where it has one, and its share for serving machines. */
  slots: readonly { zone?: string; serving?: string }[];
}

/** Where a party is seen from outside (its address) and where it stands (its zones, none of ours for the world). */
interface Endpoint {
  zones: readonly string[];
  cidr: string;
}

const anywhere = "0.0.0.0/0";
export const managementZone = "management";

/** The rules of a zone's list: what the flow table allows across its border, then an explicit deny both ways. */
export function aclOf(zone: string, landscape: Landscape): AclRule[] {
  return [
    ...flows.flatMap((flow) => {
      const from = endpointsOf(flow.from, landscape);
      const to = endpointsOf(flow.to, landscape);
      return [...rule(flow, "ingress", zone, to, from), ...rule(flow, "egress", zone, from, to)];
    }),
    deny("ingress", 9000),
    deny("egress", 9001),
  ];
}

/** The flow as a rule of the zone where `ours` stand, if any; `theirs` are the other end. */
function rule(
  flow: Flow,
  trafficType: AclRule["trafficType"],
  zone: string,
  ours: readonly Endpoint[],
  theirs: readonly Endpoint[],
): AclRule[] {
  const here = ours.filter(({ zones }) => zones[0] === zone);
  // Whoever has a card in a common zone needs no router, and so no rule.
  const across = theirs.filter((their) => here.some((our) => !their.zones.some((key) => our.zones.includes(key))));
  if (across.length === 0) return [];
  return [
    {
      number: trafficType === "ingress" ? flow.number : flow.number + 1,
      action: "allow",
      trafficType,
      protocol: "tcp",
      cidrs: [...new Set(across.map(({ cidr }) => cidr))].sort(),
      startPort: flow.port,
      endPort: flow.port,
      description: `${flow.name} (${flow.source})`,
    },
  ];
}

function deny(trafficType: AclRule["trafficType"], number: number): AclRule {
  return {
    number,
    action: "deny",
    trafficType,
    protocol: "all",
    cidrs: [anywhere],
    description: "default deny (P1.5)",
  };
}

function endpointsOf(party: Party, { platformTiers, machines, tenantBlock, slots }: Landscape): Endpoint[] {
  switch (party) {
    case "world":
      return [{ zones: [], cidr: anywhere }];
    case "tenants":
      return slots.map(({ zone }) => ({ zones: zone === undefined ? [] : [zone], cidr: tenantBlock }));
    case "tenants' serving machines":
      return slots.flatMap(({ zone, serving }) =>
        serving === undefined ? [] : [{ zones: zone === undefined ? [] : [zone], cidr: serving }],
      );
    case "management zone":
      return platformTiers.filter(({ key }) => key === managementZone).map(({ key, cidr }) => ({ zones: [key], cidr }));
    case "platform zones":
      return platformTiers.filter(({ key }) => key !== managementZone).map(({ key, cidr }) => ({ zones: [key], cidr }));
    default:
      return machines
        .filter(({ roles, hasGpu }) => roles.includes(party.role) && (hasGpu || !party.withGpu))
        .map(({ legs }) => ({ zones: legs.map(({ zone }) => zone), cidr: `${legs[0]?.address}/32` }));
  }
}
