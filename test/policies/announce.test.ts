import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { rules as catalogue } from "../../policies/catalogue.generated.ts";
import { infoOf } from "../../policies/core/announce.ts";
import { csap, n2sf } from "../../policies/core/frameworks.ts";
import { type Rule, resourceRule, stackRule } from "../../policies/core/rule.ts";

/** What the engine, and whoever asks it, is told of the rules before any has run. */

const about = {
  title: { en: "No strangers", ko: "외부인 금지" },
  description: { en: "because of them", ko: "외부인 때문" },
  requirements: ["P1.5", "O4"],
  remediation: { en: ["take it out", "tell the owner"], ko: ["제거", "책임자에게 알림"] },
  example: "",
  settings: z.strictObject({}),
  grades: {},
  types: ["test:x:Box"],
  check() {},
} as const;
const hard = resourceRule({
  ...about,
  id: "test-hard",
  severity: "critical",
  strength: "hard",
  frameworks: [n2sf("SG-4", "separation"), csap("9.1", "virtual resources")],
  kind: "resource",
});
const soft = stackRule({
  ...about,
  id: "test-soft",
  severity: "low",
  strength: "advisory",
  frameworks: [],
  kind: "stack",
});
const told = (rules: readonly Rule[]) => infoOf(rules, "1.2.3").toObject();

describe("the pack tells the engine", () => {
  test("its name, its version and that it takes a configuration, for itself, too", () => {
    const { name, version, supportsconfig, policiesList } = told([hard, soft]);
    expect({ name, version, supportsconfig }).toEqual({ name: "strata", version: "1.2.3", supportsconfig: true });
    expect(policiesList.map((policy) => policy.name)).toEqual(["test-hard", "test-soft", "strata-pack"]);
  });

  test("how bad a violation is, what it does, and what puts it right", () => {
    const [first, second] = told([hard, soft]).policiesList;
    expect(first).toMatchObject({
      displayname: "No strangers",
      description: "because of them\n외부인 때문",
      severity: messages.PolicySeverity.POLICY_SEVERITY_CRITICAL,
      enforcementlevel: messages.EnforcementLevel.MANDATORY,
      policyType: messages.PolicyType.POLICY_TYPE_RESOURCE,
      remediationSteps: "take it out\ntell the owner",
      tagsList: ["P1.5", "O4"],
    });
    expect(second).toMatchObject({
      severity: messages.PolicySeverity.POLICY_SEVERITY_LOW,
      enforcementlevel: messages.EnforcementLevel.ADVISORY,
      policyType: messages.PolicyType.POLICY_TYPE_STACK,
    });
  });

  test("the frameworks that it refers to, as its own mapping and nobody's certification", () => {
    const [first, second] = told([hard, soft]).policiesList;
    expect(first?.framework).toEqual({
      name: "N2SF",
      version: "1.0",
      reference: "N2SF SG-4, CSAP IaaS 9.1",
      specification: "separation (own mapping, not a certification)",
    });
    expect(second?.framework).toBeUndefined();
  });

  test("of every rule that ships all of this", () => {
    const { policiesList } = told(catalogue);
    expect(policiesList).toHaveLength(catalogue.length + 1);
    for (const { id, strength, frameworks } of catalogue) {
      const policy = policiesList.find(({ name }) => name === id);
      expect(policy?.severity, id).toBeGreaterThan(messages.PolicySeverity.POLICY_SEVERITY_UNSPECIFIED);
      expect(policy?.remediationSteps, id).not.toBe("");
      expect(policy?.framework === undefined, id).toBe(frameworks.length === 0);
      if (frameworks.length > 0) expect(policy?.framework?.specification, id).toContain("own mapping");
      // Never weaker than it is, whatever nobody has configured.
      if (strength === "hard") expect(policy?.enforcementlevel, id).toBe(messages.EnforcementLevel.MANDATORY);
    }
  });

  test("no parameters, which the engine would fill in with defaults", () => {
    for (const { configschema } of told(catalogue).policiesList) expect(configschema).toBeUndefined();
  });
});
