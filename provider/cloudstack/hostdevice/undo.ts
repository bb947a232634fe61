import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";

/** How long taking back may last, whatever became of the run: a cancelled one takes its changes back as well. */
const patienceMs = 600_000;

type Step = (context: Context<Client>) => Promise<unknown>;

/** Steps that are taken back, last one first, when a later one fails. */
export class Undo {
  private readonly steps: { readonly what: string; readonly run: Step }[] = [];

  /** To be called before the step itself: one whose answer is lost may have been carried out. `run` must bear it undone. */
  add(what: string, run: Step): void {
    this.steps.push({ what, run });
  }

  /** Takes everything back. @returns what could not be, in words */
  async all(context: Context<Client>): Promise<string[]> {
    const own = { ...context, signal: AbortSignal.timeout(patienceMs) };
    const failed: string[] = [];
    for (const { what, run } of this.steps.reverse()) {
      try {
        await run(own);
      } catch (error) {
        failed.push(`${what}: ${error instanceof Error ? error.message : error}`);
      }
    }
    return failed;
  }
}
