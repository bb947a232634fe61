/** The regular lifecycle: create, read, update and delete of one object by one command each. */
import { listed, ProviderError } from "../core/errors.ts";
import type { Fields, Row, Values } from "../core/fields.ts";
import { formats } from "../core/formats.ts";
import type { Mark } from "../core/mark.ts";
import type { Change, Context, CreateContext, Live, Resource } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { CloudStackError, isCloudStackError, provesGone } from "./client/errors.ts";
import { createOnce } from "./leftover.ts";
import type { Command, Commands, Description, Listing } from "./resource.ts";
import { isRow, type Params, paramsOf, valuesOf } from "./wire.ts";

/** How the object of an interrupted create is recognised; see leftover.ts. */
export interface Leftover<I> {
  /** What `create` sends, so that the object carries our mark. */
  readonly mark?: (mark: Mark) => Params;
  /** Whether a row carries it. */
  readonly isOurs?: (row: Row, mark: Mark, inputs: I) => boolean;
  /** Where no mark tells: whether a row is what we would make. Default: it equals the inputs in all that is told. */
  readonly isEqual?: (row: Row, inputs: I) => boolean;
  /**
   * Whether anything uses what a row tells of. The object of a create that broke off is used by nothing, since nobody was told
   * its id: what is used is somebody else's, or about to be replaced.
   */
  readonly isUsed?: (context: Context<Client>, row: Row) => Promise<boolean>;
  /** Whether nothing can come of what a row tells of: it is removed, and made anew. */
  readonly isBroken?: (row: Row) => boolean;
  /** List parameters that narrow the search: the owner, never the name, so that one list serves all of the kind. */
  readonly within?: (inputs: I) => Params;
}

type Lifecycle<I extends Fields, O extends Fields> = Pick<
  Resource<Client, I, O>,
  "create" | "read" | "update" | "delete"
>;

/** The lifecycle of a description; a step whose command is missing is to be overridden by code. */
export function regularLifecycle<I extends Fields, O extends Fields>(description: Description<I, O>): Lifecycle<I, O> {
  return {
    create: (context, inputs) => create(description, context, inputs),
    read: (context, id) => read(description, context, id),
    update: (context, id, change) => update(description, context, id, change),
    delete: (context, id) => {
      return remove(context, step(description, "delete"), { id }, { id, listing: step(description, "read") });
    },
  };
}

/** The command of a step. */
export function step<S extends keyof Commands>(
  { api, token }: { readonly api?: Commands; readonly token: string },
  name: S,
): NonNullable<Commands[S]> {
  const command = api?.[name];
  if (command === undefined) throw new Error(`${token}: ${name} has neither a command nor code`);
  return command;
}

/** Sends a command to its end and returns the object of its answer; `onId` is told of the object before its job has ended. */
export async function send(
  context: Context<Client>,
  { command, job, answer, rename }: Command,
  params: Params,
  onId: (id: string) => void = () => {},
): Promise<Row> {
  const { api, signal } = context;
  const sent = Object.fromEntries(Object.entries(params).map(([name, value]) => [rename[name] ?? name, value]));
  const onAccepted = ({ id }: { id: string | undefined }) => id !== undefined && onId(id);
  const result = job ? await api.job(command, sent, { signal, onAccepted }) : await api.call(command, sent, { signal });
  const object = answer === undefined ? result : result[answer];
  const row = Array.isArray(object) ? object[0] : object;
  if (isRow(row)) return row;
  throw new CloudStackError({
    kind: "server",
    command,
    text: `the answer holds no "${answer}"`,
    mayHaveHappened: true,
  });
}

/**
 * Removes an object; one that is not there is removed already. A refusal is no proof: commands word it in many ways, so the
 * object's own list has the last word.
 */
export async function remove(
  context: Context<Client>,
  command: Command,
  params: Params,
  { id, listing }: { readonly id: string; readonly listing: Listing },
): Promise<void> {
  try {
    await send(context, command, params);
  } catch (error) {
    if (provesGone(error, id)) return;
    if (!isCloudStackError(error, "invalid", "not-found", "server")) throw error;
    if ((await readRow(context, listing, id)) !== undefined) throw error;
  }
}

/** What a row of an answer says about a resource. */
export function liveOf(resource: { readonly inputs: Fields; readonly outputs: Fields }, row: Row): Live {
  return { id: String(row.id), values: { ...valuesOf(resource.inputs, row), ...valuesOf(resource.outputs, row) } };
}

async function create<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: CreateContext<Client>,
  inputs: Values<I>,
): Promise<Live> {
  const params = {
    ...paramsOf(description.inputs, inputs),
    ...description.leftover?.mark?.(context.mark),
  };
  return createOnce(description, context, inputs, async () => {
    const row = await send(context, step(description, "create"), params, context.created);
    const live = liveOf(description, row);
    context.created(live.id, live.values);
    return live;
  });
}

async function read<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: Context<Client>,
  id: string,
): Promise<Live | undefined> {
  const row = await readRow(context, step(description, "read"), id);
  return row === undefined ? undefined : liveOf(description, row);
}

/** The row of an id; on import also of a name: `name`, `account/name`, `domain path/account/name`, or a domain's path. */
export async function readRow(
  context: Context<Client>,
  { command, scope }: Listing,
  id: string,
): Promise<Row | undefined> {
  const { api, signal } = context;
  if (formats.uuid.test(id)) return api.read(command, scope, id, { signal });
  const rows = await api.list(command, scope, { signal });
  const found = rows.filter((row) => namesOf(row).includes(id));
  // A template has one row for each of its zones.
  const objects = new Map(found.map((row) => [row.id, row]));
  if (objects.size > 1) {
    const choices = listed(
      [...objects.values()].map((row) => `${namesOf(row).at(-1)} = ${row.id}`),
      "; ",
    );
    throw new ProviderError({
      what: "import",
      value: id,
      rule: `${objects.size} objects have this name: ${choices}`,
      remedy: "give the id instead",
    });
  }
  return found[0];
}

function namesOf({ name, account, domainpath, path }: Row): string[] {
  const inAccount = account === undefined ? [] : [`${account}/${name}`, `${domainpath}/${account}/${name}`];
  const inDomain = domainpath === undefined ? [] : [`${domainpath}/${name}`];
  return [name, path, ...inDomain, ...inAccount].filter((one) => typeof one === "string");
}

async function update<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: Context<Client>,
  id: string,
  change: Change<I>,
): Promise<Live> {
  const params = paramsOf(description.inputs, change.after, change.changed);
  // Nothing to send: the engine has a create finished that failed half way. The answer does not count, the object is read.
  if (Object.keys(params).length > 0) {
    await send(context, { ...step(description, "update"), answer: undefined }, { ...params, id });
  }
  return readAgain(context, id, await read(description, context, id));
}

/** What was read after a change of an object that must still be there. */
export function readAgain(context: Context<Client>, id: string, live: Live | undefined): Live {
  if (live !== undefined) return live;
  const failure = { what: "update", where: context.urn, value: id, rule: "it no longer exists" };
  throw new ProviderError({ ...failure, remedy: "run `pulumi refresh`, then `pulumi up` makes it anew" });
}
