/** What happens around a resource's own steps: secrets, previews, partial failures, what of the live state becomes state. */
import { diff, isEmpty, type Change as PropertyChange, same } from "./diff.ts";
import type { Field, Fields } from "./fields.ts";
import { markOf } from "./mark.ts";
import type { Owners } from "./owners.ts";
import type { Context, Live, PlanContext, Resource } from "./resource.ts";
import { stampIn } from "./stamp.ts";
import {
  containsUnknown,
  isList,
  isObject,
  markSecrets,
  type Plain,
  type PlainObject,
  present,
  revealAll,
  Secret,
  UNKNOWN,
  type ValueObject,
} from "./values.ts";

/** Created, but not finished: the engine records id and state, and tries an update next time. */
export class PartialFailure extends Error {
  readonly id: string;
  readonly properties: ValueObject;
  readonly inputs: ValueObject;
  constructor(id: string, properties: ValueObject, inputs: ValueObject, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.id = id;
    this.properties = properties;
    this.inputs = inputs;
  }
}

/**
 * Thrown by an update after which the thing is not as it shall be in a way that no property tells, such as an instance that does
 * not start, and which asks what is missing when it is called again. The engine then comes back to it, also where the program is
 * set back in the meantime: without it, that would be no change, and the thing would stay as it is.
 */
export class Unfinished extends Error {
  readonly values: PlainObject | undefined;

  /** `values`: what the thing is like now, where a read would not tell by itself what of it is ours. */
  constructor(cause: unknown, values?: PlainObject) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.values = values;
  }
}

export interface Applied {
  readonly id: string;
  readonly properties: ValueObject;
}

/** Creates; after the id is known every failure is partial. `stamp` goes into the state. */
export async function create<Api>(
  resource: Resource<Api>,
  context: Context<Api>,
  given: ValueObject,
  owners: Owners,
  stamp: PlainObject,
): Promise<Applied> {
  const inputs = revealAll(given);
  let begun: Live | undefined;
  const recorded = (id: string, values: PlainObject): Applied => {
    owners.taken(context.urn, id);
    owners.recorded(context.urn, id, stamp);
    return { id, properties: propertiesOf(resource, given, values, stamp) };
  };
  try {
    const live = await resource.create(
      {
        ...planning(context, owners),
        created: (id, values = {}) => {
          owners.taken(context.urn, id);
          begun = { id, values };
        },
      },
      inputs,
    );
    return recorded(live.id, live.values);
  } catch (error) {
    if (begun === undefined || (await isGone(resource, context, begun))) throw error;
    const { id, properties } = recorded(begun.id, begun.values);
    throw new PartialFailure(id, properties, given, error);
  }
}

function planning<Api>(context: Context<Api>, owners: Owners): PlanContext<Api> {
  return {
    ...context,
    mark: markOf(context.urn),
    isManaged: (id) => owners.of(context.urn, id) !== undefined,
  };
}

/** How long the question may take: a server that gives no answer proves nothing, and the user waits for the failure. */
const proofMs = 5_000;

/** Whether what a failed create had begun is proven to be there no more: then there is nothing to record. */
async function isGone<Api>(resource: Resource<Api>, context: Context<Api>, { id, values }: Live): Promise<boolean> {
  const isThere = async () => (await resource.read(context, id, values)) !== undefined;
  return (await inTime(isThere())) === false;
}

/** What is read, if it is read soon and without a failure. */
function inTime<T>(asked: Promise<T>): Promise<T | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, proofMs, undefined).unref());
  return Promise.race([asked.catch(() => undefined), late]);
}

export interface ReadBack extends Applied {
  readonly inputs: ValueObject;
}

/** Reads; absent when the thing is proven gone. Without inputs it is an import, and all live inputs count. */
export async function read<Api>(
  resource: Resource<Api>,
  context: Context<Api>,
  id: string,
  given: ValueObject,
  state: ValueObject,
): Promise<ReadBack | undefined> {
  const live = await resource.read(context, id, { ...revealAll(given), ...revealAll(state) });
  if (live === undefined) return undefined;
  const isImport = Object.keys(given).length === 0;
  const plain = revealAll(given);
  const inputs: Record<string, Plain> = {};
  for (const [name, field] of Object.entries(resource.inputs)) {
    const value = isImport || name in plain ? liveValue(field, plain[name], live.values[name]) : undefined;
    if (value !== undefined) inputs[name] = value;
  }
  return {
    id: live.id,
    inputs: secretly(resource.inputs, inputs, given),
    properties: propertiesOf(resource, given, live.values, state),
  };
}

export async function update<Api>(
  resource: Resource<Api>,
  context: Context<Api>,
  id: string,
  request: { before: ValueObject; after: ValueObject; state: ValueObject },
): Promise<ValueObject> {
  const before = revealAll(request.before);
  const after = revealAll(request.after);
  const state = revealAll(request.state);
  // What would replace comes here only where it means the same thing (`staysItself`): there is nothing to send for it.
  const changes = diff(resource.inputs, before, after).filter(({ effect }) => effect !== "replace");
  const changed = new Set(changes.map(({ path }) => topOf(path)));
  const recorded = (values: PlainObject) => propertiesOf(resource, request.after, values, request.state);
  try {
    return recorded((await resource.update(context, id, { before, after, state, changed })).values);
  } catch (error) {
    if (!(error instanceof Unfinished)) throw (await halfDone(resource, context, id, { ...request, error })) ?? error;
    const values = error.values ?? (await inTime(resource.read(context, id, { ...after, ...state })))?.values;
    throw new PartialFailure(id, recorded(values ?? { ...state, ...after }), request.after, error.cause);
  }
}

/**
 * A failed update that has changed something all the same: what is there now is recorded, as a refresh would, so that the next
 * run does the rest, or takes back what was done where the program is set back in the meantime.
 */
async function halfDone<Api>(
  resource: Resource<Api>,
  context: Context<Api>,
  id: string,
  { before, after, state, error }: { before: ValueObject; after: ValueObject; state: ValueObject; error: unknown },
): Promise<PartialFailure | undefined> {
  // Of what was to be added only what a server tells: nobody knows whether the rest has arrived, so it is sent again.
  const told = Object.entries(after).filter(([name]) => {
    const field = resource.inputs[name];
    return field !== undefined && isTold(field);
  });
  const found = await inTime(read(resource, context, id, { ...Object.fromEntries(told), ...before }, state));
  if (found === undefined) return undefined;
  const changes = diff(resource.inputs, revealAll(before), revealAll(found.inputs));
  return changes.length === 0 ? undefined : new PartialFailure(id, found.properties, found.inputs, error);
}

/** Deletes, unless the object has become another resource's in this run, or a newer record of the state holds it, too. */
export async function remove<Api>(
  resource: Resource<Api>,
  context: Context<Api>,
  id: string,
  state: ValueObject,
  owners: Owners,
): Promise<void> {
  const owner = owners.of(context.urn, id) ?? context.urn;
  if (owner !== context.urn) {
    context.log("info", `${id} is not deleted: it now belongs to ${owner}`);
  } else if (owners.isRecordedTwice(context.urn, id, state)) {
    context.log("info", `${id} is not deleted: it was to be replaced and is in use again, only the old record goes`);
  } else {
    await resource.delete(context, id, revealAll(state));
  }
  owners.dropped(context.urn, id, state);
}

/**
 * Outputs of a create that has not happened: inputs as given, what follows from them, and the rest unknown.
 * @throws ProviderError where it is known now that the create would fail
 */
export async function previewCreate<Api>(
  resource: Resource<Api>,
  context: Context<Api>,
  given: ValueObject,
  owners: Owners,
): Promise<ValueObject> {
  await resource.foresee?.(planning(context, owners), revealAll(given));
  const outputs = Object.fromEntries(Object.keys(resource.outputs).map((name) => [name, UNKNOWN]));
  const predicted = resource.preview?.(revealAll(given)) ?? {};
  return secretly(
    { ...resource.inputs, ...resource.outputs },
    { ...revealAll(given), ...outputs, ...predicted },
    given,
  );
}

/** Outputs of an update that has not happened: those stay known that do not depend on what changes. */
export function previewUpdate<Api>(
  resource: Resource<Api>,
  request: { before: ValueObject; after: ValueObject; state: ValueObject },
): ValueObject {
  const after = revealAll(request.after);
  const state = revealAll(request.state);
  const changed = new Set(diff(resource.inputs, revealAll(request.before), after).map(({ path }) => topOf(path)));
  const outputs = Object.entries(resource.outputs).map(([name, field]) => {
    const stale = field.options.changesWith?.some((input) => changed.has(input)) ?? false;
    return [name, stale ? UNKNOWN : (state[name] ?? null)] as const;
  });
  const predicted = changed.size > 0 ? (resource.preview?.(after) ?? {}) : {};
  const values = { ...Object.fromEntries(outputs.filter(([, value]) => value !== null)), ...known(predicted) };
  return secretly(
    { ...resource.inputs, ...resource.outputs },
    { ...after, ...values, ...stampIn(state) },
    request.after,
  );
}

function known(values: PlainObject): PlainObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !containsUnknown(value)));
}

/** The changes that stop a running instance, as the user reads them; empty when none does. */
export function stops<Api>(resource: Resource<Api>, changes: readonly PropertyChange[], state: PlainObject): string[] {
  const paths = changes.filter(({ effect }) => effect === "stops").map(({ path }) => path);
  return paths.length > 0 && (resource.isRunning?.(state) ?? true) ? paths : [];
}

/** The name of the property that a path starts with. */
export function topOf(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

/**
 * The state of a resource: its inputs as the server has them, and its outputs. What the server never tells is taken from
 * the inputs; a value that means the same keeps the spelling of the program; an output that is missing keeps its last value
 * only if the server never tells it.
 */
function propertiesOf<Api>(
  resource: Resource<Api>,
  given: ValueObject,
  live: PlainObject,
  state: ValueObject = {},
): ValueObject {
  const plain = revealAll(given);
  const before = revealAll(state);
  const values: Record<string, Plain> = {};
  for (const [name, field] of Object.entries(resource.inputs)) {
    const value = name in resource.outputs ? undefined : liveValue(field, plain[name], live[name]);
    if (value !== undefined) values[name] = value;
  }
  for (const [name, field] of Object.entries(resource.outputs)) {
    const value = live[name] ?? (isTold(field) ? undefined : before[name]);
    if (value !== undefined) values[name] = value;
  }
  return secretly({ ...resource.inputs, ...resource.outputs }, { ...values, ...stampIn(state) }, given);
}

function isTold(field: Field): boolean {
  return field.options.from !== false || field.options.decode !== undefined;
}

/**
 * The live value in the words of the given one, without the parts that only the server filled in. What the server's rows never
 * tell is as it was given; where nothing was, as on import, it is what the resource found out in another way.
 */
export function liveValue(field: Field, given: Plain | undefined, live: Plain | undefined): Plain | undefined {
  if (!isTold(field)) return given ?? live;
  if (same(field, given, live)) return given;
  if (isEmpty(live) || live === undefined) return undefined;
  const { kind } = field;
  if (kind.kind === "object" && isObject(live)) {
    return liveObject(kind.fields, given, live as PlainObject, field.options.whole === true);
  }
  if (kind.kind === "list" && isList(live)) {
    const partner = partners(kind, isList(given) ? given : []);
    const ordered = live.map((element: Plain, index) => ({ element, ...partner(element, index) }));
    if (kind.set || kind.key !== undefined) ordered.sort((a, b) => a.place - b.place);
    return ordered.map(({ element, given: like }) => liveValue(kind.element, like, element) ?? element);
  }
  return live;
}

function liveObject(fields: Fields, given: Plain | undefined, live: PlainObject, isWhole: boolean): PlainObject {
  const like = isObject(given) ? (given as PlainObject) : undefined;
  const entries = Object.entries(fields).flatMap(([name, field]) => {
    if (!isWhole && like !== undefined && !(name in like)) return [];
    const value = liveValue(field, like?.[name], live[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Finds, for an element of the live list, the given element it belongs to and that one's place. */
function partners(kind: { element: Field; set: boolean; key: string | undefined }, given: readonly Plain[]) {
  return (element: Plain, index: number): { given: Plain | undefined; place: number } => {
    const place = given.findIndex((candidate, at) => {
      if (kind.key !== undefined)
        return isObject(candidate) && isObject(element) && candidate[kind.key] === element[kind.key];
      return kind.set ? same(kind.element, candidate, element) : at === index;
    });
    return place < 0 ? { given: undefined, place: given.length + index } : { given: given[place], place };
  };
}

/** Makes secret what its field or its input says is secret. */
function secretly(fields: Fields, values: PlainObject, given: ValueObject): ValueObject {
  const marked = markSecrets(values, given);
  return Object.fromEntries(
    present(marked).map(([name, value]) => {
      const secret = fields[name]?.options.secret === true && !(value instanceof Secret);
      return [name, secret ? new Secret(value) : value];
    }),
  );
}
