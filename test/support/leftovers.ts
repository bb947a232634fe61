import { expect } from "vitest";
import type { Cloud, Row } from "./cloud.ts";
import type { EngineStack } from "./engine.ts";

type Inventory = Record<string, Row[]>;

/** The emulator's tables of what each type makes, and which of their new rows are not made by the server itself. */
const tables: readonly [type: string, table: string, isOurs?: (row: Row) => boolean][] = [
  ["identity:Domain", "domains"],
  ["identity:Account", "accounts"],
  ["identity:Role", "roles"],
  ["compute:ServiceOffering", "serviceOfferings"],
  ["storage:DiskOffering", "diskOfferings", ({ computeOnly }) => computeOnly !== true],
  ["network:NetworkOffering", "networkOfferings"],
  ["network:Vpc", "vpcs"],
  ["network:NetworkAclList", "aclLists"],
  ["network:Network", "networks"],
  ["network:PublicIp", "publicIps", ({ sourceNat }) => sourceNat !== true],
  ["network:LoadBalancerRule", "loadBalancerRules"],
  ["compute:AffinityGroup", "affinityGroups"],
  ["compute:Instance", "instances"],
  ["storage:Volume", "volumes", ({ type }) => type === "DATADISK"],
];

/** What the state knows is what exists beyond the seed: nothing twice, nothing orphaned, nothing lost. */
export async function expectNoLeftovers(cloud: Cloud, stack: EngineStack, seeded: Inventory): Promise<void> {
  const there = await cloud.inventory();
  const { deployment } = await stack.exportState();
  const found: Record<string, unknown[]> = {};
  const known: Record<string, unknown[]> = {};
  for (const [type, table, isOurs = () => true] of tables) {
    const before = new Set(seeded[table]?.map(({ uuid }) => uuid));
    const rows = (there[table] ?? []).filter((row) => !before.has(row.uuid) && isOurs(row));
    const resources = (deployment.resources ?? []).filter((resource) => resource.type === `cloudstack:${type}`);
    found[type] = rows.map(({ uuid }) => uuid).sort();
    known[type] = resources.map(({ id }) => id).sort();
  }
  expect(found).toEqual(known);
}

/**
 * Each VPC's router has one card in each tier that an instance stands in. A second one is the trap of a real server: `up`
 * reports success, and neither tier nor VPC can ever be deleted again.
 */
export async function expectOneRouterCardPerTier(cloud: Cloud): Promise<void> {
  const tiers = (await cloud.list("listNetworks")).filter(({ vpcid }) => vpcid !== undefined);
  const inUse = new Set(cardsOf(await cloud.list("listVirtualMachines")));
  const cards = cardsOf(await cloud.list("listRouters"));
  const found = tiers.map(({ name, id }) => [name, cards.filter((networkId) => networkId === id).length]);
  const right = tiers.map(({ name, id }) => [name, inUse.has(id) ? 1 : 0]);
  expect(inUse.size).toBeGreaterThan(0);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(right));
}

/** The networks of all cards, one for each card. */
function cardsOf(machines: readonly Row[]): unknown[] {
  return machines.flatMap(({ nic }) => (nic as readonly Row[]).map(({ networkid }) => networkid));
}
