import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Description, urnOf } from "../../policies/core/subject.ts";
import { required, settings, violations } from "../policies/capacity-samples.ts";
import { unknown } from "../policies/rule-test.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack, type Run } from "../support/engine.ts";

// The rules on encryption, quota, availability and hygiene in the real engine, over resources of nobody's components.

const program = join(import.meta.dirname, "programs/policies");
const pack = join(import.meta.dirname, "../../policies");

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

function samplesOf(prefix: string, resources: readonly Description[]): Sample[] {
  const keys = new Map(
    resources.map(({ type, name }) => [urnOf(type, name), `${prefix}.${type.split(":").at(-1)}.${name}`]),
  );
  return resources.map(({ type, name, props, dependencies = {} }) => ({
    key: keys.get(urnOf(type, name)) ?? "",
    type,
    props: { ...required[type], ...props },
    secrets: [],
    dependencies: Object.fromEntries(
      Object.entries(dependencies).map(([property, urns]) => [property, urns.flatMap((urn) => keys.get(urn) ?? [])]),
    ),
  }));
}

async function run(operation: "preview" | "up", samples: readonly Sample[], configuration: object): Promise<Run> {
  stack = new EngineStack({ env: { ...cloud.env, ...ceph.env }, program });
  const [file, config] = ["samples.json", "policies.json"].map((name) => join(stack.folder, name)) as [string, string];
  writeFileSync(file, JSON.stringify({ samples, unknown }));
  writeFileSync(config, JSON.stringify(configuration));
  stack.env = { ...stack.env, SAMPLES: file };
  return await stack[operation]("--policy-pack", pack, "--policy-pack-config", config);
}

/** `rule resource` of what the pack reported as mandatory; `rule` alone for what is about no single resource. */
function reported({ events }: Run): string[] {
  const lines = readFileSync(events, "utf8").split("\n");
  return lines.flatMap((line) => {
    if (line === "") return [];
    const { policyEvent } = JSON.parse(line) as { policyEvent?: Record<string, string> };
    if (policyEvent?.enforcementLevel === "advisory" || policyEvent === undefined) return [];
    return `${policyEvent.policyName} ${policyEvent.resourceUrn?.split("::").at(-1)}`;
  });
}

test.each([
  ["first", 0],
  ["second", 1],
] as const)("the %s violation of every rule is found", async (_, index) => {
  const samples = Object.entries(violations).flatMap(([rule, cases]) => samplesOf(rule, cases[index]));
  const result = await run("preview", samples, settings);
  const found = reported(result);
  // What is about no single resource is reported for the stack.
  const isFound = (rule: string) =>
    found.some((one) => one.startsWith(`${rule} ${rule}.`) || one === `${rule} policies-${stack.name}`);
  expect(
    Object.keys(violations).filter((rule) => !isFound(rule)),
    result.text.match(/.*error: .*/g)?.join("\n"),
  ).toEqual([]);
});

test("a default provider that verifies nothing is found, unless it talks to this machine", async () => {
  const previewWith = async (apiUrl: string) => {
    stack = new EngineStack({ env: { ...cloud.env, CLOUDSTACK_API_URL: apiUrl }, program });
    const file = join(stack.folder, "samples.json");
    writeFileSync(file, JSON.stringify({ samples: [], unknown }));
    writeFileSync(stack.configFile, JSON.stringify({ config: { "cloudstack:verifyTls": "false" } }));
    stack.env = { ...stack.env, SAMPLES: file };
    const found = reported(await stack.preview("--policy-pack", pack));
    return found.filter((one) => one.startsWith("encryption-"));
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
  const [row] = (await cloud.list("listVolumes")).filter(({ name }) => name === "scratch");
  const tags = (row?.tags ?? []) as { key: string; value: string }[];
  expect(Object.fromEntries(tags.map(({ key, value }) => [key, value]))).toMatchObject({ ...fill, owner: "somebody" });
});
