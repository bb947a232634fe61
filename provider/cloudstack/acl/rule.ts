/** One rule of a network ACL list, as the program writes it and as the server tells it. */
import { formats } from "../../core/formats.ts";
import type { Row } from "../client/client.ts";
import type { Params } from "../wire.ts";

export interface Rule {
  readonly number: number;
  readonly action: "allow" | "deny";
  readonly trafficType: "ingress" | "egress";
  /** tcp, udp, icmp, all, or a protocol's number. */
  readonly protocol: string;
  readonly cidrs: readonly string[];
  readonly startPort?: number | undefined;
  readonly endPort?: number | undefined;
  readonly icmpType?: number | undefined;
  readonly icmpCode?: number | undefined;
  readonly description?: string | undefined;
}

/** A rule that is there. */
export interface Item extends Rule {
  readonly id: string;
}

const protocolNames: Readonly<Record<string, string>> = { "1": "icmp", "6": "tcp", "17": "udp" };

/**
 * The one spelling that a router understands: it knows ports, types and codes of protocols in lower case letters only, and lets
 * all of a protocol pass that is given by its number (SetNetworkACLCommand, SetNetworkACLConfigItem).
 */
export function protocolName(protocol: string): string {
  const name = protocol.trim().toLowerCase();
  return protocolNames[name] ?? name;
}

/** A rule with everything spelled out as the server would fill it in; -1 = any. */
export type NormalRule = { readonly [K in keyof Rule]-?: NonNullable<Rule[K]> };

/** Two rules mean the same if these are equal. */
export function normal(rule: Rule): NormalRule {
  const protocol = protocolName(rule.protocol);
  const icmp = protocol === "icmp";
  const startPort = rule.startPort ?? -1;
  return {
    number: rule.number,
    action: rule.action,
    trafficType: rule.trafficType,
    protocol,
    cidrs: rule.cidrs.map((cidr) => (formats.cidr.test(cidr) ? formats.cidr.canonical(cidr) : cidr)).sort(),
    startPort,
    endPort: rule.endPort ?? startPort,
    icmpType: icmp ? (rule.icmpType ?? -1) : -1,
    icmpCode: icmp ? (rule.icmpCode ?? -1) : -1,
    description: rule.description ?? "",
  };
}

/** Same number, same meaning, same description. */
export function isSame(a: Rule, b: Rule): boolean {
  return JSON.stringify(normal(a)) === JSON.stringify(normal(b));
}

export function itemOf(row: Row): Item {
  const whole = (value: unknown) => (value === undefined || value === "" ? undefined : Number(value));
  // Ports beside a number mean nothing to the router.
  const hasPorts = !/^\d+$/.test(String(row.protocol));
  return {
    id: String(row.id),
    number: Number(row.number),
    action: String(row.action).toLowerCase() === "deny" ? "deny" : "allow",
    trafficType: String(row.traffictype).toLowerCase() === "egress" ? "egress" : "ingress",
    protocol: String(row.protocol).toLowerCase(),
    cidrs: String(row.cidrlist ?? "")
      .split(",")
      .filter(Boolean),
    startPort: hasPorts ? whole(row.startport) : undefined,
    endPort: hasPorts ? whole(row.endport) : undefined,
    icmpType: whole(row.icmptype),
    icmpCode: whole(row.icmpcode),
    description: typeof row.reason === "string" ? row.reason : undefined,
  };
}

/** The rule's parameters for createNetworkACL and, with `partialupgrade: false`, updateNetworkACLItem. */
export function ruleParams(rule: Rule): Params {
  const protocol = protocolName(rule.protocol);
  // A create fills these in, an update does not, and the router cannot read an ICMP rule without them.
  const any = protocol === "icmp" ? -1 : undefined;
  return {
    number: rule.number,
    action: rule.action,
    traffictype: rule.trafficType,
    protocol,
    cidrlist: rule.cidrs.join(","),
    startport: rule.startPort,
    endport: rule.endPort ?? rule.startPort,
    icmptype: rule.icmpType ?? any,
    icmpcode: rule.icmpCode ?? any,
    reason: rule.description,
  };
}
