import { RunError } from "@pulumi/pulumi";
import { MistakesError } from "../kit/errors.ts";

/**
 * Waits for a look-up. What a server refuses is no defect of the program: a RunError is printed without a stack trace.
 * Where it is the profile that names the thing, `at` says where, e.g. `infrastructure.zone`.
 */
export async function lookUp<T>(asked: Promise<T>, at?: { path: string; value: string }): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (at === undefined) throw new RunError(text);
    const remedy = "name it in the stack's strata:overrides; `strata doctor` looks at all of them at once";
    throw new RunError(new MistakesError("The profile, on this server,", [{ ...at, rule: text, remedy }]).message);
  }
}
