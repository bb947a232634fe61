/** Removals of GPU cards and profiles that the server cannot do. */
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { isCloudStackError } from "../client/errors.ts";

/**
 * Texts of deleteVgpuProfile and deleteGpuCard (recording 09, GpuServiceImpl): an instance, also one that is expunged, once had
 * an offering of the profile, which the database holds on to; or hosts report devices of the card.
 */
const keptByServer = /foreign key constraint fails|in use by one or more GPU devices/;

/** Runs a removal; what the server has to keep is left there with a warning, and a later create takes it over. */
export async function removeUnlessKept(context: Context<Client>, remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isCloudStackError(error) || !keptByServer.test(error.facts.text)) throw error;
    const reason = /foreign key/.test(error.facts.text)
      ? "an offering that instances had still refers to it"
      : "hosts report devices of it";
    context.log("warning", `left on the server, which cannot remove it (${reason}); a later create takes it over`);
  }
}
