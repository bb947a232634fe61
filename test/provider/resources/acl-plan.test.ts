import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ownBeforeUpdate } from "../../../provider/cloudstack/acl/ownership.ts";
import { matcherOf, packetsOf, verdict } from "../../../provider/cloudstack/acl/packets.ts";
import { after, planEdit } from "../../../provider/cloudstack/acl/plan.ts";
import { type Item, isSame, type Rule } from "../../../provider/cloudstack/acl/rule.ts";

type Entries = { key: string; rule: Rule }[];

/** Every state that the list passes through. */
function states(present: readonly Item[], wanted: readonly Rule[]): Entries[] {
  const first: Entries = present.map(({ id, ...rule }) => ({ key: id, rule }));
  const all = [first];
  for (const step of planEdit(present, wanted)) {
    const before = all.at(-1) ?? [];
    const taken = before.some(
      (e) => e.key !== step.key && step.kind !== "delete" && e.rule.number === step.rule.number,
    );
    expect(taken, "two rules with one number").toBe(false);
    all.push(after(before, step));
  }
  return all;
}

/** Checks that every packet keeps its verdict or gets its final one, and never changes twice. */
function expectNoGap(present: readonly Item[], wanted: readonly Rule[]): void {
  const passed = states(present, wanted);
  const last = passed.at(-1) ?? [];
  expect(last).toHaveLength(wanted.length);
  for (const rule of wanted) expect(last.some((entry) => isSame(entry.rule, rule))).toBe(true);
  const matchers = passed.map((entries) =>
    entries.map(({ rule }) => matcherOf(rule)).sort((a, b) => a.number - b.number),
  );
  const rules = [...present, ...wanted];
  for (const packet of packetsOf(rules, rules)) {
    const verdicts = matchers.map((list) => verdict(list, packet)).filter((v, i, all) => v !== all[i - 1]);
    expect(verdicts.length, `${JSON.stringify(packet)}: ${verdicts.join(" → ")}`).toBeLessThanOrEqual(2);
  }
}

const cidrs = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.2.0.0/16"];
const body = fc.record({
  action: fc.constantFrom("allow" as const, "deny" as const),
  trafficType: fc.constantFrom("ingress" as const, "egress" as const),
  cidrs: fc.uniqueArray(fc.constantFrom(...cidrs), { minLength: 1, maxLength: 2 }),
  match: fc.constantFrom(
    { protocol: "all" },
    { protocol: "tcp" },
    { protocol: "tcp", startPort: 443 },
    { protocol: "tcp", startPort: 80, endPort: 8080 },
    { protocol: "udp", startPort: 53 },
    { protocol: "icmp", icmpType: 8, icmpCode: -1 },
  ),
});
const rulesWith = (numbers: number[]) =>
  fc
    .uniqueArray(fc.constantFrom(...numbers), { maxLength: 6 })
    .chain((chosen) =>
      fc.tuple(...chosen.map((number) => body.map(({ match, ...rest }): Rule => ({ number, ...rest, ...match })))),
    );
const itemsOf = (rules: Rule[]): Item[] => rules.map((rule, i) => ({ ...rule, id: `item-${i}` }));

describe("an edit of a list in force", () => {
  test.each([
    ["with room between the numbers", [10, 20, 30, 40, 50, 60]],
    ["with no room between the numbers", [1, 2, 3, 4, 5, 6]],
  ])("opens nothing and cuts nothing in between, %s", (_, numbers) => {
    fc.assert(
      fc.property(rulesWith(numbers), rulesWith(numbers), (present, wanted) => expectNoGap(itemsOf(present), wanted)),
      { numRuns: 300 },
    );
  });

  test("that breaks off at any step is known for our own, and a stranger's rule for none of ours", () => {
    const stranger: Rule = { ...https, number: 7, description: "not ours" };
    for (const numbers of [
      [10, 20, 30, 40, 50, 60],
      [1, 2, 3, 4, 5, 6],
    ]) {
      fc.assert(
        fc.property(rulesWith(numbers), rulesWith(numbers), (present, wanted) => {
          for (const entries of states(itemsOf(present), wanted)) {
            const items = [...entries.map(({ key, rule }) => ({ ...rule, id: key })), { ...stranger, id: "stranger" }];
            const own = ownBeforeUpdate(items, present, wanted).map(({ id }) => id);
            expect(own.sort()).toEqual(entries.map(({ key }) => key).sort());
          }
        }),
        { numRuns: 200 },
      );
    }
  });

  const https: Rule = {
    number: 10,
    action: "allow",
    trafficType: "ingress",
    protocol: "tcp",
    cidrs: ["10.0.0.0/8"],
    startPort: 443,
  };
  const rest: Rule = { number: 900, action: "deny", trafficType: "ingress", protocol: "all", cidrs: ["0.0.0.0/0"] };

  test("T#281 nothing changed: nothing is done", () => {
    expect(planEdit(itemsOf([https, rest]), [rest, { ...https, endPort: 443 }])).toEqual([]);
  });

  test("T#242 one rule changed: it alone is changed, in place", () => {
    const steps = planEdit(itemsOf([https, rest]), [{ ...https, cidrs: ["10.1.0.0/16"] }, rest]);
    expect(steps).toEqual([{ kind: "update", key: "item-0", rule: { ...https, cidrs: ["10.1.0.0/16"] } }]);
  });

  test("T#245 one rule added before others: it alone is made", () => {
    const ssh = { ...https, number: 5, startPort: 22 };
    expect(planEdit(itemsOf([https, rest]), [https, ssh, rest])).toEqual([{ kind: "create", key: "new:5", rule: ssh }]);
  });

  test("two rules that trade places are not both gone for a moment", () => {
    const allow = { ...https, number: 20 };
    const deny: Rule = { ...https, number: 10, action: "deny", cidrs: ["10.1.0.0/16"] };
    expectNoGap(itemsOf([deny, allow]), [
      { ...allow, number: 10 },
      { ...deny, number: 20 },
    ]);
  });
});
