import { describe, expect, test } from "vitest";
import { Pack } from "../../policies/core/pack.ts";
import { readSettings } from "../../policies/core/settings.ts";
import { type Description, subjectOf, urnOf } from "../../policies/core/subject.ts";
import { noUsers } from "../../policies/core/world.ts";
import aclDescription from "../../policies/rules/hygiene/acl-description.ts";
import names from "../../policies/rules/hygiene/names.ts";
import noDeprecatedOffering from "../../policies/rules/hygiene/no-deprecated-offering.ts";
import pinnedTemplate from "../../policies/rules/hygiene/pinned-template.ts";
import tags from "../../policies/rules/hygiene/tags.ts";
import { judge, unknown } from "./rule-test.ts";

const of = (type: string, props: object): Description => ({ type, name: "it", props: { ...props } });

describe("hygiene-names", () => {
  test.each(["ai-a-train-01", "dqg-01", "dev-svc-web-02"])("takes the machine %s", async (name) => {
    expect((await judge(names, [of("cloudstack:compute:Instance", { name })])).violations).toEqual([]);
  });

  test.each([
    ["cloudstack:compute:Instance", "Test_VM"],
    ["cloudstack:compute:Instance", "ai-a-train"],
    ["cloudstack:storage:Volume", "My volume"],
    ["ceph:pool:Pool", "-pool"],
  ])("refuses %s %s", async (type, name) => {
    expect((await judge(names, [of(type, { name })])).violations[0]).toContain(`"${name}" does not fit`);
  });

  test("takes another pattern, and no bad one", async () => {
    const settings = { machines: "^vm\\d$" };
    expect((await judge(names, [of("cloudstack:compute:Instance", { name: "vm1" })], { settings })).violations).toEqual(
      [],
    );
    await expect(judge(names, [], { settings: { machines: "(" } })).rejects.toThrow("hygiene-names.machines");
  });

  test("is undecided on a name that is not known", async () => {
    expect((await judge(names, [of("ceph:pool:Pool", { name: unknown })])).undecided).toHaveLength(1);
  });
});

describe("hygiene-tags", () => {
  const complete = { env: "prod", layer: "shared-ai", owner: "x", "data-class": "open" };
  const volume = (given: unknown, account?: unknown): Description => ({
    type: "cloudstack:storage:Volume",
    name: "it",
    props: { name: "it", ...(given !== undefined && { tags: given }), ...(account !== undefined && { account }) },
  });
  const remediate = (description: Description, settings = {}) => {
    const given = new Map([[tags.id, { settings }]]);
    const pack = new Pack({ rules: [tags], settings: readSettings([tags], given), isPreview: true });
    return pack.remediate(subjectOf(description)).map(({ changes }) => changes);
  };

  test("takes what has them all", async () => {
    expect((await judge(tags, [volume(complete)])).violations).toEqual([]);
    expect((await judge(tags, [volume({ ...complete, tenant: "a" }, "strata-tenant-a")])).violations).toEqual([]);
  });

  test.each([
    [volume(undefined), "it: it lacks the tags env, layer, owner, data-class"],
    [volume({ ...complete, owner: "" }), "it: it lacks the tags owner"],
    [volume(complete, "strata-tenant-a"), "it: it is of tenant a and lacks the tag tenant"],
  ])("refuses %j", async (one, reason) => {
    expect((await judge(tags, [one])).violations).toEqual([reason]);
  });

  test("is undecided on tags that are not known", async () => {
    expect((await judge(tags, [volume(unknown)])).undecided).toHaveLength(1);
    expect((await judge(tags, [volume({ ...complete, owner: unknown })])).undecided).toHaveLength(1);
  });

  test("fills in the tenant, and what it is told", () => {
    expect(remediate(volume(complete, "strata-tenant-a"))).toEqual([{ tags: { ...complete, tenant: "a" } }]);
    expect(remediate(volume({ env: "dev" }), { fill: { env: "prod", owner: "ops" } })).toEqual([
      { tags: { env: "dev", owner: "ops" } },
    ]);
    expect(remediate(volume({ env: unknown }), { fill: { env: "prod", owner: "ops" } })).toEqual([
      { tags: { env: unknown, owner: "ops" } },
    ]);
  });

  test("leaves alone what is complete, unknown, secret, or nobody has told", () => {
    expect(remediate(volume(complete))).toEqual([]);
    expect(remediate(volume(unknown, "strata-tenant-a"))).toEqual([]);
    expect(remediate(volume({}, unknown))).toEqual([]);
    expect(remediate({ ...volume({}, "strata-tenant-a"), secrets: ["/tags/note"] })).toEqual([]);
  });
});

describe("hygiene-pinned-template", () => {
  const template = (props: object) =>
    of("cloudstack:compute:Template", {
      url: "https://images.example/ubuntu-22.04.5.img",
      checksum: `{SHA-256}${"ab".repeat(32)}`,
      ...props,
    });

  test("takes a fixed image with a strong checksum", async () => {
    expect((await judge(pinnedTemplate, [template({})])).violations).toEqual([]);
  });

  test.each([
    [{ checksum: undefined }, "it: template it: no checksum"],
    [{ checksum: "d41d8cd98f00b204e9800998ecf8427e" }, "it: template it: checksum of an old kind (MD5 by its form)"],
    [{ checksum: "{SHA-1}abcd" }, "it: template it: checksum SHA-1"],
    [
      { url: "https://images.example/jammy/current/jammy.img" },
      "it: template it: its address changes what it gives (https://images.example/jammy/current/jammy.img)",
    ],
  ])("refuses %j", async (props, reason) => {
    expect((await judge(pinnedTemplate, [template(props)])).violations).toEqual([reason]);
  });

  test("is undecided on an address that is not known, and judges the rest", async () => {
    const { violations, undecided } = await judge(pinnedTemplate, [template({ url: unknown, checksum: undefined })]);
    expect([violations.length, undecided.length]).toEqual([1, 1]);
  });
});

describe("hygiene-no-deprecated-offering", () => {
  const type = "cloudstack:compute:ServiceOffering";
  const offering = (name: string, props: object = {}): Description => ({ type, name, props: { name, ...props } });
  const instance = (name: string): Description => ({
    type: "cloudstack:compute:Instance",
    name: "it",
    props: { name: "it", serviceOfferingId: unknown },
    dependencies: { serviceOfferingId: [urnOf(type, name)] },
  });

  test("takes one that stays", async () => {
    expect((await judge(noDeprecatedOffering, [offering("2c-8g"), instance("2c-8g")])).violations).toEqual([]);
  });

  test.each([
    offering("2c-8g-deprecated"),
    offering("2c-8g", { displayText: "Legacy: do not use" }),
    offering("2c-8g", { state: "Inactive" }),
  ])("refuses %j", async (old) => {
    expect((await judge(noDeprecatedOffering, [old, instance(old.name)])).violations).toHaveLength(1);
  });

  test("asks the server what it has, and is undecided where nobody knows", async () => {
    const byHand = of("cloudstack:storage:Volume", { name: "it", diskOfferingId: "id-1" });
    const answer = subjectOf({
      type: "cloudstack:storage:DiskOffering",
      name: "d",
      props: { name: "d", state: "Inactive" },
    });
    const lookUp = { find: () => Promise.resolve(answer), users: () => Promise.resolve(noUsers) };
    expect((await judge(noDeprecatedOffering, [byHand], { lookUp })).violations).toHaveLength(1);
    expect((await judge(noDeprecatedOffering, [byHand])).undecided).toHaveLength(1);
  });
});

describe("hygiene-acl-description", () => {
  const list = (...rules: object[]) => of("cloudstack:network:NetworkAclList", { name: "l", rules });

  test("takes rules with a reason", async () => {
    expect((await judge(aclDescription, [list({ number: 1, description: "SSH (P7)" })])).violations).toEqual([]);
  });

  test("names every rule without one", async () => {
    const one = list({ number: 1 }, { number: 2, description: "  ? " }, { number: 3, description: "default deny" });
    expect((await judge(aclDescription, [one])).violations).toEqual([
      "it: rule 1 of it does not say why it is there",
      "it: rule 2 of it does not say why it is there",
    ]);
  });

  test("is undecided on rules that are not known", async () => {
    expect(
      (await judge(aclDescription, [of("cloudstack:network:NetworkAclList", { rules: unknown })])).undecided,
    ).toHaveLength(1);
  });
});
