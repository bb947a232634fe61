/** Work that looks at what is there and does what is missing. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { isAnswerLost, isCloudStackError } from "./client/errors.ts";

/** Milliseconds before looking again: the request whose answer was lost may still be at work. */
const pauses = [200, 800];

/**
 * Does the work again when an answer in it was lost, or when the server refuses because the work was done meanwhile, by such a
 * request or by somebody else. `isFirst` tells whether what is known from before may be believed.
 */
export async function converge<T>(context: Context<Client>, work: (isFirst: boolean) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt === 0);
    } catch (error) {
      const pause = pauses[attempt];
      const mayBeDone = isAnswerLost(error) || isCloudStackError(error, "conflict", "invalid");
      if (pause === undefined || !mayBeDone) throw error;
      await sleep(pause, undefined, { signal: context.signal });
    }
  }
}
