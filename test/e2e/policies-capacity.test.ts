import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { urnOf } from "../../policies/core/subject.ts";
import { compliant } from "../policies/capacity-compliant.ts";
import { settings, violations } from "../policies/capacity-samples.ts";
import { unknown } from "../policies/rule-test.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud } from "../support/cloud.ts";
import type { EngineStack, Run } from "../support/engine.ts";
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

// The rules on encryption, quota, availability and hygiene in the real engine, over resources of nobody's components.

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

function run(operation: "preview" | "up", samples: readonly Sample[], configuration: object): Promise<Run> {
  stack = sampleStack(samples, { ...cloud.env, ...ceph.env });
  return stack[operation](...policyWords(stack, configuration));
}

/** What the pack reported as mandatory. */
const reported = (result: Run) => mandatory(result).map((event) => [event.policyName, nameOf(event)] as const);

/** What is about no single resource is reported for the stack. */
const wholeStack = () => `policies-${stack.name}`;

test("what is as it should be is let pass", async () => {
  const samples = Object.entries(compliant).flatMap(([rule, resources]) => samplesOf(rule, resources));
  const result = await run("preview", samples, settings);
  expect(result.text).not.toMatch(providerError);
  // Of another rule's sample a rule may have something to say: each is as small as its own rule lets it be.
  expect(reported(result).filter(([rule, name]) => name.startsWith(`${rule}.`))).toEqual([]);
  // What is about everything at once: of all samples together it must not be said either.
  expect(reported(result).filter(([, name]) => name === wholeStack())).toEqual([]);
});

test.each([
  ["first", 0],
  ["second", 1],
] as const)("the %s violation of every rule is found", async (_, index) => {
  const samples = Object.entries(violations).flatMap(([rule, cases]) => samplesOf(rule, cases[index]));
  const result = await run("preview", samples, settings);
  const found = reported(result);
  // For the stack only a rule's own sample gives it cause: test/policies/samples.test.ts.
  const isFound = (rule: string) =>
    found.some(([of, name]) => of === rule && (name.startsWith(`${rule}.`) || name === wholeStack()));
  expect(
    Object.keys(violations).filter((rule) => !isFound(rule)),
    result.text.match(/.*error: .*/g)?.join("\n"),
  ).toEqual([]);
});

test("a default provider that verifies nothing is found, unless it talks to this machine", async () => {
  const previewWith = async (apiUrl: string) => {
    stack = sampleStack([], { ...cloud.env, CLOUDSTACK_API_URL: apiUrl });
    writeFileSync(stack.configFile, JSON.stringify({ config: { "cloudstack:verifyTls": "false" } }));
    const found = reported(await stack.preview("--policy-pack", pack));
    return found.map((one) => one.join(" ")).filter((one) => one.startsWith("encryption-"));
  };
  // Reserved for documentation (RFC 5737): nobody answers there.
  const far = await previewWith("https://192.0.2.1:8443/client/api");
  expect(far).toEqual([expect.stringMatching(/^encryption-verify-tls default/)]);
  stack.remove();
  expect(await previewWith("https://127.0.0.1:8443/client/api")).toEqual([]);
});

test("tags that are missing are deployed", async () => {
  const [zone] = await cloud.rows("listZones");
  const offering = { type: "cloudstack:storage:DiskOffering", name: "plain", props: { name: "plain" } };
  const volume = {
    type: "cloudstack:storage:Volume",
    name: "scratch",
    props: { name: "scratch", sizeGib: 1, zoneId: zone?.id, diskOfferingId: unknown, tags: { owner: "somebody" } },
    dependencies: { diskOfferingId: [urnOf(offering.type, offering.name)] },
  };
  const fill = { env: "demo", layer: "scratch", owner: "nobody", "data-class": "open" };
  const { code, text } = await run("up", samplesOf("tags", [offering, volume]), {
    "hygiene-tags": { fill },
    // The program makes a domain that nothing else is in.
    "quota-limits-exist": "disabled",
  });
  expect(text).not.toMatch(/error:/);
  expect(code).toBe(0);
  expect(text).toMatch(/rules ran on .* undecided; 1 switched off: quota-limits-exist/);
  const [row] = (await cloud.list("listVolumes")).filter(({ name }) => name === "scratch");
  const tags = (row?.tags ?? []) as { key: string; value: string }[];
  expect(Object.fromEntries(tags.map(({ key, value }) => [key, value]))).toMatchObject({ ...fill, owner: "somebody" });
});
