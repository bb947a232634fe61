/** Starting and stopping instances. */
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { isCloudStackError } from "../client/errors.ts";
import { withReason } from "./no-room.ts";

export interface StartOptions {
  readonly networkIds: readonly string[];
  /** The host that it must start on. */
  readonly hostId?: string | undefined;
}

export async function stopInstance({ api, signal }: Context<Client>, id: string): Promise<void> {
  await api.job("stopVirtualMachine", { id }, { signal });
}

/** Through the gate: the networks may have lost their routers while nothing ran on them. One that runs already is fine. */
export async function startInstance(
  context: Context<Client>,
  id: string,
  { networkIds, hostId }: StartOptions,
): Promise<void> {
  const { api, signal } = context;
  const explained = async (error: unknown) => {
    if (!isCloudStackError(error, "capacity")) return error;
    const row = await api.reads.byId("listVirtualMachines", { listall: "true" }, id, signal).catch(() => undefined);
    const offeringId = row?.serviceofferingid;
    return offeringId === undefined
      ? error
      : withReason(context, error, { offeringId: String(offeringId), instanceId: id });
  };
  const run = async (leads: boolean) => {
    const pace = leads ? "startVirtualMachine/first" : "startVirtualMachine";
    try {
      await api.job("startVirtualMachine", { id, hostid: hostId }, { signal, pace });
    } catch (error) {
      if (!isCloudStackError(error) || !/is already running/.test(error.facts.text)) throw await explained(error);
    }
  };
  await api.gate.pass([...networkIds], run, signal);
}
