import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CloudSeedName } from "../../emulator/cloudstack/seeds/seeds.ts";
import type { Description } from "../../policies/core/subject.ts";
import { urnOf } from "../../policies/core/subject.ts";
import { violations } from "../policies/isolation-samples.ts";
import { landscape } from "../policies/landscape.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import {
  mandatory,
  nameOf,
  pack,
  policyWords,
  providerError,
  type Sample,
  sampleStack,
  samplesOf,
} from "../support/policies.ts";

// The pack in the real engine, over resources that nobody made with our components.

let cloud: Cloud;
let ceph: CephCloud;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "enterprise" });
  ceph = await CephCloud.start({ seed: "enterprise" });
});
afterEach(() => stack.remove());
afterAll(async () => {
  await cloud.close();
  await ceph.close();
});

function preview(samples: readonly Sample[]) {
  stack = sampleStack(samples, { ...cloud.env, ...ceph.env });
  return stack.preview(...policyWords(stack));
}

const isIsolation = ({ policyName }: { policyName: string }) => policyName.startsWith("isolation-");

// demo-cpu runs on the seed that is there without a word.
test.each(["demo-cpu", "demo-gpu", "enterprise", "civil-complaint", "document-tagging"])(
  "the pack has nothing to say of the profile %s",
  async (profile) => {
    const own = await Cloud.start(profile === "demo-cpu" ? {} : { seed: profile as CloudSeedName });
    stack = new EngineStack({ profile, env: { ...own.env, ...ceph.env } });
    const run = await stack.preview("--policy-pack", pack);
    await own.close();
    expect(run.code).toBe(0);
    expect(run.text).toMatch(/\d+ rules ran on \d+ resources .* 0 violations, 0 advisories, 0 excepted/);
    // Dependencies tell a preview all that isolation asks; what the outputs will hold, nobody knows yet.
    expect(run.text).not.toContain("isolation-");
  },
);

test("isolation rules say nothing of a landscape as it should be", async () => {
  const run = await preview(samplesOf("good", landscape(), landscape()));
  expect(run.text).not.toMatch(providerError);
  expect(mandatory(run).filter(isIsolation)).toEqual([]);
  expect(run.text).toMatch(/strata policies: \d+ rules ran on \d+ resources/);
});

test("every violation of an isolation rule is found, by its rule and at its resource", async () => {
  const good = landscape();
  const expected: [rule: string, prefix: string, named: string][] = [];
  // What other providers make needs their plugins.
  const { "known-makers": _, ...own } = violations;
  const samples = Object.entries(own).flatMap(([rule, cases]) =>
    cases.flatMap(([, resources, named], index) => {
      const prefix = `${rule}-${index}`;
      expected.push([rule, prefix, named]);
      return samplesOf(prefix, withUsers(different(resources, good), resources), resources);
    }),
  );
  const run = await preview(samples);
  expect(run.text).not.toMatch(providerError);
  const found = mandatory(run);
  // Of two that claim the same, the later one is at fault and its message names the other: which comes later, the engine decides.
  const missed = expected.filter(([rule, prefix, named]) => {
    const resource = new RegExp(`\\b${prefix}\\.\\w+\\.${named}\\b`);
    return !found.some(
      (one) => one.policyName === `isolation-${rule}` && resource.test(`${nameOf(one)} ${one.message}`),
    );
  });
  expect(missed).toEqual([]);
});

function different(resources: readonly Description[], good: readonly Description[]): Description[] {
  return resources.filter((one) => !good.some((other) => isDeepStrictEqual(one, other)));
}

/** A list of rules is judged where it stands: at its network. */
function withUsers(wanted: readonly Description[], all: readonly Description[]): Description[] {
  const lists = new Set(wanted.map(({ type, name }) => urnOf(type, name)));
  const users = all.filter(({ dependencies = {} }) => dependencies.aclId?.some((urn) => lists.has(urn)));
  return [...wanted, ...users];
}
