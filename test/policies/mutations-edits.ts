import type { Given } from "../../policies/core/settings.ts";
import { types } from "../../policies/model/types.ts";
import { type Platform, refer } from "./mutations-platform.ts";

/** The programs that edits start from. A bucket is there only where the site has Ceph. */
export const programs = {
  enterprise: { profile: "enterprise" },
  tagging: { profile: "document-tagging" },
  "tagging with Ceph": {
    profile: "document-tagging",
    overrides: {
      infrastructure: { ceph: { monitors: ["10.0.6.201", "10.0.6.202", "10.0.6.203"], rootTag: "system" } },
    },
  },
} as const;

/** One edit, and the rule that must report it. */
export interface Mutation {
  /** What somebody did, in words. */
  edit: string;
  /** Id of the rule. */
  rule: string;
  /** Default: enterprise. */
  program?: keyof typeof programs;
  /** The profile is edited: laid over it. */
  overrides?: object;
  /** The program is edited. */
  change?: (platform: Platform) => void;
  /** How the pack is set up, where a rule asks for nothing without it. */
  given?: ReadonlyMap<string, Given>;
  /** Made of what a preview does not know: there the rule is undecided, as it is of other outputs. */
  isOpenInPreview?: boolean;
}

type Values = Record<string, unknown>;

/** Sets inputs of one resource. */
export function set(type: string, name: string, props: Values): (platform: Platform) => void {
  return (platform) => {
    Object.assign(platform.get(type, name).props, props);
  };
}

/** Sets tags of one resource; undefined takes one away. */
export function tag(type: string, name: string, tags: Record<string, string | undefined>) {
  return (platform: Platform): void => {
    const { props } = platform.get(type, name);
    const all = Object.entries({ ...(props.tags as object), ...tags }).filter(([, value]) => value !== undefined);
    props.tags = Object.fromEntries(all);
  };
}

export function remove(type: string, name: string): (platform: Platform) => void {
  return (platform) => platform.remove(type, name);
}

/** Puts an instance's cards into other networks. */
export function plug(name: string, ...networks: string[]): (platform: Platform) => void {
  return (platform) => {
    const instance = platform.get(types.instance, name);
    const targets = networks.map((network) => platform.get(types.network, network));
    instance.props.nics = refer(instance, "nics", ...targets).map((networkId) => ({ networkId }));
  };
}

/** Lets a property refer to another resource. */
export function point(type: string, name: string, property: string, [toType, to]: readonly [string, string]) {
  return (platform: Platform): void => {
    const from = platform.get(type, name);
    [from.props[property]] = refer(from, property, platform.get(toType, to));
  };
}

/** Gives something to a tenant's account, or to that of nobody that is known. */
export function give(type: string, name: string, account: string | undefined): (platform: Platform) => void {
  return (platform) => {
    const { props, dependencies } = platform.get(type, name);
    for (const property of ["account", "domainId"]) {
      delete props[property];
      delete dependencies[property];
    }
    if (account !== undefined) props.account = account;
  };
}

interface Rule {
  number: number;
  action: string;
  trafficType: "ingress" | "egress";
  protocol: string;
  cidrs: string[];
  startPort?: number;
  endPort?: number;
  description?: string;
}

const rulesIn = (platform: Platform, list: string) => platform.get(types.aclList, list).props.rules as Rule[];

/** Adds a rule that allows something to a list; without a port all of them. */
export function allow(list: string, trafficType: Rule["trafficType"], cidr: string, port?: number, protocol = "tcp") {
  return (platform: Platform): void => {
    const ports = port === undefined ? {} : { startPort: port, endPort: port };
    const rule = { number: 800, action: "allow", trafficType, protocol, cidrs: [cidr], ...ports };
    rulesIn(platform, list).push({ ...rule, description: "added by hand" });
  };
}

/** Changes one rule of a list; undefined takes it away. */
export function changeRule(list: string, number: number, change: Partial<Rule> | undefined) {
  return (platform: Platform): void => {
    const rules = rulesIn(platform, list);
    const at = rules.findIndex((rule) => rule.number === number);
    const rule = rules[at];
    if (rule === undefined) throw new Error(`${list} has no rule ${number}`);
    if (change === undefined) rules.splice(at, 1);
    else Object.assign(rule, change);
  };
}

/** Adds text to an instance's user data, or replaces some of it. */
export function write(name: string, text: string, instead?: RegExp): (platform: Platform) => void {
  return (platform) => {
    const { props } = platform.get(types.instance, name);
    const before = String(props.userData);
    props.userData = instead === undefined ? `${before}\n${text}` : before.replaceAll(instead, text);
    if (props.userData === before) throw new Error(`user data of ${name} has no ${instead}`);
  };
}
