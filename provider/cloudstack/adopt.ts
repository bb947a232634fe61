/**
 * Things that the server makes on its own: GPU cards, profiles and devices, which hosts report. One that is there already is
 * taken over and brought to what the program says; `previous` keeps what it was, and deleting puts that back instead of
 * removing the thing.
 */
import { same } from "../core/diff.ts";
import { type Field, type Fields, map, type Row, text, type Values } from "../core/fields.ts";
import type { Context, CreateContext, Live } from "../core/resource.ts";
import type { Plain, PlainObject } from "../core/values.ts";
import type { Client } from "./client/client.ts";
import { liveOf, regularLifecycle, step } from "./regular.ts";
import type { Description } from "./resource.ts";

/** Output of everything that can be taken over. */
export const previous = map(text({}), {
  optional: true,
  from: false,
  doc: "Set when it was there before: what it was then, put back when this resource is deleted. Otherwise deleting removes it.",
});

type Adoptable = Fields & { readonly previous: typeof previous };

export interface Adoption<I> {
  /** Whether a row is the thing that the inputs describe; the server holds no second one. */
  readonly isIt: (row: Row, inputs: I) => boolean;
  /**
   * Whether nothing refers to it. One that is unused and equal to what the program says is taken for the work of a run of ours
   * that was killed: it is ours to delete.
   */
  readonly isUnused: (context: Context<Client>, row: Row) => Promise<boolean>;
  /** Before anything is made: whether the inputs are enough. @throws ProviderError */
  readonly mayCreate?: (context: Context<Client>, inputs: I) => void;
}

/** Lets the lifecycle of a description take over what is there. `update` of it must bring about every input it is given. */
export function adoptable<I extends Fields, O extends Adoptable>(
  description: Description<I, O>,
  { isIt, isUnused, mayCreate }: Adoption<Values<I>>,
): Description<I, O> {
  const regular = regularLifecycle(description);
  const inner = { ...regular, ...description };
  return {
    ...description,

    async create(context, inputs) {
      const { command, scope } = step(description, "read");
      const rows = await context.api.list(command, scope, context);
      const row = rows.find((candidate) => isIt(candidate, inputs));
      if (row !== undefined) {
        const live = liveOf(description, row);
        const isEqual = differences(description.inputs, live.values, inputs as PlainObject).length === 0;
        if (!isEqual || !(await isUnused(context, row))) return adopt(description, context, inputs, live);
      }
      mayCreate?.(context, inputs);
      return inner.create(context, inputs);
    },

    async delete(context, id, state) {
      if (state.previous === undefined) return inner.delete(context, id, state);
      const live = await inner.read(context, id, state);
      if (live === undefined) return;
      await bring(inner, context, live, wordsToValues(description.inputs, state.previous as PlainObject));
    },
  };
}

async function adopt<I extends Fields, O extends Fields>(
  description: Description<I, O>,
  context: CreateContext<Client>,
  inputs: Values<I>,
  live: Live,
): Promise<Live> {
  const inner = { ...regularLifecycle(description), ...description };
  const differing = differences(description.inputs, live.values, inputs as PlainObject);
  const before = valuesToWords(Object.fromEntries(differing.map((name) => [name, live.values[name]])));
  const known = { ...live.values, previous: before };
  context.created(live.id, known);
  context.log("info", `${live.id} is there already: taken over; deleting this resource will leave it`);
  const brought = await bring(inner, context, live, inputs as PlainObject);
  return { id: live.id, values: { ...brought.values, previous: before } };
}

interface Updatable<I extends Fields> {
  readonly inputs: I;
  update: NonNullable<Description<I, Fields>["update"]>;
}

/** Brings a thing to the wanted values; what is not among them stays. */
async function bring<I extends Fields>(
  { inputs, update }: Updatable<I>,
  context: Context<Client>,
  live: Live,
  wanted: PlainObject,
): Promise<Live> {
  const changed = new Set(differences(inputs, live.values, wanted));
  if (changed.size === 0) return live;
  const after = { ...live.values, ...wanted } as Values<I>;
  return update(context, live.id, { before: live.values as Values<I>, after, state: live.values, changed });
}

/** Names of the inputs that the server tells and that are wanted otherwise than they are. */
function differences(fields: Fields, live: PlainObject, wanted: PlainObject): string[] {
  return Object.entries(fields)
    .filter(([, { options }]) => options.from !== false || options.decode !== undefined)
    .filter(([name, field]) => wanted[name] !== undefined && !same(field, wanted[name], live[name]))
    .map(([name]) => name);
}

function valuesToWords(values: Record<string, Plain | undefined>): Record<string, string> {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, String(value)]));
}

function wordsToValues(fields: Fields, words: PlainObject): PlainObject {
  const entries = Object.entries(words).map(([name, word]) => [name, plainOf(fields[name], String(word))] as const);
  return Object.fromEntries(entries);
}

function plainOf(field: Field | undefined, word: string): Plain {
  switch (field?.kind.kind) {
    case "integer":
      return Number(word);
    case "boolean":
      return word === "true";
    default:
      return word;
  }
}
