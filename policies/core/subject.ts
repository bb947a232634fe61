import { checkingReads } from "./unknown.ts";

export type Values = Readonly<Record<string, unknown>>;

/** A resource as the rules see it. */
export interface Subject<P = Values> {
  readonly urn: string;
  /** Such as `cloudstack:compute:Instance`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** Inputs before a change, outputs at the end. Reading what is not known yet throws, and so makes the rule undecided. */
  readonly props: P;
  /** The same with marks where values are unknown, for who asks `isUnknown` first. */
  readonly raw: Values;
  /** JSON pointers to secret values, such as `/password` or `/details/token`. The values themselves are plain in `props`. */
  readonly secrets: ReadonlySet<string>;
  readonly protect: boolean;
  /** Properties whose changes the program does not want: paths such as `rules[0]`. */
  readonly ignoreChanges: readonly string[];
  /** Urns of what it was called before: what these own becomes this resource. */
  readonly aliases: readonly string[];
  readonly parent: string | undefined;
  /** Property → urns of what its value was made from. Empty before a change: the engine tells only at the end. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** Configuration of the provider that makes it. */
  readonly provider: Values | undefined;
}

/** What a subject is made from; all but type and name may be left out. */
export interface Description {
  type: string;
  name: string;
  urn?: string | undefined;
  props?: Values | undefined;
  /** JSON pointers. */
  secrets?: Iterable<string> | undefined;
  protect?: boolean | undefined;
  ignoreChanges?: readonly string[] | undefined;
  aliases?: readonly string[] | undefined;
  parent?: string | undefined;
  dependencies?: Readonly<Record<string, readonly string[]>> | undefined;
  provider?: Values | undefined;
}

export function subjectOf(description: Description): Subject {
  const { type, name, props = {}, dependencies = {} } = description;
  return {
    urn: description.urn ?? urnOf(type, name),
    type,
    name,
    props: checkingReads(props),
    raw: props,
    secrets: new Set(description.secrets),
    protect: description.protect ?? false,
    ignoreChanges: description.ignoreChanges ?? [],
    aliases: description.aliases ?? [],
    parent: description.parent,
    dependencies: new Map(Object.entries(dependencies)),
    provider: description.provider,
  };
}

/** A urn for what has none of its own, such as a thing that only the live API knows. */
export function urnOf(type: string, name: string): string {
  return `urn:pulumi:stack::strata::${type}::${name}`;
}
