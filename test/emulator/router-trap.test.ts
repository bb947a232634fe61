/** The trap of a real server: first starts in a tier that overlap leave the router with two cards in it. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Row, Site } from "./site.ts";

let site: Site;
let vpc: Row;
let tier: Row;

beforeEach(async () => {
  site = await Site.start({ latency: "fast" });
  vpc = await site.vpc();
  tier = await site.tier(vpc, 1);
});
afterEach(() => site.close());

/** Deploys that are all accepted before the first of them is done. */
async function deployTogether(networks: readonly Row[]): Promise<Row[]> {
  const answers = [];
  for (const network of networks) answers.push(await site.call("deployVirtualMachine", await site.deployment(network)));
  return Promise.all(answers.map(async (answer) => (await site.resultOf(answer)) as Row));
}

async function routerCards(network: Row): Promise<number> {
  const [router] = await site.listAll("listRouters", { vpcid: vpc.id });
  const cards = (router?.nic ?? []) as Row[];
  return cards.filter((card) => card.networkid === network.id).length;
}

async function expunge(instances: readonly Row[]): Promise<void> {
  for (const { id } of instances) await site.do("destroyVirtualMachine", { id, expunge: true });
}

it("plugs the router twice, reports success, and then neither tier nor VPC can be deleted", async () => {
  const instances = await deployTogether([tier, tier, tier]);
  expect(instances.map((instance) => instance.state)).toEqual(["Running", "Running", "Running"]);
  expect(await routerCards(tier)).toBe(2);
  await expunge(instances);
  const broken = { code: 530, text: "Failed to delete network" };
  expect(await site.refusal("deleteNetwork", { id: tier.id })).toEqual(broken);
  expect(await site.refusal("deleteNetwork", { id: tier.id, forced: true })).toEqual(broken);
  expect(await site.refusal("restartNetwork", { id: tier.id, cleanup: true })).toMatchObject({ code: 530 });
  expect(await site.refusal("deleteVPC", { id: vpc.id })).toMatchObject({ code: 431 });
});

it("does not happen when the first instance of a tier starts alone", async () => {
  const first = await site.deploy(tier);
  const others = await deployTogether([tier, tier, tier]);
  expect(await routerCards(tier)).toBe(1);
  await expunge([first, ...others]);
  await site.do("deleteNetwork", { id: tier.id });
  await site.do("deleteVPC", { id: vpc.id });
});

it("does not happen between tiers", async () => {
  const second = await site.tier(vpc, 2);
  await deployTogether([tier, second]);
  expect(await routerCards(tier)).toBe(1);
  expect(await routerCards(second)).toBe(1);
});

it("happens with starts as well as with deployments", async () => {
  const stopped = [await site.deploy(tier, { startvm: false }), await site.deploy(tier, { startvm: false })];
  expect(await routerCards(tier)).toBe(0);
  const answers = [];
  for (const { id } of stopped) answers.push(await site.call("startVirtualMachine", { id }));
  await Promise.all(answers.map((answer) => site.resultOf(answer)));
  expect(await routerCards(tier)).toBe(2);
});

it("is repaired by an operator who destroys the router; the next start makes a new one", async () => {
  const instances = await deployTogether([tier, tier]);
  const [router] = await site.listAll("listRouters", { vpcid: vpc.id });
  await site.do("destroyRouter", { id: String(router?.id) });
  await site.do("stopVirtualMachine", { id: String(instances[0]?.id) });
  await site.do("startVirtualMachine", { id: String(instances[0]?.id) });
  expect(await routerCards(tier)).toBe(1);
  await expunge(instances);
  await site.do("deleteNetwork", { id: tier.id });
  await site.do("deleteVPC", { id: vpc.id });
});
