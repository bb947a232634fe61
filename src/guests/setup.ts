import type { Role } from "../config/schema.ts";
import { flows } from "../plan/flows.ts";
import type { TenantGuestsPlan } from "../plan/guests.ts";
import type { MachinePlan } from "../plan/machines.ts";
import type { SharedFilesPlan } from "../plan/shared-files.ts";

/** A file that cloud-init writes. */
export interface GuestFile {
  path: string;
  permissions: string;
  content: string;
  /** Default: root:root. */
  owner?: string;
  /** True: written after the packages are installed, so that it replaces what they bring and their users exist. */
  defer?: true;
}

/** What one part of a guest's set-up needs. */
export interface Setup {
  files: GuestFile[];
  /** Run once, after packages and files. */
  commands: string[][];
  /** Units that are enabled and started, once everything above is done. */
  services: string[];
}

/** Ubuntu 22.04 packages with their versions; a `*` at the end takes Ubuntu's own security revisions. */
export type Packages = Readonly<Record<string, string>>;

/** On every machine. */
export const nodeExporterPackage: Packages = { "prometheus-node-exporter": "1.3.1-*" };

/** A machine as far as what runs inside is concerned. Every `MachinePlan` is one. */
export type GuestMachine = Pick<MachinePlan, "name" | "roles" | "cpus" | "memoryGib" | "legs" | "gpu"> & {
  /** Names of templates; absent where it is a bare guest. */
  template?: string | readonly string[];
  /** `encrypted`: the volume is opened with a key that is delivered out of band (docs/decisions/guests.md). */
  data?: { folders: readonly string[]; encrypted?: boolean };
};

/** What the platform's guests may know of each other. A template takes from it what the flow table lets it reach. */
export interface GuestContext {
  networkDomain: string;
  timezone: string;
  /** Where packages come from, if not from the machine's template: base URLs of an Ubuntu archive and a package index. */
  mirrors?: { apt?: string; pypi?: string };
  /** The platform's own machines, of all layers. */
  platform?: readonly GuestMachine[];
  tenants?: readonly TenantGuests[];
  /** What one tenant may ask of the gateway (P4.1). Default: 50. */
  requestsPerSecond?: number;
  /** File trees of CephFS (P6.1), with the names of those who mount them. */
  files?: readonly SharedFilesPlan[];
  /** Days for which the gate keeps what nobody has approved (P2.6). Default: for good. */
  unapprovedDays?: number;
  /** Where alerts are mailed to: a relay that wants no password. */
  alerts?: { smarthost: string; from: string; to: string };
}

/** A tenant as the service edge sees it (P4.3). */
export interface TenantGuests extends Omit<TenantGuestsPlan, "machines"> {
  machines: readonly GuestMachine[];
}

/** One machine to set up, and its surroundings. */
export interface Guest {
  machine: GuestMachine;
  context: GuestContext;
}

/** Where another machine listens. */
export interface Endpoint {
  /** Host name without domain. */
  name: string;
  /** Fully qualified: what its certificate must name. */
  fqdn: string;
  address: string;
  port: number;
}

/** What runs on machines of one kind. */
export interface Template {
  doc: string;
  /** What the design documents call it (T7). */
  document?: string;
  packages: Packages;
  setup: (guest: Guest) => Setup;
}

/** A file of a template, with owner and permissions. */
export function file(path: string, content: string, permissions = "0644", owner = "root:root"): GuestFile {
  return { path, owner, permissions, content, defer: true };
}

/** Several parts as one; what two of them bring the same is brought once. Throws where they disagree about a file. */
export function combined(parts: readonly Setup[]): Setup {
  const files = unique(parts.flatMap((part) => part.files));
  const twice = files.find(({ path }, index) => files.findIndex((other) => other.path === path) !== index);
  if (twice !== undefined) throw new RangeError(`two templates of a machine differ about ${twice.path}`);
  return {
    files,
    commands: unique(parts.flatMap(({ commands }) => commands)),
    services: unique(parts.flatMap(({ services }) => services)),
  };
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** The port that the flow table opens under a name, so that what listens and what is let through are one fact. */
export function portOf(flow: string): number {
  return flowNamed(flow).port;
}

/** The platform's machines that a flow leads to, as the guest reaches them. */
export function reached({ machine, context }: Guest, flow: string): Endpoint[] {
  const { to, port } = flowNamed(flow);
  if (typeof to !== "object") throw new RangeError(`flow "${flow}" does not lead to machines of a role`);
  return withRole(context, to.role).map((peer) => endpoint(machine, peer, port, context));
}

export function withRole({ platform = [] }: GuestContext, role: Role): GuestMachine[] {
  return platform.filter(({ roles }) => roles.includes(role));
}

/** Where a peer listens, by its card in a zone that both stand in if there is one: that way needs no router. */
export function endpoint(from: GuestMachine, peer: GuestMachine, port: number, context: GuestContext): Endpoint {
  const zones = from.legs.map(({ zone }) => zone);
  const leg = peer.legs.find(({ zone }) => zones.includes(zone)) ?? peer.legs[0];
  return { name: peer.name, fqdn: `${peer.name}.${context.networkDomain}`, address: leg.address, port };
}

function flowNamed(name: string) {
  const flow = flows.find((candidate) => candidate.name === name);
  if (flow === undefined) throw new RangeError(`the flow table has no "${name}"`);
  return flow;
}
