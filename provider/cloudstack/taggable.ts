/**
 * Tags of taggable resources, and our mark among them.
 *
 * Tags are put on as soon as an object's id is known, while the job that makes it is still running: they cost no time, and an
 * object whose creation was broken off carries our mark. Only the tags of the program are managed; others are left alone.
 * CloudStack has no update of tags: a changed one is removed and made again (recording 06).
 */
import type { Fields, Values } from "../core/fields.ts";
import type { Mark } from "../core/mark.ts";
import type { Context, CreateContext, Live } from "../core/resource.ts";
import type { PlainObject } from "../core/values.ts";
import type { Client, StartedJob } from "./client/client.ts";
import { converge } from "./converge.ts";
import type { tags as tagsField } from "./fields.ts";
import { type Leftover, regularLifecycle } from "./regular.ts";
import type { Description } from "./resource.ts";
import { keyValueParams, readTags } from "./wire.ts";

type Tags = Readonly<Record<string, string>>;
type Taggable = Fields & { readonly tags: typeof tagsField };

const markKey = "pulumi.mark";

/** For resources that carry our mark as a tag. */
export const markedByTag: Leftover<unknown> = {
  isOurs: (row, mark) => readTags(row)?.[markKey] === mark.text,
};

/** For resources whose id we choose, so that it carries our mark; as a tag where the keys may not choose ids. */
export const markedById: Leftover<unknown> = {
  mark: (mark) => ({ customid: mark.newId() }),
  isOurs: (row, mark) => mark.owns(row.id) || readTags(row)?.[markKey] === mark.text,
};

/**
 * Lets the lifecycle of a description put on, change and read back its `tags`.
 * @param type the API's name of the kind ("UserVm", "Vpc", …)
 */
export function taggable<I extends Taggable, O extends Fields>(
  type: string,
  description: Description<I, O>,
): Description<I, O> {
  const inner = { ...regularLifecycle(description), ...description };
  const marked = description.leftover?.isOurs !== undefined;
  return {
    ...description,

    async create(context, inputs) {
      const given = tagsOf(inputs);
      let tagging: Tagging | undefined;
      const created: CreateContext<Client>["created"] = (id, known) => {
        context.created(id, known);
        const wanted = marked ? { ...given, ...markTag(context.mark, id) } : given;
        tagging ??= new Tagging(context, type, id, missing(wanted, tagsOf(known)));
      };
      const live = await inner.create({ ...context, created }, inputs);
      await tagging?.finish(tagsOf(live.values));
      return withTags(live, given);
    },

    async read(context, id, known) {
      const live = await inner.read(context, id, known);
      if (live === undefined) return undefined;
      const isImport = Object.keys(known).length === 0;
      return withTags(live, pick(tagsOf(live.values), isImport ? undefined : tagsOf(known)));
    },

    async update(context, id, change) {
      // What the state says was put on last, also where a create broke off before its tags.
      await retag(context, type, id, tagsOf(change.state), tagsOf(change.after));
      const live = await inner.update(context, id, change);
      return withTags(live, pick(tagsOf(live.values), tagsOf(change.after)));
    },
  };
}

/** The tag that marks an object as ours, unless its id does so already. */
function markTag(mark: Mark, id: string): Tags {
  return mark.owns(id) ? {} : { [markKey]: mark.text };
}

/** Tags on their way to an object whose creation may still be running. */
class Tagging {
  private readonly context: Context<Client>;
  private readonly type: string;
  private readonly id: string;
  private readonly tags: Tags;
  private readonly started: Promise<StartedJob | undefined>;

  constructor(context: Context<Client>, type: string, id: string, tags: Tags) {
    this.context = context;
    this.type = type;
    this.id = id;
    this.tags = tags;
    // Without the caller's signal: an object whose creation is broken off shall still get its mark.
    this.started = isNone(tags)
      ? Promise.resolve(undefined)
      : context.api.start("createTags", request(type, id, tags)).catch(() => undefined);
  }

  /** Makes sure that the tags are on. `told`: those that the object showed at the end of its creation. */
  async finish(told: Tags): Promise<void> {
    const left = missing(this.tags, told);
    if (isNone(left)) return;
    const job = await this.started;
    try {
      if (job === undefined) throw undefined;
      await job.result();
    } catch {
      await retag(this.context, this.type, this.id, told, { ...told, ...left });
    }
  }
}

/**
 * Changes the tags of an object from `before` to `after`; tags in neither are not touched. Where the server refuses, because
 * somebody else has put a key on or taken one off, and where its answer is lost, what counts is what the object carries.
 */
export async function retag(
  context: Context<Client>,
  type: string,
  id: string,
  before: Tags,
  after: Tags,
): Promise<void> {
  await converge(context, async (isFirst) => {
    if (isFirst) return change(context, type, id, before, after);
    const present = Object.entries(await presentTags(context, type, id));
    const named = present.filter(([key]) => key in before || key in after);
    await change(context, type, id, Object.fromEntries(named), after);
  });
}

async function change(context: Context<Client>, type: string, id: string, before: Tags, after: Tags): Promise<void> {
  const { api, signal } = context;
  const removed = Object.fromEntries(Object.entries(before).filter(([key, value]) => after[key] !== value));
  const added = missing(after, before);
  if (!isNone(removed)) await api.job("deleteTags", request(type, id, removed), { signal });
  if (!isNone(added)) await api.job("createTags", request(type, id, added), { signal });
}

/** All tags that an object carries. */
export async function presentTags(context: Context<Client>, type: string, id: string): Promise<Tags> {
  const rows = await context.api.list("listTags", { resourcetype: type, resourceid: id, listall: true }, context);
  return Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value ?? "")]));
}

function request(type: string, id: string, tags: Tags) {
  const sorted = Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { resourceids: id, resourcetype: type, ...keyValueParams("tags", sorted) };
}

function withTags(live: Live, tags: Tags): Live {
  const { tags: _, ...values } = live.values;
  return { ...live, values: isNone(tags) ? values : { ...values, tags } };
}

function tagsOf(values: PlainObject | Values<Taggable> | undefined): Tags {
  return (values?.tags ?? {}) as Tags;
}

/** Those of `tags` that `wanted` names; without it all but our mark. */
function pick(tags: Tags, wanted: Tags | undefined): Tags {
  return Object.fromEntries(
    Object.entries(tags).filter(([key]) => (wanted === undefined ? key !== markKey : key in wanted)),
  );
}

function missing(wanted: Tags, present: Tags): Tags {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => present[key] !== value));
}

function isNone(tags: Tags): boolean {
  return Object.keys(tags).length === 0;
}
