import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, INSTANCE, NETWORK, startEstate } from "./estate.ts";

let estate: Estate;
beforeAll(async () => {
  // With latencies: the trap closes only when starts overlap.
  estate = await startEstate("fast");
});
afterAll(() => estate.close());

/** NICs that the VPC's router has in a network: more than one, and neither network nor VPC can be deleted any more. */
async function routerNics(networkId: string): Promise<number> {
  const routers = await estate.rows("listRouters", { vpcid: estate.vpc.id, listall: true });
  const nics = routers.flatMap(({ nic }) => nic as { networkid: string }[]);
  return nics.filter(({ networkid }) => networkid === networkId).length;
}

test("instances of a new tier that start together, past the provider, break its router for good", async () => {
  const tier = await estate.tier();
  const deploy = (name: string) =>
    estate.byHand("deployVirtualMachine", {
      name,
      zoneid: estate.zoneId,
      serviceofferingid: estate.smallId,
      templateid: estate.templateId,
      networkids: tier.id,
    });
  const made = await Promise.all([deploy("raw1"), deploy("raw2"), deploy("raw3")]);
  expect(await routerNics(tier.id)).toBe(2);
  await Promise.all(made.map(({ id }) => estate.byHand("destroyVirtualMachine", { id: String(id), expunge: true })));
  await expect(estate.byHand("deleteNetwork", { id: tier.id })).rejects.toThrow();
});

test("through the provider they never do, with several tiers and legs at once, also when a run goes on where one broke off", async () => {
  const tiers = [await estate.tier(), await estate.tier(), await estate.tier()];
  const [a, b, c] = tiers as [(typeof tiers)[0] & object, (typeof tiers)[0] & object, (typeof tiers)[0] & object];
  const legs = [[a], [b], [a, b], [b, a], [c, a], [c], [a], [b, c]];
  const made = await Promise.all(
    legs.map((networks, i) => estate.engine.create(INSTANCE, estate.instanceOn(`vm${i}`, ...networks) as never)),
  );
  for (const tier of tiers) expect(await routerNics(tier.id)).toBe(1);

  const next = await estate.nextRun();
  const later = await Promise.all(
    ["late1", "late2"].map((name) => next.create(INSTANCE, estate.instanceOn(name, a) as never)),
  );
  expect(await routerNics(a.id)).toBe(1);
  await Promise.all([...made, ...later].map((instance) => estate.engine.delete(INSTANCE, instance)));
  await Promise.all(tiers.map((tier) => estate.engine.delete(NETWORK, tier)));
});
