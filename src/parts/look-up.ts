import { RunError } from "@pulumi/pulumi";
import { type Mistake, MistakesError } from "../kit/errors.ts";

/** Something that the profile names is not there. */
class NotThere extends RunError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    super(new MistakesError("The profile, on this server,", mistakes).message);
    this.mistakes = mistakes;
  }
}

/**
 * Waits for a look-up. What a server refuses is no defect of the program: a RunError is printed without a stack trace.
 * Where it is the profile that names the thing, `at` says where, e.g. `infrastructure.zone`.
 */
export async function lookUp<T>(asked: Promise<T>, at?: { path: string; value: string }): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    // The SDK's own words before the provider's say nothing to who wrote the profile.
    const text = (error instanceof Error ? error.message : String(error)).replace(
      /^invocation of \S+ returned an error: /,
      "",
    );
    if (at === undefined) throw new RunError(text);
    const remedy = "name it in the stack's strata:overrides; `strata doctor` looks at all of them at once";
    throw new NotThere([{ ...at, rule: text, remedy }]);
  }
}

/**
 * Waits for several look-ups.
 * @throws RunError with everything that is not there; any other failure as it is
 */
export async function lookUpAll<T extends readonly unknown[]>(
  asked: {
    [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  const failures = (await Promise.allSettled(asked)).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const absent = failures.flatMap((failure) => (failure instanceof NotThere ? failure.mistakes : []));
  const other = failures.find((failure) => !(failure instanceof NotThere));
  if (other !== undefined) throw other;
  if (absent.length > 0) throw new NotThere(absent);
  return (await Promise.all(asked)) as unknown as T;
}
