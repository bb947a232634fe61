/**
 * The lifecycle of every resource.
 *
 * Ceph answers "made" to a create of what exists already, also when it is another's and has other properties. So a create looks
 * first. What is there is adopted only when it is recognised as the leftover of an interrupted create (`leftover` of a
 * description); else it is an error that names `pulumi import`. Whatever appears while our own create runs is ours.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { diff, isEmpty, same } from "../core/diff.ts";
import { ProviderError } from "../core/errors.ts";
import type { Fields, Row, Values } from "../core/fields.ts";
import { liveValue, topOf } from "../core/lifecycle.ts";
import type { Change, Context, CreateContext, Live, Resource } from "../core/resource.ts";
import type { PlainObject } from "../core/values.ts";
import type { Client } from "./client/client.ts";
import { isAnswerLost, isCephError } from "./client/errors.ts";
import type { Description } from "./resource.ts";
import { valuesOf } from "./wire.ts";

type Lifecycle<I extends Fields, O extends Fields> = Pick<
  Resource<Client, I, O>,
  "create" | "read" | "update" | "delete"
>;

export function lifecycleOf<I extends Fields, O extends Fields>(description: Description<I, O>): Lifecycle<I, O> {
  return {
    create: (context, inputs) => create(description, context, inputs),
    async read(context, id, known) {
      // An import is one look at one thing, perhaps one that was made a moment ago; a refresh shares what it reads.
      const isImport = Object.keys(known).length === 0;
      if (isImport) context.api.forget();
      const row = await description.find(context, id);
      if (row !== undefined && isImport) description.refuse?.(row);
      return row && liveOf(description, description.worded?.(row, known) ?? row, known);
    },
    update: (context, id, change) => update(description, context, id, change),
    delete: (context, id, state) => remove(description, context, id, state),
  };
}

function liveOf<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  row: Row,
  known: PlainObject = {},
): Live {
  const { inputs, outputs } = description;
  const values = description.unseen?.(row, known) ?? { ...valuesOf(inputs, row), ...valuesOf(outputs, row) };
  return { id: description.id(row), values };
}

async function create<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: CreateContext<Client>,
  inputs: Values<I>,
): Promise<Live> {
  const reference = description.reference(inputs);
  const release = reserve(context, `${description.token} ${reference}`);
  try {
    context.api.forget();
    const there = await description.find(context, reference);
    if (there !== undefined) {
      const adopted = await adoptLeftover(description, context, inputs, there);
      if (adopted !== undefined) return adopted;
    }
    return await makeOnce(description, context, inputs, reference);
  } finally {
    release();
  }
}

/** Names under way in this process: two resources of one program must not share an object because both found none. */
const reserved = new WeakMap<Client, Set<string>>();

function reserve(context: CreateContext<Client>, key: string): () => void {
  const names = reserved.get(context.api) ?? new Set<string>();
  reserved.set(context.api, names);
  if (names.has(key)) throw taken(context, key, "another resource of this program is making it");
  names.add(key);
  return () => names.delete(key);
}

/** Longer than anybody takes between looking for a name and making it. */
const settleMs = 250;

/** Milliseconds between searches after a lost answer: the manager that took the request may still be at work. */
const searchPauses = [200, 800, 2000];

async function makeOnce<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: CreateContext<Client>,
  inputs: Values<I>,
  reference: string,
): Promise<Live> {
  try {
    await description.make(context, inputs);
  } catch (error) {
    const lost = isAnswerLost(error);
    const row = await search(description, context, reference, lost ? searchPauses : [0]);
    if (row !== undefined) {
      const live = announce(description, context, row);
      // Made, but not to the end: the engine has the id and finishes it with the next update.
      if (!lost) throw error;
      return bringUpToDate(description, context, inputs, live);
    }
    if (!lost) throw error;
    await description.make(context, inputs);
  }
  // Somebody who looked before our create may send one of the same name after it, and its mark takes the place of ours.
  if (description.leftover.isOurs !== undefined) await sleep(settleMs, undefined, { signal: context.signal });
  const row = await description.find(context, reference);
  if (row === undefined) {
    const rule = "Ceph reports success, but lists no such thing";
    throw new ProviderError({
      what: "create",
      where: context.urn,
      value: reference,
      rule,
      remedy: "run `pulumi up` again",
    });
  }
  verifyOurs(description, context, row);
  return announce(description, context, row);
}

/** What a failed create may have made. The user's time may be up: the search has a little of its own. */
async function search<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: CreateContext<Client>,
  reference: string,
  pauses: readonly number[],
): Promise<Row | undefined> {
  const late = context.signal.aborted;
  const looking = late ? { ...context, signal: AbortSignal.timeout(lastLookMs) } : context;
  for (const pause of pauses) {
    await sleep(pause, undefined, { signal: looking.signal });
    // A failure to look must not hide why we look.
    const row = await description.find(looking, reference).catch((error: unknown) => {
      if (!late) throw error;
      return undefined;
    });
    if (row !== undefined) return row;
  }
  return undefined;
}

const lastLookMs = 5_000;

function announce<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: CreateContext<Client>,
  row: Row,
): Live {
  const live = liveOf(description, row);
  context.created(live.id, live.values);
  return live;
}

/** Two programs may both have found nothing and then made the same: the mark tells who was first. */
function verifyOurs<I extends Fields, O extends Fields>(
  { leftover }: Description<I, O>,
  context: CreateContext<Client>,
  row: Row,
): void {
  if (leftover.isOurs === undefined || leftover.isOurs(row, context.mark)) return;
  throw new ProviderError({
    what: "create",
    where: context.urn,
    rule: "somebody else made it at the same moment: it does not carry this resource's mark",
    remedy: "choose another name, or `pulumi import` it",
  });
}

/** What is there: adopted if it is our own leftover, removed if it is ours but cannot become what is wanted, else an error. */
async function adoptLeftover<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: CreateContext<Client>,
  inputs: Values<I>,
  row: Row,
): Promise<Live | undefined> {
  const { leftover, token } = description;
  const reference = description.reference(inputs);
  const live = liveOf(description, row);
  if (context.isManaged(live.id)) {
    throw taken(
      context,
      reference,
      "this stack has it already; it cannot be replaced under its own name, it would lose its data",
    );
  }
  const marked = leftover.isOurs?.(row, context.mark) === true;
  const equal = leftover.isOurs === undefined && !leftover.isUsed?.(row) && equals(description, live.values, inputs);
  if (!marked && !equal) {
    throw taken(context, reference, `there is one already that this stack has not made (${token})`);
  }
  description.refuse?.(row);
  context.created(live.id, live.values);
  const why = marked ? "carries this resource's mark" : "has exactly these properties and has not been used";
  context.log(
    marked ? "info" : "warning",
    `${reference} exists already and ${why}, as after an interrupted run: adopted instead of made twice`,
  );
  return bringUpToDate(description, context, inputs, live);
}

function taken(context: CreateContext<Client>, reference: string, rule: string): ProviderError {
  return new ProviderError({
    what: "create",
    where: context.urn,
    value: reference,
    rule,
    remedy: `\`pulumi import\` it with the id ${reference}, or choose another name; if it is this resource under an older name in the program, give that an alias`,
  });
}

/** Everything that is given and told is the same. */
function equals<I extends Fields, O extends Fields>(
  { inputs: fields, leftover }: Description<I, O>,
  live: PlainObject,
  inputs: PlainObject,
): boolean {
  return Object.entries(fields).every(([name, field]) => {
    if (leftover.later?.has(name)) return true;
    const { from, decode, serverChooses } = field.options;
    if (from === false && decode === undefined) return true;
    if (isEmpty(inputs[name])) return serverChooses === true || isEmpty(live[name]);
    return same(field, inputs[name], live[name]);
  });
}

/** Changes what of an adopted object is not as the program has it. */
async function bringUpToDate<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: Context<Client>,
  inputs: Values<I>,
  live: Live,
): Promise<Live> {
  const given = inputs as PlainObject;
  const told = Object.entries(description.inputs).filter(([name, field]) => isTold(field) && name in inputs);
  const now = told.map(([name, field]) => [name, liveValue(field, given[name], live.values[name]) ?? null] as const);
  const changes = diff(Object.fromEntries(told), Object.fromEntries(now), given);
  if (changes.length === 0) return live;
  const stuck = changes.find(({ effect }) => effect === "replace");
  if (stuck !== undefined) {
    const rule = `what an interrupted run made has another ${stuck.path}, which cannot be changed`;
    throw new ProviderError({
      what: "create",
      where: context.urn,
      value: live.id,
      rule,
      remedy: "delete it by hand, or `pulumi import` it",
    });
  }
  const changed = new Set(changes.map(({ path }) => topOf(path) as keyof I & string));
  const before = live.values as Values<I>;
  return update(description, context, live.id, { before, after: inputs, state: live.values, changed });
}

function isTold({ options }: Fields[string]): boolean {
  return options.from !== false || options.decode !== undefined;
}

async function update<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: Context<Client>,
  id: string,
  change: Change<I>,
): Promise<Live> {
  context.api.forget();
  const row = await stillThere(description, context, id);
  // Nothing has changed when the engine wants a create finished that failed half way.
  if (change.changed.size > 0) await description.change?.(context, row, change);
  const now = await stillThere(description, context, id);
  const known = { ...change.state, ...(change.after as PlainObject) };
  return liveOf(description, description.worded?.(now, change.after as PlainObject) ?? now, known);
}

async function stillThere<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: Context<Client>,
  id: string,
): Promise<Row> {
  const row = await description.find(context, id);
  if (row !== undefined) return row;
  const failure = { what: "update", where: context.urn, value: id, rule: "it no longer exists" };
  throw new ProviderError({ ...failure, remedy: "run `pulumi refresh`, then `pulumi up` makes it anew" });
}

/** Removes an object; one that Ceph does not list is removed already. */
async function remove<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: Context<Client>,
  id: string,
  state: PlainObject,
): Promise<void> {
  context.api.forget();
  const row = await description.find(context, id);
  if (row === undefined) return;
  try {
    await description.remove(context, row, state);
  } catch (error) {
    if (!isAnswerLost(error) && !isCephError(error, "not-found")) throw error;
    if ((await description.find(context, id)) === undefined) return;
    if (!isAnswerLost(error)) throw error;
    await description.remove(context, row, state);
  }
}
