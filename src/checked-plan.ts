import type { Profile } from "./config/schema.ts";
import { tooMuchUserData } from "./guests/cloud-init.ts";
import { MistakesError } from "./kit/errors.ts";
import { machinesOf, type Plan, planProfile } from "./plan/plan.ts";
import type { Holding } from "./plan/present.ts";

/**
 * The plan of a profile that has passed its checks, with no machine that would be told more than a server takes.
 * @param present PCI devices that machines already have on the server, where it is one that gives them (Mold).
 * @throws MistakesError that names everything that finds no place, or is too much
 */
export function checkedPlan(profile: Profile, present?: readonly Holding[]): Plan {
  const plan = planProfile(profile, present);
  const mistakes = tooMuchUserData(machinesOf(plan), plan.guests);
  if (mistakes.length > 0) throw new MistakesError("What the machines start with", mistakes);
  return plan;
}
