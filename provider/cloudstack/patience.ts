/** Removals that the server refuses while something inside is on its way out. */
import { setTimeout as sleep } from "node:timers/promises";
import { listed, ProviderError } from "../core/errors.ts";
import type { Context } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { isCloudStackError } from "./client/errors.ts";

/** What still occupies the thing to be removed. */
export interface Occupants {
  /** Being removed: worth waiting for, as long as the caller's time limit allows. */
  readonly leaving: readonly string[];
  /** Not being removed, as far as the server tells. */
  readonly staying: readonly string[];
}

/** A removal accepted a moment ago may not show yet: this many refusals in a row are taken with patience. */
const REFUSALS = 4;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** Repeats `remove` while it fails because of occupants that are leaving; names those that stay. */
export async function removeWhenFree(
  context: Context<Client>,
  what: string,
  remove: () => Promise<void>,
  occupants: () => Promise<Occupants>,
): Promise<void> {
  let refusals = 0;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await remove();
    } catch (error) {
      if (!isCloudStackError(error, "in-use")) throw error;
      const { leaving, staying } = await occupants();
      refusals = leaving.length > 0 ? 0 : refusals + 1;
      if (refusals >= REFUSALS) {
        if (staying.length === 0) throw error;
        throw new ProviderError(
          {
            what,
            where: context.urn,
            rule: `${error.facts.text}: still in it: ${listed(staying)}`,
            remedy: "remove these first; if a run was broken off before, `pulumi up` finds what is its own among them",
          },
          { cause: error },
        );
      }
      if (leaving.length > 0) context.log("info", `waiting for ${listed(leaving)} to be gone`);
      await sleep(pause, undefined, { signal: context.signal });
    }
  }
}
