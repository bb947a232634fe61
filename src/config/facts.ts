import type { z } from "zod";
import type { Cidr } from "../plan/cidr.ts";
import * as field from "./fields.ts";
import { tenantMachine as tenantMachineSchema } from "./machine-schema.ts";
import { isTree } from "./merge.ts";
import type { Path } from "./mistakes.ts";
import { type PlatformMachine, type Profile, profileSchema, type Role, type Tenant, type Zone } from "./schema.ts";
import { storage as storageSchema } from "./storage-schema.ts";

/**
 * What can be known of a profile that may be wrong elsewhere: each field that is right by itself, with its place.
 * Checks across fields work on this, so that one run reports them together with the plain mistakes.
 */
export interface Facts {
  vpc: Cidr | undefined;
  tenantBlock: Cidr | undefined;
  tenantPrefix: number | undefined;
  tenantsServe: boolean | undefined;
  publicRange: Cidr | undefined;
  /** Whether hosts are to be watched, and the cluster whose hosts these are. */
  hostHa: boolean;
  cluster: unknown;
  dynamicVlans: { first: number; last: number }[];
  platformName: string | undefined;
  zones: ZoneFacts[];
  tenants: TenantFacts[];
  machines: MachineFacts[];
  /** Keys of the pools that volumes may lie in. */
  blockPools: string[];
  /** The platform's own. */
  pools: { at: Path; kind: unknown; key: string | undefined; name: string | undefined }[];
  /** What tenants' pools and buckets are called. */
  tenantPool: string | undefined;
  placement: ({ at: Path } & Known<Profile["placement"][number], "key" | "kind" | "strict" | "roles">)[];
}

/** The fields by which a thing is judged, each of them known or not. */
type Known<T, Field extends keyof T> = { [Name in Field]?: T[Name] | undefined };

export interface ZoneFacts extends Known<Zone, "key" | "vlan" | "cidr" | "kind" | "publicLoadBalancing"> {
  at: Path;
  /** Set where the zone is a tenant's. */
  tenant?: string;
}

export interface TenantFacts extends Known<Tenant, "key" | "storage" | "limits" | "fallback" | "gpu"> {
  at: Path;
  /** What is not said of its zone. */
  absent: ("vlan" | "cidr")[];
  machines: MachineFacts[];
}

export interface MachineFacts
  extends Known<
    PlatformMachine,
    "name" | "formerly" | "cpus" | "memory" | "disk" | "gpu" | "addresses" | "data" | "zones"
  > {
  at: Path;
  roles: readonly Role[] | undefined;
  /** A tenant's machine stands in the tenant's zone. */
  tenantZone?: ZoneFacts;
}

const { platform, network, tenants, gate, sharedAi, edge, placement, infrastructure } = profileSchema.shape;
const tenantShape = tenants.element.shape;
const tenantMachine = tenantMachineSchema.shape;
const rules = placement.unwrap().element.shape;
const zoneShape = network.shape.zones.element.shape;
const block = network.shape.tenants.shape;

export function gatherFacts(profile: unknown): Facts {
  const networkTree = child(profile, "network");
  const infrastructureTree = child(profile, "infrastructure");
  const blockTree = child(networkTree, "tenants");
  const storageTree = child(profile, "storage");
  const pools = list(child(storageTree, "pools"));
  const tenantFacts = list(child(profile, "tenants")).map(tenantFactsOf);
  return {
    vpc: right(network.shape.cidr, child(networkTree, "cidr")),
    tenantBlock: right(block.cidr, child(blockTree, "cidr")),
    tenantPrefix: right(block.zonePrefix, child(blockTree, "zonePrefix")),
    tenantsServe: right(block.serve, child(blockTree, "serve")),
    hostHa: child(infrastructureTree, "hostHa") !== undefined,
    cluster: child(infrastructureTree, "cluster"),
    publicRange: right(infrastructure.shape.publicRange, child(infrastructureTree, "publicRange")),
    dynamicVlans: list(child(infrastructureTree, "dynamicVlans")).flatMap(
      (range) => right(field.vlanRange, range) ?? [],
    ),
    platformName: right(platform.shape.name, child(child(profile, "platform"), "name")),
    zones: [
      ...list(child(networkTree, "zones")).map((zone, index) => ({
        at: ["network", "zones", index],
        key: right(zoneShape.key, child(zone, "key")),
        kind: right(zoneShape.kind, child(zone, "kind")),
        publicLoadBalancing: right(zoneShape.publicLoadBalancing, child(zone, "publicLoadBalancing")),
        ...zoneFactsOf(zone),
      })),
      ...tenantFacts.flatMap(({ zones }) => zones),
    ],
    tenants: tenantFacts.map(({ facts }) => facts),
    machines: [
      ...tenantFacts.flatMap(({ facts }) => facts.machines),
      ...layerMachines(profile, "gate", gate.unwrap().shape.machines.element.shape),
      ...layerMachines(profile, "sharedAi", sharedAi.shape.machines.element.shape),
      ...layerMachines(profile, "edge", edge.shape.machines.element.shape),
    ],
    blockPools: pools.flatMap((pool) =>
      child(pool, "kind") === "block" ? (right(field.platformKey, child(pool, "key")) ?? []) : [],
    ),
    pools: pools.map((pool, index) => ({
      at: ["storage", "pools", index],
      kind: child(pool, "kind"),
      key: right(field.platformKey, child(pool, "key")),
      name: right(field.poolName, child(pool, "name")),
    })),
    tenantPool: right(storageSchema.shape.tenantPool, child(storageTree, "tenantPool")),
    placement: list(child(profile, "placement")).map((rule, index) => ({
      at: ["placement", index],
      key: right(rules.key, child(rule, "key")),
      kind: right(rules.kind, child(rule, "kind")),
      strict: right(rules.strict, child(rule, "strict")),
      roles: right(rules.roles, child(rule, "roles")),
    })),
  };
}

function tenantFactsOf(tenant: unknown, index: number) {
  const at: Path = ["tenants", index];
  const key = right(tenantShape.key, child(tenant, "key"));
  const zone: ZoneFacts = { at, tenant: key ?? `#${index}`, kind: "tier", ...zoneFactsOf(tenant) };
  const machines = list(child(tenant, "machines")).map(
    (machine, position): MachineFacts => ({
      at: [...at, "machines", position],
      roles: right(tenantMachine.roles, child(machine, "roles")),
      tenantZone: zone,
      ...machineFactsOf(machine),
    }),
  );
  const storage = right(tenantShape.storage, child(tenant, "storage"));
  const limits = right(tenantShape.limits, child(tenant, "limits"));
  const fallback = right(tenantShape.fallback, child(tenant, "fallback"));
  const gpu = right(tenantShape.gpu, child(tenant, "gpu"));
  const absent = (["vlan", "cidr"] as const).filter((name) => child(tenant, name) === undefined);
  const facts: TenantFacts = { at, key, absent, storage, limits, fallback, gpu, machines };
  return { zones: absent.length < 2 || machines.length > 0 ? [zone] : [], facts };
}

function layerMachines(
  profile: unknown,
  layer: "gate" | "sharedAi" | "edge",
  shape: { roles: z.ZodType<Role[]>; zones: z.ZodType<string[]> },
): MachineFacts[] {
  return list(child(child(profile, layer), "machines")).map((machine, index) => ({
    at: [layer, "machines", index],
    roles: right(shape.roles, child(machine, "roles")),
    zones: right(shape.zones, child(machine, "zones")),
    ...machineFactsOf(machine),
  }));
}

function zoneFactsOf(tree: unknown) {
  return { vlan: right(zoneShape.vlan, child(tree, "vlan")), cidr: right(zoneShape.cidr, child(tree, "cidr")) };
}

function machineFactsOf(tree: unknown) {
  return {
    name: right(tenantMachine.name, child(tree, "name")),
    formerly: right(tenantMachine.formerly, child(tree, "formerly")),
    cpus: right(tenantMachine.cpus, child(tree, "cpus")),
    memory: right(tenantMachine.memory, child(tree, "memory")),
    disk: right(tenantMachine.disk, child(tree, "disk")),
    gpu: right(tenantMachine.gpu, child(tree, "gpu")),
    addresses: right(tenantMachine.addresses, child(tree, "addresses")),
    data: right(tenantMachine.data, child(tree, "data")),
  };
}

/** The value where it obeys its own schema. */
function right<S extends z.ZodType>(schema: S, value: unknown): z.output<S> | undefined {
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
}

function child(tree: unknown, key: string): unknown {
  return isTree(tree) ? tree[key] : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
