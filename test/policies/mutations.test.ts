import { beforeAll, describe, expect, test } from "vitest";
import { rules } from "../../policies/catalogue.generated.ts";
import type { Finding } from "../../policies/core/finding.ts";
import { profiles } from "../cli/plan-profiles.ts";
import { type Mutation, programs } from "./mutations-edits.ts";
import { encryption } from "./mutations-encryption.ts";
import { isolation } from "./mutations-isolation.ts";
import { networks } from "./mutations-networks.ts";
import { mutations as others } from "./mutations-others.ts";
import { judgeAll, Platform } from "./mutations-platform.ts";
import { rawAndSly } from "./mutations-raw.ts";
import { type Edited, type Program, recordProgram } from "./mutations-record.ts";

const mutations: readonly Mutation[] = [...isolation, ...networks, ...encryption, ...others, ...rawAndSly];
const modes = [
  { mode: "preview", isPreview: true },
  { mode: "update", isPreview: false },
];
const untouched: Program[] = [...profiles.map((profile) => ({ profile })), programs["tagging with Ceph"]];

/** The public address is known only in the update, and so is whether it holds a secret; the same for keys of data. */
const openInPreview = ["encryption-plain-outputs", "encryption-data-keys"];

const line = ({ rule, urn, message }: Finding) => `${rule?.id} ${urn}: ${message.en}`;

/** A rule that could not decide has caught nothing. */
function reports({ rule, status, message }: Finding, id: string): boolean {
  return rule?.id === id && status === "violation" && !message.en.startsWith("cannot be decided");
}

describe.each(modes)("in a $mode", ({ isPreview }) => {
  const recorded = new Map<string, Edited[]>();
  beforeAll(async () => {
    for (const [name, program] of Object.entries(programs)) recorded.set(name, await recordProgram(program, isPreview));
    // The first of them loads the whole program.
  }, 60_000);

  test.each(untouched)("$profile $overrides as it is: nothing is found", async (program) => {
    const platform = new Platform(await recordProgram(program, isPreview), isPreview);
    const { early, late } = await judgeAll(platform);
    const said = [...early, ...late].filter(
      ({ status, rule }) => !(isPreview && status === "undecided" && openInPreview.includes(rule?.id ?? "")),
    );
    expect(said.map(line)).toEqual([]);
  });

  const decided = mutations.filter(({ isOpenInPreview = false }) => !isPreview || !isOpenInPreview);
  test.each(decided)("$rule: $edit", async (mutation) => {
    const { program = "enterprise", overrides, change, rule, given } = mutation;
    const base = programs[program];
    const resources =
      overrides === undefined ? recorded.get(program) : await recordProgram({ ...base, overrides }, isPreview);
    const platform = new Platform(resources ?? [], isPreview);
    change?.(platform);
    const { early, late } = await judgeAll(platform, given);
    const isForOne = rules.some(({ id, kind }) => id === rule && kind === "resource");
    // Of a single resource it is said before that is made; in a preview of new things, once all of them are seen.
    const inTime = isForOne && !isPreview ? early : [...early, ...late];
    expect(
      inTime.some((finding) => reports(finding, rule)),
      [...early, ...late].map(line).join("\n"),
    ).toBe(true);
  });
});

describe("what a preview cannot know", () => {
  const open = mutations.filter(({ isOpenInPreview }) => isOpenInPreview);
  test.each(open)("$rule is undecided and not silent: $edit", async ({ program = "enterprise", change, rule }) => {
    const platform = new Platform(await recordProgram(programs[program], true), true);
    change?.(platform);
    const { late } = await judgeAll(platform);
    expect(late.filter((finding) => finding.rule?.id === rule).map(({ status }) => status)).toContain("undecided");
  });
});

const fourth = { name: "City D", dataClass: "sensitive", vlan: 23, storage: "10 GiB", machines: [] };
const whole = { mode: "passthrough", memory: null, count: 1 };

test.each([
  ["a tenant with another's addresses", { tenants: { c: { cidr: "10.0.21.0/24" } } }, /10\.0\.21\.0/],
  ["a tenant on another's VLAN", { tenants: { c: { vlan: 20 } } }, /vlan/],
  ["a fourth tenant with another's addresses", { tenants: { d: { ...fourth, cidr: "10.0.20.0/24" } } }, /10\.0\.20\.0/],
  ["a whole card for a tenant", { tenants: { a: { machines: { "ai-a-train-01": { gpu: whole } } } } }, /whole cards/],
  ["more machines than a tenant's limits", { tenants: { a: { limits: { cpus: 2 } } } }, /cpus/],
])("the profile itself refuses %s", async (_, overrides, message) => {
  await expect(recordProgram({ profile: "enterprise", overrides }, true)).rejects.toThrow(message);
});

test("every rule catches something here", () => {
  const named = new Set(mutations.map(({ rule }) => rule));
  expect(rules.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([]);
  expect([...named].filter((id) => !rules.some((rule) => rule.id === id))).toEqual([]);
});

test("each edit stands here once", () => {
  expect(new Set(mutations.map(({ edit }) => edit)).size).toBe(mutations.length);
  expect(mutations.length).toBeGreaterThanOrEqual(150);
});
