import * as pulumi from "@pulumi/pulumi";
import { loadProfile } from "./profile.ts";
import type { Profile } from "./schema.ts";

/**
 * The stack's profile: `strata:profile` (default: named like the stack), then `strata:overrides`, then the environment's
 * STRATA_OVERRIDES. The only reader of Pulumi's configuration.
 * @throws MistakesError that names every mistake at once
 */
export function loadStackProfile(): Profile {
  const config = new pulumi.Config("strata");
  return loadProfile({
    profile: config.get("profile") || pulumi.getStack(),
    overrides: config.getObject("overrides"),
    overridesLabel: "strata:overrides",
    environment: process.env.STRATA_OVERRIDES,
  });
}
