import { ApiError, failBare } from "../models/errors.ts";

/** Runs what a command wraps whole: every refusal becomes a 530 with code 9999, its text behind the prefix. */
export function wrapped<R>(prefix: string, run: () => R): R {
  try {
    return run();
  } catch (error) {
    if (error instanceof ApiError) throw failBare(530, `${prefix}${error.message}`);
    throw error;
  }
}
