/** What the keys of a plain user may not see stands in nobody's way, and is no drift. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { cloudstack } from "../../../provider/cloudstack/provider.ts";
import { Secret } from "../../../provider/core/values.ts";
import { TestEngine } from "../engine.ts";
import { type Estate, INSTANCE, NETWORK, startEstate } from "./estate.ts";

let estate: Estate;
let tenant: TestEngine;
let owner: { account: string; domainId: string };
beforeAll(async () => {
  estate = await startEstate();
  const domainid = String((await estate.byHand("createDomain", { name: "tenants" })).id);
  const { user } = await estate.byHand("createAccount", {
    username: "tenant",
    password: "secret",
    firstname: "a",
    lastname: "tenant",
    email: "tenant@example.org",
    accounttype: 0,
    domainid,
  });
  const [{ id } = { id: "" }] = user as { id: string }[];
  const { apikey, secretkey } = await estate.byHand("registerUserKeys", { id });
  const { apiUrl } = estate.emulator;
  const config = { apiUrl, apiKey: String(apikey), secretKey: new Secret(String(secretkey)) };
  tenant = await TestEngine.start(cloudstack, config);
  owner = { account: "tenant", domainId: domainid };
});
afterAll(() => {
  tenant.close();
  return estate.close();
});

test("instances start in a tier that an administrator has made, without a look at its router", async () => {
  const tier = await estate.tier(owner);
  const made = await Promise.all(
    ["a", "b", "c"].map((name) => tenant.create(INSTANCE, estate.instanceOn(name, tier) as never)),
  );
  const routers = await estate.rows("listRouters", { vpcid: estate.vpc.id, listall: true });
  const nics = routers.flatMap(({ nic }) => nic as { networkid: string }[]);
  expect(nics.filter(({ networkid }) => networkid === tier.id)).toHaveLength(1);
  expect(await tenant.drift(INSTANCE, made[0] as never)).toEqual({});

  // The VLAN is not told to them: nothing to make the network anew for.
  expect(await tenant.drift(NETWORK, tier)).toEqual({});
  expect(await estate.drift(NETWORK, tier)).toEqual({});
  await Promise.all(made.map((instance) => tenant.delete(INSTANCE, instance)));
});
