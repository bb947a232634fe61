import type { Text } from "../../policies/core/text.ts";
import type { Weakened } from "../../policies/core/weakened.ts";
import type { Exception } from "../report/model.ts";

/** From bad to worst. */
export const severities = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

/** Kinds of live things, as the JSON has them; the other forms say them in the reader's language. */
export const kinds = [
  "virtual machine",
  "volume",
  "network",
  "access rule",
  "public address",
  "port forwarding",
  "load balancer rule",
  "firewall rule",
  "VPN",
  "VPN gateway",
  "private gateway",
  "domain",
  "account",
  "user",
  "disk offering",
  "cephx user",
  "gateway user",
  "bucket",
] as const;
export type Kind = (typeof kinds)[number];

/** What the audit found to be wrong with one thing. Holds no secret: ids, names, addresses and rules only. */
export interface Finding {
  /** Id of the live check, or of the policy pack's rule. */
  readonly rule: string;
  readonly source: "live" | "policy";
  readonly severity: Severity;
  /** Of the live things one of `kinds`; for a rule of the pack the resource's type, or `stack`. */
  readonly kind: string;
  readonly name: string;
  /** The server's id, or the urn of what is in the state. */
  readonly id: string;
  /** The layer that it touches, a tenant's name for a tenant's. */
  readonly layer: string;
  /** What is there and should not be. */
  readonly message: Text;
  /** What puts it right. */
  readonly remedy: Text;
  /** Ids of requirements, such as `P1.5`. */
  readonly requirements: readonly string[];
  /** Controls of public frameworks: own mapping, not a certification. */
  readonly references: readonly string[];
}

/** A violation that somebody answers for, for a while. */
export interface Excepted extends Finding {
  readonly exception: Pick<Exception, "resource" | "reason" | "owner" | "expires">;
}

/** A live check, as the catalogue of a report shows it. */
export interface About {
  readonly id: string;
  readonly title: Text;
  readonly requirements: readonly string[];
}

/** Something that could not be looked at: no finding, and no clean bill either. */
export interface Unasked {
  readonly check: string;
  readonly because: Text;
}

export interface AuditReport {
  readonly version: 2;
  readonly stack: string;
  /** When it was asked, ISO 8601 in UTC. */
  readonly at: string;
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** Violations that an exception covers, the worst first. They do not count for the exit code. */
  readonly excepted: readonly Excepted[];
  /** Every exception that the policy pack was given. What has expired is among the findings, too. */
  readonly exceptions: readonly Exception[];
  /** Rules of the pack that the site's configuration switches off, or makes advice. */
  readonly weakened: readonly Weakened[];
  readonly unasked: readonly Unasked[];
  /** How many things were compared. */
  readonly looked: { readonly resources: number; readonly live: number; readonly policyDecisions: number };
  readonly checks: readonly About[];
}

export function worstOf(findings: readonly Pick<Finding, "severity">[]): Severity | undefined {
  return severities[Math.max(-1, ...findings.map(({ severity }) => severities.indexOf(severity)))];
}

/**
 * Exit code of an audit: 0 below `threshold`, else 11 low, 12 medium, 13 high, 14 critical; 4 where something could not be
 * asked and nothing worse is known. 1 and 2 are failures and wrong words.
 */
export function exitCodeOf({ findings, unasked }: AuditReport, threshold: Severity): number {
  const worst = worstOf(findings);
  const rank = worst === undefined ? -1 : severities.indexOf(worst);
  if (rank >= severities.indexOf(threshold)) return 11 + rank;
  return unasked.length > 0 ? 4 : 0;
}
