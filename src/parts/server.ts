import { management } from "@pulumi/cloudstack";
import { RunError } from "@pulumi/pulumi";
import { type Mistake, MistakesError } from "../kit/errors.ts";
import { machinesOf, type Plan } from "../plan/plan.ts";
import { lookUp } from "./look-up.ts";
import type { Site } from "./site.ts";

/**
 * Whether the server can take the plan at all: asked before anything is registered, so that preview says it already.
 * @throws RunError with everything that is in the way: value, rule and remedy of each
 */
export async function checkServer(plan: Plan, site: Site): Promise<void> {
  const mistakes = [...(await tooFewTiers(plan)), ...tooSmallDisks(plan, site)];
  if (mistakes.length > 0) throw new RunError(new MistakesError("The server for this profile", mistakes).message);
}

/** Looked at, not set: the management server reads this setting at its start only, and other stacks live with it too. */
async function tooFewTiers({ network: { tierCount } }: Plan): Promise<Mistake[]> {
  const name = "vpc.max.networks";
  const { value } = await lookUp(management.getSetting({ name }));
  if (Number(value) >= tierCount) return [];
  return [
    {
      path: `setting ${name}`,
      value: Number(value),
      rule: `at least ${tierCount}: the VPC has a tier for each tenant and each zone of the platform`,
      remedy: `set ${name} to ${tierCount} or more and restart the management server, which reads it at its start`,
    },
  ];
}

/** CloudStack refuses a root disk that is smaller than its template's, but only when it deploys. */
function tooSmallDisks(plan: Plan, { templateGib = 0 }: Site): Mistake[] {
  return machinesOf(plan)
    .filter(({ rootDiskGib }) => rootDiskGib < templateGib)
    .map(({ name, rootDiskGib }) => ({
      path: `disk of ${name}`,
      value: `${rootDiskGib} GiB`,
      rule: `at least ${templateGib} GiB, the size of the template`,
      remedy: "give the machine a larger disk, or the profile a smaller template",
    }));
}
