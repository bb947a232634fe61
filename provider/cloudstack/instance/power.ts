/** Starting and stopping instances. */
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { isCloudStackError } from "../client/errors.ts";

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
  { api, signal }: Context<Client>,
  id: string,
  { networkIds, hostId }: StartOptions,
): Promise<void> {
  const run = async (leads: boolean) => {
    const pace = leads ? "startVirtualMachine/first" : "startVirtualMachine";
    try {
      await api.job("startVirtualMachine", { id, hostid: hostId }, { signal, pace });
    } catch (error) {
      if (!isCloudStackError(error) || !/is already running/.test(error.facts.text)) throw error;
    }
  };
  await api.gate.pass([...networkIds], run, signal);
}
