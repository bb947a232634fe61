import * as pulumi from "@pulumi/pulumi";
import { MistakesError } from "../kit/errors.ts";
import { loadProfile } from "./profile.ts";
import type { Profile } from "./schema.ts";

/**
 * The stack's profile: `strata:profile` (default: named like the stack), then `strata:overrides`, then the environment's
 * STRATA_OVERRIDES. The only reader of Pulumi's configuration. Throws a `RunError` that names every mistake at once.
 */
export function loadStackProfile(): Profile {
  const config = new pulumi.Config("strata");
  try {
    return loadProfile({
      profile: config.get("profile") || pulumi.getStack(),
      overrides: config.getObject("overrides"),
      overridesLabel: "strata:overrides",
      environment: process.env.STRATA_OVERRIDES,
    });
  } catch (error) {
    // A RunError prints its message without a stack trace: nothing is wrong with the program.
    throw error instanceof MistakesError ? new pulumi.RunError(error.message) : error;
  }
}
