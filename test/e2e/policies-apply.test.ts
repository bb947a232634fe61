import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { pack } from "../support/policies.ts";

// The pack while something is applied: what a hard rule refuses never comes to be.

let cloud: Cloud;
let stack: EngineStack;
/** Only what is about isolation: the small program has no limits, no encryption and no protection. */
let config: string;

beforeAll(async () => {
  cloud = await Cloud.start();
  stack = new EngineStack({ env: cloud.env, program: join(import.meta.dirname, "programs/policies-apply") });
  config = join(stack.folder, "config.json");
  // The gate that these tenants reach is of another stack.
  const gate = { enforcementLevel: "mandatory", gates: ["10.0.5.40"] };
  writeFileSync(config, JSON.stringify({ "hygiene-tags": "remediate", "isolation-gate-address": gate }));
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

function up(wrong: string, env: Record<string, string> = {}) {
  stack.env = { ...cloud.env, WRONG: wrong, ...env };
  return stack.up("--policy-pack", pack, "--policy-pack-config", config);
}

const egressOfA = async () => {
  const [list] = (await cloud.list("listNetworkACLLists")).filter(({ name }) => name === "strata-tenant-a");
  const rules = await cloud.list("listNetworkACLs", { aclid: String(list?.id) });
  return rules.find(({ number }) => Number(number) === 501)?.protocol;
};

test("a machine with a card in another tenant's tier is refused before it is created", async () => {
  const run = await up("card");
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/\[mandatory\].*isolation-nic-own-zone {2}\(cloudstack:compute:Instance: machine\)/);
  expect(run.text).toContain("machine of tenant a has a card in strata-tenant-b of tenant b");
  expect(run.text).toContain("own mapping, not a certification");
  expect(await cloud.list("listVirtualMachines")).toEqual([]);
  expect((await cloud.list("listNetworks")).map(({ name }) => name).sort()).toEqual([
    "strata-tenant-a",
    "strata-tenant-b",
  ]);
});

test("in its own tier it comes up", async () => {
  const run = await up("");
  expect(run.text).not.toMatch(/isolation-|undecided until apply for/);
  expect((await cloud.list("listVirtualMachines")).map(({ name }) => name)).toEqual(["ai-a-train-01"]);
});

test("a list of a tier that stands is not opened", async () => {
  expect(await egressOfA()).toBe("tcp");
  const run = await up("list", { STRATA_LANG: "ko" });
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/isolation-tenant-egress {2}\(cloudstack:network:NetworkAclList: strata-tenant-a\)/);
  expect(run.text).toContain("게이트 tcp 443 외의 송신을 허용");
  expect(run.text).toContain("자체 매핑 — 인증/적합성 판정 아님");
  expect(await egressOfA()).toBe("tcp");
});

test("a missing tag is filled in, and deployed so", async () => {
  const run = await up("tags");
  expect(run.text).toMatch(/\[remediate\].*hygiene-tags/);
  const [volume] = (await cloud.list("listVolumes")).filter(({ name }) => name === "untagged");
  const tags = ((volume?.tags ?? []) as { key: string; value: string }[]).map(({ key, value }) => `${key}=${value}`);
  expect(tags).toContain("tenant=a");
});

test("what is tenant A's does not become tenant B's by an alias", async () => {
  const run = await up("alias");
  expect(run.code).not.toBe(0);
  expect(run.text).toContain("strata-tenant-b-volume of tenant b takes over what was tenant a's");
  expect(run.text).toContain("strata-tenant-b-volume ignores changes of account");
  const [volume] = (await cloud.list("listVolumes")).filter(({ name }) => name === "untagged");
  expect(volume?.account).toBe("strata-tenant-a");
});

describe("configuration that asks for less than the pack allows stops the run", () => {
  test.each<[string, unknown, RegExp]>([
    ["everything off", { all: "disabled" }, /isolation-nic-own-zone: enforcementLevel = disabled: this rule is always/],
    ["a rule that does not exist", { "isolation-nic": "mandatory" }, /isolation-nic: there is no such rule/],
    [
      "a parameter that does not exist",
      { "isolation-management": { enforcementLevel: "mandatory", port: [22] } },
      /isolation-management: .*port/,
    ],
    [
      "a bad regular expression",
      { "isolation-plain-secrets": { enforcementLevel: "mandatory", patterns: ["("] } },
      /isolation-plain-secrets\.patterns\.0: must be a regular expression/,
    ],
  ])("%s", async (_, value, message) => {
    const file = join(stack.folder, "wrong.json");
    writeFileSync(file, JSON.stringify(value));
    const run = await stack.preview("--policy-pack", pack, "--policy-pack-config", file);
    expect(run.code).not.toBe(0);
    expect(run.text).toMatch(message);
    expect(run.steps).toEqual({});
  });
});
