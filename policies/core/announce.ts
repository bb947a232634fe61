import type * as analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { Enforcement, Rule, Severity } from "./rule.ts";
import { defaultEnforcement, packName, packPolicy } from "./settings.ts";
import { ownMapping } from "./text.ts";

export const levels: Record<Enforcement, analyzer.EnforcementLevel> = {
  advisory: messages.EnforcementLevel.ADVISORY,
  mandatory: messages.EnforcementLevel.MANDATORY,
  remediate: messages.EnforcementLevel.REMEDIATE,
  disabled: messages.EnforcementLevel.DISABLED,
};

export const severities: Record<Severity, analyzer.PolicySeverity> = {
  low: messages.PolicySeverity.POLICY_SEVERITY_LOW,
  medium: messages.PolicySeverity.POLICY_SEVERITY_MEDIUM,
  high: messages.PolicySeverity.POLICY_SEVERITY_HIGH,
  critical: messages.PolicySeverity.POLICY_SEVERITY_CRITICAL,
};

/**
 * What the pack tells the engine about its rules. Parameters are not among it: the engine would fill in defaults, and
 * then nobody could tell what was configured from what a grade may change. The pack checks them itself.
 */
export function infoOf(rules: readonly Rule[], version: string): analyzer.AnalyzerInfo {
  const itself = new messages.PolicyInfo()
    .setName(packPolicy)
    .setDisplayname("The pack itself")
    .setDescription("Settings, exceptions and completeness of the run")
    .setPolicyType(messages.PolicyType.POLICY_TYPE_STACK)
    .setEnforcementlevel(levels.mandatory)
    .setSeverity(severities.high);
  return new messages.AnalyzerInfo()
    .setName(packName)
    .setDisplayname("strata")
    .setVersion(version)
    .setSupportsconfig(true)
    .setPoliciesList([...rules.map(policyOf), itself]);
}

function policyOf(rule: Rule): analyzer.PolicyInfo {
  const { id, title, description, severity, kind, remediation, requirements, frameworks } = rule;
  const { POLICY_TYPE_RESOURCE, POLICY_TYPE_STACK } = messages.PolicyType;
  const policy = new messages.PolicyInfo()
    .setName(id)
    .setDisplayname(title.en)
    .setDescription(`${description.en}\n${description.ko}`)
    .setPolicyType(kind === "resource" ? POLICY_TYPE_RESOURCE : POLICY_TYPE_STACK)
    .setEnforcementlevel(levels[defaultEnforcement(rule)])
    .setSeverity(severities[severity])
    .setRemediationSteps(remediation.en.join("\n"))
    .setTagsList([...requirements]);
  const [first] = frameworks;
  if (first === undefined) return policy;
  // The protocol has room for one.
  return policy.setFramework(
    new messages.PolicyComplianceFramework()
      .setName(first.name)
      .setVersion(first.version)
      .setReference(frameworks.map(({ name, reference }) => `${name} ${reference}`).join(", "))
      .setSpecification(`${first.specification} (${ownMapping.en})`),
  );
}
