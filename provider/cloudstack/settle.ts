/** Waiting for what the server finishes on its own, after it has answered. */
import { setTimeout as sleep } from "node:timers/promises";
import { ProviderError } from "../core/errors.ts";
import type { Context } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { isCloudStackError } from "./client/errors.ts";
import { remove } from "./regular.ts";
import { job, rows } from "./resource.ts";

/** How long the server may take to clean up what was deleted before (account clean-up runs in the background). */
const patienceMs = 120_000;

/**
 * Deletes a domain. An account that was deleted a moment ago may still be "to cleanup" (apache/cloudstack#2924): tried again
 * until the domain is empty. What else is in the way is an error at once; nothing is ever cleaned up along with the domain.
 */
export async function deleteWhenEmpty(context: Context<Client>, domainId: string): Promise<void> {
  const end = Date.now() + patienceMs;
  for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
    try {
      const object = { id: domainId, listing: rows("listDomains") };
      return await remove(context, job("deleteDomain"), { id: domainId }, object);
    } catch (error) {
      if (!isCloudStackError(error) || !/accounts? to cleanup/.test(error.facts.text) || Date.now() > end) throw error;
    }
    await sleep(pause, undefined, { signal: context.signal });
  }
}

/** Reads until `isDone`, with growing pauses; `describe` names what is waited for when time runs out. */
export async function until<T>(
  context: Context<Client>,
  read: () => Promise<T>,
  isDone: (value: T) => boolean,
  limits: { what: string; describe: (value: T) => string; forMs: number },
): Promise<T> {
  const end = Date.now() + limits.forMs;
  for (let pause = 250; ; pause = Math.min(pause * 1.5, 10_000)) {
    const value = await read();
    if (isDone(value)) return value;
    if (Date.now() > end) {
      throw new ProviderError({
        what: limits.what,
        where: context.urn,
        rule: `still ${limits.describe(value)} after ${limits.forMs / 60_000} minutes`,
        remedy: "the server goes on: run `pulumi up` again, or raise customTimeouts",
      });
    }
    await sleep(pause, undefined, { signal: context.signal });
  }
}
