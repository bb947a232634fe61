/**
 * Creates that happen once.
 *
 * A create that may have happened is never repeated blindly. Two cases: the answer was lost in this run, and an earlier run
 * was killed before the engine could write the id down. Both leave an object behind that carries our mark, or, where the API
 * has no room for one, that equals what we would make; `leftover` of a description says which. It is adopted. Never adopted
 * are objects that the state knows, and never one that might be somebody else's without a warning.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { diff, isEmpty, same } from "../core/diff.ts";
import { ProviderError } from "../core/errors.ts";
import type { Fields, Row, Values } from "../core/fields.ts";
import { liveValue, topOf } from "../core/lifecycle.ts";
import type { Context, CreateContext, Live } from "../core/resource.ts";
import type { PlainObject } from "../core/values.ts";
import type { Client } from "./client/client.ts";
import { isAnswerLost, isCloudStackError } from "./client/errors.ts";
import { liveOf, regularLifecycle, step } from "./regular.ts";
import type { Description } from "./resource.ts";
import { type Params, readTags, valuesOf } from "./wire.ts";

/**
 * Runs `attempt`, unless an earlier run made the object already. When the attempt's answer is lost, or the server refuses
 * because the object exists, looks for what was made before trying once more.
 */
export async function createOnce<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: CreateContext<Client>,
  inputs: Values<I>,
  attempt: () => Promise<Live>,
): Promise<Live> {
  const { leftover } = description;
  if (leftover === undefined) return attempt();
  const { command, scope } = step(description, "read");
  const params = { ...scope, ...leftover.within?.(inputs) };
  const adoptFrom = async (rows: readonly Row[], appeared: (row: Row) => boolean) => {
    for (const row of rows) {
      if (context.isManaged(String(row.id))) continue;
      if (!(await isOurs(description, context, inputs, row, appeared(row)))) continue;
      const adopted = await adopt(description, context, inputs, row);
      if (adopted !== undefined) return adopted;
    }
    return undefined;
  };

  const first = await listOnce(context.api, command, params);
  const adopted = await adoptFrom(first, () => false);
  if (adopted !== undefined) return adopted;
  try {
    return await attempt();
  } catch (error) {
    // With a job there is an answer: the object is known, and what failed is the wait or the job.
    const lost = isAnswerLost(error);
    // Refused because it exists: an earlier run's request may have reached the server after we looked.
    if (!lost && !isCloudStackError(error, "conflict")) throw error;
    for (const pause of lost ? searchPauses : [0]) {
      await sleep(pause, undefined, { signal: context.signal });
      const appeared = (row: Row) => lost && !first.some(({ id }) => id === row.id);
      const found = await adoptFrom(await context.api.list(command, params, context), appeared);
      if (found !== undefined) return found;
    }
    if (!lost) throw taken(context, inputs, error);
    return attempt();
  }
}

/** The server's refusal because a thing of this name exists that is not ours; conflicts with a remedy of their own stay as they are. */
function taken({ urn }: Context<Client>, { name }: PlainObject, error: unknown): unknown {
  if (!isCloudStackError(error) || error.hint !== undefined || !/already exists/.test(error.facts.text)) return error;
  return nameTaken(urn, typeof name === "string" ? name : undefined, error.message, error);
}

/** A name that somebody else's thing has. */
export function nameTaken(urn: string, name: string | undefined, rule: string, cause?: unknown): ProviderError {
  const remedy =
    "another stack with the same platform.name made it? Give one of them another name. If it is this resource under an older name in the program, give it an alias; if it was made by hand, `pulumi import` it";
  const value = name === undefined ? {} : { value: name };
  return new ProviderError({ what: "create", where: urn, ...value, rule, remedy }, { cause });
}

/** Milliseconds between searches: the server enters a new object well before it would have answered. */
const searchPauses = [200, 800, 2000];

/** Lists taken before this process made anything of the kind, one per command and scope. */
const lists = new WeakMap<Client, Map<string, Promise<Row[]>>>();

function listOnce(api: Client, command: string, params: Params): Promise<Row[]> {
  const known = lists.get(api) ?? new Map<string, Promise<Row[]>>();
  lists.set(api, known);
  const key = JSON.stringify([command, params]);
  const rows = known.get(key) ?? api.list(command, params);
  known.set(key, rows);
  // A list that failed is asked for again by the next create.
  rows.catch(() => known.delete(key));
  return rows;
}

/** `appeared`: the row was not there before the request whose answer is lost. */
async function isOurs<I extends Fields, O extends Fields>(
  { leftover, inputs: fields }: Description<I, O>,
  context: CreateContext<Client>,
  inputs: Values<I>,
  row: Row,
  appeared: boolean,
): Promise<boolean> {
  const isEqual = () => leftover?.isEqual?.(row, inputs) ?? equals(fields, row, inputs as PlainObject);
  if (leftover?.isOurs === undefined) {
    return (appeared || isRecent(row)) && isEqual() && !(await leftover?.isUsed?.(context, row));
  }
  if (leftover.isOurs(row, context.mark, inputs)) return true;
  // A mark that is put on after the create (a tag) is not yet on what a lost request, or a killed run, has just made.
  return leftover.mark === undefined && (appeared || isBare(row)) && isEqual();
}

const dayMs = 24 * 60 * 60 * 1000;

/** Without any tag, and made not long ago: most likely by a run that was killed before it could put our mark on. */
function isBare(row: Row): boolean {
  return readTags(row) === undefined && madeAt(row) !== undefined && isRecent(row);
}

/** Not known to be older than the runs that one goes on with. */
function isRecent(row: Row): boolean {
  return Date.now() - (madeAt(row) ?? Date.now()) < dayMs;
}

function madeAt(row: Row): number | undefined {
  const made = Date.parse(String(row.created ?? row.allocated));
  return Number.isNaN(made) ? undefined : made;
}

/** Everything that is given, sent with the create and told is the same; what the server fills in only when given is not set. */
function equals(fields: Fields, row: Row, inputs: PlainObject): boolean {
  const live = valuesOf(fields, row);
  return Object.entries(fields).every(([name, field]) => {
    const { from, param, cleared } = field.options;
    if (from === false || param === false) return true;
    if (isEmpty(inputs[name])) return cleared === undefined || isEmpty(live[name]);
    return same(field, inputs[name], live[name]);
  });
}

/** Takes over a leftover; one of ours that stems from an older version of the program is brought up to date or removed. */
async function adopt<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: CreateContext<Client>,
  inputs: Values<I>,
  row: Row,
): Promise<Live | undefined> {
  const live = liveOf(description, row);
  const marked = description.leftover?.isOurs?.(row, context.mark, inputs) === true;
  const whose = marked ? "it carries this resource's mark" : "it has exactly these properties";
  const resource = { ...regularLifecycle(description), ...description };
  const given = inputs as PlainObject;
  const told = Object.entries(description.inputs).filter(
    ([name, field]) => field.options.from !== false && name in inputs,
  );
  const now = told.map(([name, field]) => [name, liveValue(field, given[name], live.values[name]) ?? null] as const);
  const changes = diff(Object.fromEntries(told), Object.fromEntries(now), given);
  const isBroken = description.leftover?.isBroken?.(row) === true;
  if (isBroken || changes.some(({ effect }) => effect === "replace")) {
    const isUsed = (await description.leftover?.isUsed?.(context, row)) === true;
    await giveUp(context, live, isUsed, () => resource.delete(context, live.id, live.values));
    return undefined;
  }
  context.created(live.id, live.values);
  context.log(
    marked ? "info" : "warning",
    `${live.id} exists already and ${whose}, as after an interrupted run: adopted instead of made twice`,
  );
  if (changes.length === 0) return live;
  const changed = new Set(changes.map(({ path }) => topOf(path) as keyof I & string));
  return resource.update(context, live.id, {
    before: live.values as Values<I>,
    after: inputs,
    state: live.values,
    changed,
  });
}

/**
 * Removes a leftover that cannot become what is wanted. One with something in it is no leftover of a create: it is about to be
 * replaced, and the engine removes it when nothing is in it any more.
 */
async function giveUp(
  context: Context<Client>,
  { id }: Live,
  isUsed: boolean,
  remove: () => Promise<void>,
): Promise<void> {
  const leave = () =>
    context.log("info", `${id} carries this resource's mark, cannot become what is wanted and is in use: left alone`);
  if (isUsed) return leave();
  try {
    await remove();
    context.log("info", `${id} carries this resource's mark and cannot become what is wanted: removed`);
  } catch (error) {
    if (!isStillUsed(error)) throw error;
    leave();
  }
}

function isStillUsed(error: unknown): boolean {
  return isCloudStackError(error instanceof ProviderError ? error.cause : error, "in-use");
}
