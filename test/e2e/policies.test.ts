import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CloudSeedName } from "../../emulator/cloudstack/seeds/seeds.ts";
import type { Description } from "../../policies/core/subject.ts";
import { urnOf } from "../../policies/core/subject.ts";
import cephSchema from "../../provider/ceph/schema.json" with { type: "json" };
import cloudstackSchema from "../../provider/cloudstack/schema.json" with { type: "json" };
import { violations } from "../policies/isolation-samples.ts";
import { landscape } from "../policies/landscape.ts";
import { unknown } from "../policies/rule-test.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack, type Run } from "../support/engine.ts";

// The pack in the real engine, over resources that nobody made with our components.

const program = join(import.meta.dirname, "programs/policies");
const pack = join(import.meta.dirname, "../../policies");
const someId = "00000000-0000-4000-8000-000000000000";
/** What the providers insist on and no isolation rule looks at. */
const required: Record<string, Record<string, unknown>> = {
  Instance: { zoneId: someId, templateId: someId, serviceOfferingId: someId },
  Network: { zoneId: someId, networkOfferingId: someId },
  LoadBalancerRule: { algorithm: "roundrobin", publicIpId: someId },
  PortForwardingRule: { protocol: "tcp", publicIpId: someId },
  StaticNat: { publicIpId: someId },
  DiskOffering: { customized: true },
  Volume: { zoneId: someId, sizeGib: 10 },
  StoragePool: { zoneId: someId, monitors: ["10.0.6.201"], secretKey: "QVFB" },
  SshKeyPair: { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILJpC1bzbn3mCd8mNqZ9ExcZBbgQdPGZdBoBYBNv+KxG t" },
  RgwUser: { displayName: "documents" },
};

const schemas: Record<string, { inputProperties: object }> = { ...cloudstackSchema.resources, ...cephSchema.resources };

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

interface Sample {
  key: string;
  type: string;
  props: Record<string, unknown>;
  secrets: string[];
  dependencies: Record<string, string[]>;
}

/** The resources as samples of a program, with what they refer to and a prefix of their own. */
function samplesOf(prefix: string, wanted: readonly Description[], all: readonly Description[]): Sample[] {
  const byUrn = new Map(all.map((one) => [urnOf(one.type, one.name), one]));
  const keyOf = ({ type, name }: Description) => `${prefix}-${type.split(":").at(-1)}-${name}`;
  const taken = new Map<string, Sample>();
  const take = (one: Description): void => {
    if (taken.has(keyOf(one))) return;
    const referents = Object.entries(one.dependencies ?? {}).map(([property, urns]) => {
      return [property, urns.flatMap((urn) => byUrn.get(urn) ?? [])] as const;
    });
    taken.set(keyOf(one), {
      key: keyOf(one),
      type: one.type,
      props: inputsOf(one),
      secrets: [...(one.secrets ?? [])],
      dependencies: Object.fromEntries(referents.map(([property, ones]) => [property, ones.map(keyOf)])),
    });
    for (const [, ones] of referents) ones.forEach(take);
  };
  wanted.forEach(take);
  return [...taken.values()];
}

/** What the type has as inputs, and what it must have. */
function inputsOf({ type, props = {} }: Description): Record<string, unknown> {
  const known = new Set(Object.keys(schemas[type]?.inputProperties ?? {}));
  const given = Object.entries({ ...required[type.split(":").at(-1) ?? ""], ...props });
  return Object.fromEntries(given.filter(([name]) => known.has(name)));
}

async function preview(samples: readonly Sample[], ...words: string[]): Promise<Run> {
  stack = new EngineStack({ env: { ...cloud.env, ...ceph.env }, program });
  const file = join(stack.folder, "samples.json");
  writeFileSync(file, JSON.stringify({ samples, unknown }));
  stack.env = { ...stack.env, SAMPLES: file };
  return await stack.preview("--policy-pack", pack, ...words);
}

interface PolicyEvent {
  policyName: string;
  resourceUrn: string;
  message: string;
  enforcementLevel: string;
}

/** What the pack reported as mandatory. */
function mandatory({ events }: Run): PolicyEvent[] {
  const lines = readFileSync(events, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.flatMap((line) => {
    const { policyEvent } = JSON.parse(line) as { policyEvent?: PolicyEvent };
    return policyEvent?.enforcementLevel === "mandatory" ? [policyEvent] : [];
  });
}

const nameOf = ({ resourceUrn }: PolicyEvent) => resourceUrn.split("::").at(-1);

/** Other than what the pack says: a sample that the provider refuses proves nothing. */
const providerError = /error: (?!preview failed|update failed)/;
const isolationOnly = (found: readonly PolicyEvent[]) =>
  found.filter(({ policyName }) => policyName.startsWith("isolation-"));

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
  expect(isolationOnly(mandatory(run))).toEqual([]);
  expect(run.text).toMatch(/strata policies: \d+ rules ran on \d+ resources/);
});

test("every violation of an isolation rule is found, by its rule and at its resource", async () => {
  const good = landscape();
  const expected: [rule: string, prefix: string, named: string][] = [];
  const samples = Object.entries(violations).flatMap(([rule, cases]) =>
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
    const resource = new RegExp(`\\b${prefix}-\\w+-${named}\\b`);
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
