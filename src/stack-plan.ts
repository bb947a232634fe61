import { RunError } from "@pulumi/pulumi";
import { loadStackProfile } from "./config/load.ts";
import { MistakesError } from "./kit/errors.ts";
import { type Plan, planProfile } from "./plan/plan.ts";

/**
 * The plan of this stack's profile.
 * @throws RunError with everything that is wrong with the profile, or that does not fit: no defect of the program, so
 *   it is printed without a stack trace
 */
export function planStack(): Plan {
  try {
    return planProfile(loadStackProfile());
  } catch (error) {
    throw error instanceof MistakesError ? new RunError(error.message) : error;
  }
}
