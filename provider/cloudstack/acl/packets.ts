/**
 * What rules do to packets. Rules can tell apart only finitely many kinds of packets: one packet for every combination of the
 * ends of their ranges stands for all of them, so that a question about all packets can be answered by trying these.
 */
import { formats } from "../../core/formats.ts";
import { normal, type Rule } from "./rule.ts";

/** A packet by what rules look at; `address` is the source of ingress, the destination of egress. */
export interface Packet {
  readonly trafficType: "ingress" | "egress";
  readonly protocol: string;
  readonly address: number;
  readonly port: number;
  readonly icmpType: number;
  readonly icmpCode: number;
}

/** The verdict of a list: that of the matching rule with the lowest number, else the router's own. */
export type Verdict = "allow" | "deny" | "default";

/** A rule made ready to be matched often. */
export interface Matcher {
  readonly number: number;
  readonly action: "allow" | "deny";
  matches(packet: Packet): boolean;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

export function matcherOf(rule: Rule): Matcher {
  const { number, action, trafficType, protocol, icmpType, icmpCode } = normal(rule);
  const addresses = addressRanges(rule);
  const ports = portRange(rule);
  const covers = (pattern: number, value: number) => pattern === -1 || pattern === value;
  return {
    number,
    action,
    matches: (packet) =>
      packet.trafficType === trafficType &&
      (protocol === "all" || protocol === packet.protocol) &&
      addresses.some((range) => inside(range, packet.address)) &&
      (!hasPorts(protocol) || inside(ports, packet.port)) &&
      (protocol !== "icmp" || (covers(icmpType, packet.icmpType) && covers(icmpCode, packet.icmpCode))),
  };
}

/** @param rules in the order of their numbers */
export function verdict(rules: readonly Matcher[], packet: Packet): Verdict {
  return rules.find((rule) => rule.matches(packet))?.action ?? "default";
}

/** One packet of every kind that `rules` can tell apart, of those that one of `within` matches. */
export function* packetsOf(rules: readonly Rule[], within: readonly Rule[]): Generator<Packet> {
  const wanted = within.map(matcherOf);
  const starts = (ranges: readonly Range[]) => new Set([0, ...ranges.flatMap(({ first, last }) => [first, last + 1])]);
  const addresses = [...starts(rules.flatMap(addressRanges))].filter((address) =>
    within.some((rule) => addressRanges(rule).some((range) => inside(range, address))),
  );
  const ports = starts(rules.map(portRange));
  const icmpTypes = new Set(rules.map((rule) => normal(rule).icmpType));
  const icmpCodes = new Set(rules.map((rule) => normal(rule).icmpCode));
  const protocols = new Set(["tcp", "udp", "icmp", "other", ...rules.map((rule) => normal(rule).protocol)]);
  protocols.delete("all");

  for (const trafficType of ["ingress", "egress"] as const) {
    for (const protocol of protocols) {
      for (const address of addresses) {
        for (const port of hasPorts(protocol) ? ports : [0]) {
          for (const icmpType of protocol === "icmp" ? icmpTypes : [0]) {
            for (const icmpCode of protocol === "icmp" ? icmpCodes : [0]) {
              const packet = { trafficType, protocol, address, port, icmpType, icmpCode };
              if (wanted.some((rule) => rule.matches(packet))) yield packet;
            }
          }
        }
      }
    }
  }
}

function hasPorts(protocol: string): boolean {
  return protocol === "tcp" || protocol === "udp";
}

function inside({ first, last }: Range, value: number): boolean {
  return first <= value && value <= last;
}

function portRange(rule: Rule): Range {
  const { startPort, endPort } = normal(rule);
  return startPort === -1 ? { first: 0, last: 65535 } : { first: startPort, last: endPort };
}

/** IPv4 only: the server cannot make tiers with IPv6 rules of ours, and foreign ones do not meet IPv4 packets. */
function addressRanges({ cidrs }: Rule): Range[] {
  return cidrs.filter(formats.cidr.test).map((cidr) => {
    const [address = "", length = ""] = formats.cidr.canonical(cidr).split("/");
    const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return { first, last: first + 2 ** (32 - Number(length)) - 1 };
  });
}
