import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import type { Kept } from "../engine.ts";

const DOMAIN = "cloudstack:identity:Domain";
const LIMITS = "cloudstack:identity:ResourceLimits";

let cloud: Cloud;
let domain: Kept;
let limits: Kept;
beforeAll(async () => {
  cloud = await startCloud();
  domain = await cloud.engine.create(DOMAIN, { name: "d" });
  limits = await cloud.engine.create(LIMITS, { domainId: domain.id, limits: { cpus: 4 } });
});
afterAll(() => cloud.close());

describe("T#129 T#146 only a proof that it is gone drops a thing from the state", () => {
  test.each([
    ["wrong keys", { status: 401, text: "unable to verify user credentials and/or request signature" }],
    ["no permission", { status: 531, text: "Acct[x] does not have permission" }],
    [
      "no such command for this role",
      { status: 432, text: "The API [listDomains] does not exist or is not available for the account" },
    ],
    ["an internal error", { status: 530, text: "Internal error executing command" }],
    [
      "another thing that is missing",
      {
        status: 431,
        text: "Invalid parameter accountid value=x due to incorrect long value format, or entity does not exist",
      },
    ],
  ])("%s is an error", async (_, { status, text }) => {
    // Once when the provider looks which server it is, which is no must, and once for the refresh.
    await cloud.fault({ command: "listDomains", kind: "error", status, text, times: 2 });
    const next = await cloud.nextRun();
    await expect(next.read(DOMAIN, domain)).rejects.toMatchObject({
      details: expect.stringContaining(text.slice(0, 20)),
    });
    expect(await cloud.drift(DOMAIN, domain)).toEqual({});
  });

  test.each([
    ["a list without it", { id: "6cf0c327-6d89-40f6-a845-1400a5547320" }],
    ["an id that no server would give", { id: "xyz" }],
  ])("%s is a proof", async (_, { id }) => {
    expect(await (await cloud.nextRun()).read(DOMAIN, { ...domain, id })).toBeUndefined();
  });

  test("a limit of a domain that cannot be read is an error, too", async () => {
    const next = await cloud.nextRun();
    await cloud.fault({ command: "listResourceLimits", kind: "error", status: 531, text: "no", times: 1 });
    await expect(next.read(LIMITS, limits)).rejects.toMatchObject({
      details: expect.stringContaining("listResourceLimits: no"),
    });
  });
});
