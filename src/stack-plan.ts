import { log, RunError } from "@pulumi/pulumi";
import { checkedPlan } from "./checked-plan.ts";
import { loadStackProfile } from "./config/load.ts";
import type { Profile } from "./config/schema.ts";
import { MistakesError } from "./kit/errors.ts";
import { findPresent } from "./parts/present.ts";
import { machinesOf, type Plan } from "./plan/plan.ts";
import { deviceQuestionOf, redealt } from "./plan/present.ts";

/**
 * The plan of this stack's profile. What machines have of PCI devices they keep; those that cannot are told.
 * @throws RunError with everything that is wrong with the profile, or that does not fit: no defect of the program, so
 *   it is printed without a stack trace
 */
export async function planStack(): Promise<Plan> {
  const profile = saying(loadStackProfile);
  const present = await findPresent(deviceQuestionOf(profile));
  const plan = saying(() => checkedPlan(profile, present));
  for (const { machine, from, to } of redealt(machinesOf(plan), present)) {
    log.warn(
      `${machine} has ${from.join(", ")} and gets ${to.join(", ") || "no device"}: it is stopped and started for it`,
    );
  }
  return plan;
}

function saying<T extends Plan | Profile>(decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    throw error instanceof MistakesError ? new RunError(error.message) : error;
  }
}
