import { management } from "@pulumi/cloudstack";
import { RunError } from "@pulumi/pulumi";
import type { NetworkPlan } from "../plan/network.ts";
import { lookUp } from "./look-up.ts";

/**
 * Whether the server can take the plan at all: asked before anything is registered, so that preview says it already.
 * @throws RunError with the setting, its value, the rule and the remedy
 */
export async function checkServer({ tierCount }: NetworkPlan): Promise<void> {
  // Looked at, not set: the management server reads this setting at its start only, and other stacks live with it too.
  const name = "vpc.max.networks";
  const { value } = await lookUp(management.getSetting({ name }));
  if (Number(value) >= tierCount) return;
  throw new RunError(
    [
      `The server's setting ${name} = ${value} is too small.`,
      `  rule: the VPC has ${tierCount} tiers, one for each tenant and each zone of the platform`,
      `  remedy: set ${name} to ${tierCount} or more and restart the management server, which reads it at its start`,
    ].join("\n"),
  );
}
