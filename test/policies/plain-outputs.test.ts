import { describe, expect, test } from "vitest";
import { Pack } from "../../policies/core/pack.ts";
import { readSettings } from "../../policies/core/settings.ts";
import { type Description, subjectOf } from "../../policies/core/subject.ts";
import plainOutputs from "../../policies/rules/encryption/plain-outputs.ts";
import { judge, unknown } from "./rule-test.ts";

const exported = (props: object, ...secrets: string[]): Description => ({
  type: "pulumi:pulumi:Stack",
  name: "strata-test",
  props: { ...props },
  secrets,
});
const vpc: Description = { type: "cloudstack:network:Vpc", name: "vpc", props: { name: "vpc" } };
const password: Description = {
  type: "random:index/randomPassword:RandomPassword",
  name: "p",
  props: { result: "c0rrect-h0rse", length: 13 },
  secrets: ["/result"],
};

describe("encryption-plain-outputs", () => {
  test.each([
    [exported({ endpoints: { api: { address: "192.0.2.1", url: "https://192.0.2.1" } }, machines: 18 })],
    [exported({ apiTokens: { a: "c0rrect-h0rse" } }, "/apiTokens")],
    [exported({ admin: { password: "c0rrect-h0rse" } }, "/admin/password")],
  ])("takes %j", async (stack) => {
    const { violations, undecided } = await judge(plainOutputs, [vpc, password, stack]);
    expect([...violations, ...undecided]).toEqual([]);
  });

  test("tells a name with a dot from a secret within another", async () => {
    const stack = exported({ "db.note": "c0rrect-h0rse", db: { note: "mine" } }, "/db/note");
    const { violations } = await judge(plainOutputs, [vpc, password, stack]);
    expect(violations).toEqual([
      "strata-test: output db.note holds a value that another resource keeps secret in plain text",
    ]);
  });

  test("looks for secrets under names with dots and slashes, too", async () => {
    const store: Description = {
      type: "kubernetes:core/v1:Secret",
      name: "s",
      props: { data: { "tls.key": "pr1vate-part", "a/b": "an0ther-part" } },
      secrets: ["/data/tls.key", "/data/a~1b"],
    };
    const { violations } = await judge(plainOutputs, [
      vpc,
      store,
      exported({ note: "it is pr1vate-part", other: "an0ther-part" }),
    ]);
    expect(violations).toHaveLength(2);
  });

  test("does not count as looking at something where there is nothing else", async () => {
    const pack = new Pack({
      rules: [plainOutputs],
      settings: readSettings([plainOutputs], new Map()),
      isPreview: true,
    });
    const { findings } = await pack.analyzeStack([subjectOf(exported({ adminPassword: "Tr0ub4dor" }))]);
    expect(findings.map(({ message }) => message.en)).toEqual(["there is no resource that a rule looks at"]);
  });

  test("is undecided on an output that is not known, and still judges the others", async () => {
    const stack = exported({ address: unknown, adminPassword: "Tr0ub4dor" });
    const { violations, undecided } = await judge(plainOutputs, [vpc, stack]);
    expect(violations).toHaveLength(1);
    expect(undecided).toHaveLength(1);
  });

  test.each([
    [exported({ adminPassword: "Tr0ub4dor" }), "output adminPassword holds a password in plain text"],
    [
      exported({ note: "log in with c0rrect-h0rse" }),
      "output note holds a value that another resource keeps secret in plain text",
    ],
    [
      exported({ db: { url: "postgres://app:hunter22@db/app" } }),
      "output db.url holds a password in a URL in plain text",
    ],
    [exported({ keys: [`AQ${"A".repeat(36)}==`] }), "output keys.0 holds a Ceph key in plain text"],
    [
      exported({ apiTokens: { a: "c0rrect-h0rse" } }, "/other"),
      "output apiTokens.a holds a value that another resource keeps secret in plain text",
    ],
  ])("refuses %j, without showing the secret", async (stack, message) => {
    const { violations, korean } = await judge(plainOutputs, [vpc, password, stack]);
    expect(violations).toEqual([`strata-test: ${message}`]);
    expect([...violations, ...korean].join()).not.toMatch(/c0rrect|Tr0ub4dor|hunter22|AAAA/);
  });
});
