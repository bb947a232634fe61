/** Changing an instance in place. */
import { same } from "../../core/diff.ts";
import { ProviderError } from "../../core/errors.ts";
import type { Values } from "../../core/fields.ts";
import { Unfinished } from "../../core/lifecycle.ts";
import type { Change, Context } from "../../core/resource.ts";
import { command } from "../../core/shell.ts";
import type { Client, Row } from "../client/client.ts";
import { isCloudStackError } from "../client/errors.ts";
import { pinnedHost } from "../hostdevice/devices.ts";
import { liveOf } from "../regular.ts";
import { flatParams } from "../wire.ts";
import { changedSizes } from "./details.ts";
import { inputs, outputs } from "./fields.ts";
import { changeNics, changesALeg, nicsDiffer } from "./nics.ts";
import { startInstance, stopInstance } from "./power.ts";
import { growRootDisk } from "./root-disk.ts";
import { needsRestart, settingsOf, userDataReset } from "./settings.ts";

export const listing = { command: "listVirtualMachines", scope: { listall: "true", userdata: "true" } } as const;

type Given = Values<typeof inputs>;

/**
 * Brings an instance from what it is now to what is wanted. Everything that needs it stopped is done in one stop; if some of it
 * fails, an instance that ran before is started again.
 */
export async function changeInstance(
  context: Context<Client>,
  id: string,
  { before, after, changed }: Change<typeof inputs>,
): Promise<void> {
  const row = await usable(context, id);
  const settings = settingsOf(row, before, after, changed);
  const offline = await offlineSteps(context, row, after, changed);
  const wasRunning = row.state === "Running";
  const mustStop = wasRunning && (offline.length > 0 || changesALeg(row, after.nics) || needsRestart(settings));
  if (mustStop) await stopInstance(context, id);
  try {
    if (nicsDiffer(row, after.nics)) {
      await changeNics(context, { ...row, state: mustStop ? "Stopped" : row.state }, after.nics);
    }
    for (const step of offline) await step();
    await applySettings(context, id, before, after, changed);
  } catch (error) {
    if (mustStop && after.state === "Running") {
      await start(context, row, after).catch((failure: unknown) => {
        context.log("warning", `${id} is stopped, and does not start again: ${failure}`);
        throw [...changed].every((name) => isCompared.has(name)) ? new Unfinished(error) : error;
      });
    }
    throw error;
  }
  const runsNow = wasRunning && !mustStop;
  if (after.state === "Running" && !runsNow) {
    await start(context, row, after).catch((error: unknown) => {
      throw new Unfinished(error);
    });
  }
  if (after.state === "Stopped" && runsNow) await stopInstance(context, id);
}

/** What is compared with what the server shows, whatever the engine takes for changed: asked for again, it is seen to be missing. */
const isCompared: ReadonlySet<string> = new Set(["serviceOfferingId", "nics", "state"]);

/** The instance in a state that changes can start from: Running or Stopped. */
async function usable(context: Context<Client>, id: string): Promise<Row> {
  const row = await current(context, id);
  if (row.jobstatus === 0) {
    await context.api.settled(row, { signal: context.signal });
    return usable(context, id);
  }
  if (row.state === "Destroyed") {
    context.log("info", `${id} was destroyed by hand and is not expunged yet: recovered`);
    await context.api.call("recoverVirtualMachine", { id }, { signal: context.signal });
    return current(context, id);
  }
  if (row.state === "Error") {
    throw failure(
      context,
      id,
      "it is in state Error: its deployment failed",
      command`pulumi up --replace ${context.urn}`,
    );
  }
  return row;
}

async function current({ api, signal, urn }: Context<Client>, id: string): Promise<Row> {
  const row = await api.reads.byId(listing.command, listing.scope, id, signal);
  if (row === undefined || row.state === "Expunging") {
    throw failure({ urn }, id, "it no longer exists", "run `pulumi refresh`, then `pulumi up` makes it anew");
  }
  return row;
}

function failure({ urn }: { urn: string }, value: string, rule: string, remedy: string): ProviderError {
  return new ProviderError({ what: "update cloudstack:compute:Instance", where: urn, value, rule, remedy });
}

/** What can be changed only while the instance is stopped, in the order in which it is done. */
async function offlineSteps(
  context: Context<Client>,
  row: Row,
  after: Given,
  changed: ReadonlySet<string>,
): Promise<(() => Promise<unknown>)[]> {
  const { api, signal } = context;
  const id = String(row.id);
  const live = liveOf({ inputs, outputs }, row).values;
  const { keyPairs, rootDiskSizeGib, serviceOfferingId } = after;
  const affinityGroupIds = after.affinityGroupIds ?? (changed.has("affinityGroupIds") ? [] : undefined);
  const steps: (() => Promise<unknown>)[] = [];
  if (affinityGroupIds !== undefined && !same(inputs.affinityGroupIds, affinityGroupIds, live.affinityGroupIds)) {
    const parameters = { id, affinitygroupids: affinityGroupIds.join(",") };
    steps.push(() => api.job("updateVMAffinityGroup", parameters, { signal }));
  }
  const sizes = changedSizes(row, after.details);
  if (live.serviceOfferingId !== serviceOfferingId || Object.keys(sizes).length > 0) {
    const parameters = { id, serviceofferingid: serviceOfferingId, ...flatParams("details", sizes) };
    steps.push(() => api.job("scaleVirtualMachine", parameters, { signal }));
  }
  if (changed.has("rootDiskSizeGib") && rootDiskSizeGib !== undefined) {
    steps.push(...(await growRootDisk(context, id, rootDiskSizeGib)));
  }
  if (changed.has("keyPairs") && keyPairs !== undefined) {
    const { account, domainId } = after;
    const parameters = { id, keypairs: keyPairs.join(","), account, domainid: domainId };
    steps.push(() => api.job("resetSSHKeyForVirtualMachine", parameters, { signal }));
  }
  const reset = userDataReset(row, after, changed);
  if (reset !== undefined) {
    steps.push(() => api.call("resetUserDataForVirtualMachine", { ...reset, id }, { signal }));
  }
  return steps;
}

/** Looks again first: scaling sets high availability back to what the new offering says. */
async function applySettings(
  context: Context<Client>,
  id: string,
  before: Given,
  after: Given,
  changed: ReadonlySet<string>,
): Promise<void> {
  const settings = settingsOf(await current(context, id), before, after, changed);
  if (settings === undefined) return;
  const { api, signal } = context;
  try {
    await api.call("updateVirtualMachine", { ...settings, id }, { signal });
  } catch (error) {
    // To lift the ban is refused where template, offering or zone allow no scaling anyway; a deployment leaves it out there.
    const { isdynamicallyscalable, ...others } = settings;
    const isIdle = isCloudStackError(error, "invalid") && /^Dynamic Scaling cannot be enabled/.test(error.facts.text);
    if (isdynamicallyscalable !== true || !isIdle) throw error;
    context.log("info", `${id} is not scaled while it runs: ${error.facts.text}`);
    if (Object.keys(others).length > 0) await api.call("updateVirtualMachine", { ...others, id }, { signal });
  }
}

/** One with devices of a host (cloudstack:gpu:HostDevice) starts there; any other wherever the server likes. */
async function start(context: Context<Client>, row: Row, { nics }: Given): Promise<void> {
  const networkIds = nics.map(({ networkId }) => networkId);
  await startInstance(context, String(row.id), { networkIds, hostId: await pinnedHost(context, row) });
}
