import { setTimeout as sleep } from "node:timers/promises";
import { isCloudStackError } from "./errors.ts";

export interface RetryRules {
  /** The request may be sent again even if the lost one was carried out. */
  repeatable: boolean;
  /** The endpoint has answered before: a refused connection is a restart, worth waiting for. */
  answeredBefore: () => boolean;
  signal?: AbortSignal | undefined;
}

const ATTEMPTS = 8;
/** To an endpoint that never answered: long enough for a server just starting to listen, short enough for a wrong port. */
const FIRST_CONTACT_ATTEMPTS = 4;
const BASE_MS = 200;
const LONGEST_MS = 8_000;

/** Sends, and sends again after a growing, jittered pause (0.2 s to 8 s, 20 s in all) while that is safe and may help. */
export async function withRetries<T>(send: () => Promise<T>, rules: RetryRules): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (rules.signal?.aborted || !worthRepeating(error, attempt, rules)) throw error;
      await backoff(attempt, rules.signal).catch(() => {
        throw error;
      });
    }
  }
}

/** Half of the pause is fixed and half is chance, so that clients cut off together do not come back together. */
function backoff(attempt: number, signal?: AbortSignal): Promise<void> {
  const ceiling = Math.min(BASE_MS * 2 ** (attempt - 1), LONGEST_MS);
  return sleep(ceiling / 2 + (Math.random() * ceiling) / 2, undefined, { signal });
}

function worthRepeating(error: unknown, attempt: number, rules: RetryRules): boolean {
  if (!isCloudStackError(error) || attempt >= ATTEMPTS) return false;
  switch (error.kind) {
    case "busy":
      return true; // Turned away before it was carried out.
    case "refused":
      return attempt < FIRST_CONTACT_ATTEMPTS || rules.answeredBefore();
    case "dns":
      return /EAI_AGAIN/.test(error.facts.text) && attempt < FIRST_CONTACT_ATTEMPTS;
    case "dropped":
    case "timeout":
      return rules.repeatable || !error.facts.mayHaveHappened;
    case "server":
      return rules.repeatable && error.facts.httpStatus === 500;
    default:
      return false;
  }
}
