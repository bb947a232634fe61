/** Making an instance. */
import type { Values } from "../../core/fields.ts";
import type { CreateContext, Live } from "../../core/resource.ts";
import { isObject } from "../../core/values.ts";
import type { Client, Row, StartedJob } from "../client/client.ts";
import { isCloudStackError } from "../client/errors.ts";
import { liveOf } from "../regular.ts";
import { markedById } from "../taggable.ts";
import { paramsOf } from "../wire.ts";
import { inputs, outputs } from "./fields.ts";
import { nicParams } from "./nics.ts";
import { withReason } from "./no-room.ts";
import { settingsOf } from "./settings.ts";

/**
 * Deploys an instance, through the gate of its networks if it is to be started. One whose deployment fails is removed again: the
 * server would keep it, in state Error, with its name and addresses.
 */
export async function deploy(context: CreateContext<Client>, given: Values<typeof inputs>): Promise<Live> {
  const { api, signal, mark } = context;
  const startvm = given.state === "Running";
  const parameters = { ...paramsOf(inputs, given), ...nicParams(given.nics), startvm, ...markedById.mark?.(mark) };
  const run = async (leads: boolean): Promise<Row> => {
    const pace = leads ? "deployVirtualMachine/first" : "deployVirtualMachine";
    const job = await api.start("deployVirtualMachine", parameters, { signal, pace });
    return instanceOf(context, job, given.serviceOfferingId);
  };
  const networkIds = given.nics.map(({ networkId }) => networkId);
  const row = startvm ? await api.gate.pass(networkIds, run, signal) : await run(false);

  const live = liveOf({ inputs, outputs }, row);
  const password = typeof row.password === "string" ? { password: row.password } : {};
  const values = { ...live.values, ...password };
  context.created(live.id, values);
  const settings = settingsOf(row, {}, given);
  if (settings === undefined) return { ...live, values };
  const { virtualmachine } = await api.call("updateVirtualMachine", { ...settings, id: live.id }, { signal });
  return { ...live, values: { ...values, ...liveOf({ inputs, outputs }, virtualmachine as Row).values } };
}

/** The instance that a job deploys. */
async function instanceOf(context: CreateContext<Client>, job: StartedJob, offeringId: string): Promise<Row> {
  if (job.id === undefined) throw new Error("deployVirtualMachine told no id");
  context.created(job.id);
  try {
    const { virtualmachine } = await job.result();
    return isObject(virtualmachine) ? virtualmachine : {};
  } catch (error) {
    // A wait that broke off says nothing about the job: the instance may well come up.
    if (isCloudStackError(error) && !error.facts.mayHaveHappened) await cleanUp(context, job.id);
    throw await withReason(context, error, { offeringId });
  }
}

/** The failure of the deployment is what the user has to know; that of the cleaning up is a warning beside it. */
async function cleanUp({ api, signal, log }: CreateContext<Client>, id: string): Promise<void> {
  try {
    await api.job("destroyVirtualMachine", { id, expunge: true }, { signal });
  } catch (error) {
    log("warning", `the instance ${id} failed to deploy and could not be removed: ${error}`);
  }
}
