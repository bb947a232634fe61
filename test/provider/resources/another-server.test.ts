import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";

const DOMAIN = "cloudstack:identity:Domain";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

test("an installation is known by its root domain, and another one is no proof that a domain is gone", async () => {
  const [root] = await cloud.rows("listDomains", { name: "ROOT" });
  const kept = await cloud.engine.create(DOMAIN, { name: "tenant" });
  expect(kept.state).toMatchObject({ __server: root?.id });
  await cloud.byHand("deleteDomain", { id: kept.id });
  expect(await cloud.drift(DOMAIN, kept)).toBe("gone");

  const made = { ...kept, state: { ...kept.state, __server: "00000000-1111-4222-8333-444444444444" } };
  const refused = { details: expect.stringMatching(/another server \(00000000-1111-/) };
  await expect((await cloud.nextRun()).read(DOMAIN, made)).rejects.toMatchObject(refused);
  await expect((await cloud.nextRun()).delete(DOMAIN, made)).rejects.toMatchObject(refused);
});
