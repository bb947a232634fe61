/** The rules of a list at the server. */
import type { Context } from "../../core/resource.ts";
import type { Client, Row, StartedJob } from "../client/client.ts";
import { isCloudStackError } from "../client/errors.ts";
import type { Step } from "./plan.ts";
import { type Item, isSame, itemOf, type Rule, ruleParams } from "./rule.ts";

type Accepted = Pick<StartedJob, "id" | "result">;

/** The rules of the list, asked for anew. */
export async function itemsOf(context: Context<Client>, aclId: string): Promise<Item[]> {
  return (await listRows(context, aclId)).map(itemOf);
}

/** Fills a list that no tier uses yet: all rules at once. */
export async function createAll(context: Context<Client>, aclId: string, rules: readonly Rule[]): Promise<void> {
  const outcomes = await Promise.allSettled(rules.map((rule) => startCreate(context, aclId, rule)));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  await settle(
    context,
    aclId,
    outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : [])),
  );
}

/** Changes a list in force, one step after the other. */
export async function applySteps(context: Context<Client>, aclId: string, steps: readonly Step[]): Promise<void> {
  const { api, signal } = context;
  const ids = new Map<string, string>();
  let created: Accepted[] = [];
  for (const step of steps) {
    if (step.kind === "create") {
      // The order in which creates are accepted counts; their jobs may run side by side.
      const job = await startCreate(context, aclId, step.rule);
      if (job.id) ids.set(step.key, job.id);
      created.push(job);
      continue;
    }
    await settle(context, aclId, created);
    created = [];
    const itemId = ids.get(step.key) ?? step.key;
    if (step.kind === "delete") await remove(context, aclId, itemId);
    else {
      const parameters = { ...ruleParams(step.rule), id: itemId, partialupgrade: false };
      await api.job("updateNetworkACLItem", parameters, { signal });
    }
  }
  await settle(context, aclId, created);
}

/** A rule that is gone already makes the server stumble (NetworkACLManagerImpl.revokeNetworkACLItem): what counts is the list. */
async function remove(context: Context<Client>, aclId: string, id: string): Promise<void> {
  try {
    await context.api.job("deleteNetworkACL", { id }, { signal: context.signal });
  } catch (error) {
    if (context.signal.aborted || (await itemsOf(context, aclId)).some((item) => item.id === id)) throw error;
  }
}

/** A rule's number is unique in its list: one that is there with our number and content is ours, whoever lost the answer. */
async function startCreate(context: Context<Client>, aclId: string, rule: Rule): Promise<Accepted> {
  const { api, signal } = context;
  const start = () =>
    api.start("createNetworkACL", { aclid: aclId, ...ruleParams(rule) }, { signal, pace: "createNetworkACL/last" });
  try {
    return await start();
  } catch (error) {
    const lost = isCloudStackError(error, "dropped", "timeout");
    if (!lost && !isCloudStackError(error, "conflict")) throw error;
    const item = (await itemsOf(context, aclId)).find((candidate) => isSame(candidate, rule));
    if (item) return { id: item.id, result: async () => ({}) };
    if (!lost) throw error;
    return start();
  }
}

/**
 * Waits until all these rules are in force. One list tells of all of them, so that only the last job is asked about; the others
 * only where the list leaves a doubt: a rule whose job failed is gone again.
 */
async function settle(context: Context<Client>, aclId: string, jobs: readonly Accepted[]): Promise<void> {
  if (jobs.length === 0) return;
  await jobs.at(-1)?.result();
  const rows = await listRows(context, aclId);
  const active = new Set(rows.filter(({ state }) => state === "Active").map(({ id }) => id));
  await Promise.all(jobs.filter(({ id }) => !active.has(id)).map((job) => job.result()));
}

function listRows({ api, signal }: Context<Client>, aclId: string): Promise<Row[]> {
  return api.list("listNetworkACLs", { aclid: aclId, listall: true }, { signal });
}
