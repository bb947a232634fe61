/**
 * Field descriptors: one description per property. Schema, SDK types, docs, check, diff, defaults, secrets and the wire
 * mapping all come from here, so that they cannot disagree.
 */
import { type Format, formats } from "./formats.ts";
import type { Plain } from "./values.ts";

/**
 * What a changed value does to the thing that exists: `update` in place; `stops` = update in place that stops a running
 * instance for the time of the change; `replace` with a new one; `ignored` = nothing (the value only matters at creation).
 */
export type OnChange = "update" | "stops" | "replace" | "ignored";

/** One row of a server's answer, or the parameters of a request. */
export type Row = Record<string, unknown>;

interface Options<T> {
  /** Prose for the reader of the SDK: unit, meaning; the effect of a change is added by the generator. */
  doc?: string;
  optional?: true;
  /** Filled in by `check`, so that it is in the inputs and changes of it are seen. */
  default?: T;
  onChange?: OnChange;
  /**
   * What a known value does that is about to become one not known yet, where that is more than `onChange`: what it refers to is
   * going to be made anew. The engine asks in this way whether a thing must go before what it depends on can be replaced.
   */
  onUnknown?: "replace";
  /** What it does to take the property out of the program, where that is more than `onChange`. */
  onRemoved?: "stops";
  secret?: true;
  /** A further rule: returns the broken rule in words, or nothing. Called with known values only. */
  rule?: (value: T) => string | undefined;
  /** Name of the request parameter (default: the field's name in lower case); false = not sent by the regular calls. */
  param?: string | false;
  /** Name in the server's answer (default: as `param`); false = the server never tells. */
  from?: string | false;
  /** Request value from ours, where it is not simply its text. */
  encode?: (value: T) => unknown;
  /** Our value from the answer's row; undefined = not set. */
  decode?: (row: Row) => T | undefined;
  /** What to send when the property is removed from the program; absent = the server keeps what it has. */
  cleared?: unknown;
  /**
   * Not given means that the server chooses: whatever it has is right. So it changes nothing when the property is taken out of
   * the program, nor when an import has found a value that the program does not name.
   */
  serverChooses?: true;
  /**
   * Objects: every part that the server tells counts, also one that the program leaves out. What the server only fills in, the
   * resource's `read` has to leave out.
   */
  whole?: true;
  /** Outputs: known in an update's preview unless one of these inputs changes; without it, always kept. */
  changesWith?: readonly string[];
}

/** One spelling per meaning, for comparison only. */
export type Canonical = (value: string) => string;

/** What kind of value a field holds. */
export type Kind =
  | {
      readonly kind: "text";
      readonly min: number;
      readonly max: number;
      readonly format: Format | undefined;
      readonly canonical?: Canonical | undefined;
    }
  | { readonly kind: "integer"; readonly min: number; readonly max: number; readonly unit: string }
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  | { readonly kind: "oneOf"; readonly values: readonly string[] }
  | {
      readonly kind: "list";
      readonly element: Field;
      readonly set: boolean;
      readonly key: string | undefined;
      readonly min: number;
    }
  | { readonly kind: "map"; readonly element: Field }
  | { readonly kind: "object"; readonly name: string; readonly fields: Fields };

type Presence = "required" | "optional" | "defaulted";

/** `T` and `P` are carried in the type only: they give lifecycle code typed inputs without a second declaration. */
export interface Field<T = unknown, P extends Presence = Presence> {
  readonly kind: Kind;
  readonly options: Omit<Options<never>, "rule" | "encode" | "decode" | "default"> & {
    readonly default?: Plain;
    readonly rule?: (value: Plain) => string | undefined;
    readonly encode?: (value: Plain) => unknown;
    readonly decode?: (row: Row) => Plain | undefined;
  };
  readonly presence: P;
  readonly valueType?: T;
}

export type Fields = { readonly [name: string]: Field };

type PresenceOf<O> = O extends { optional: true }
  ? "optional"
  : O extends { default: unknown }
    ? "defaulted"
    : "required";
type ValueOf<F> = F extends Field<infer T, Presence> ? T : never;
type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K] extends Field<unknown, "optional"> ? K : never }[keyof F];

/** The plain values of a set of fields after `check`: optional ones may be absent, defaulted ones are there. */
export type Values<F extends Fields> = { [K in Exclude<keyof F, OptionalKeys<F>>]: ValueOf<F[K]> } & {
  [K in OptionalKeys<F>]?: ValueOf<F[K]> | undefined;
};

function field<T, const O extends Options<T>>(kind: Kind, options: O): Field<T, PresenceOf<O>> {
  const presence = options.optional ? "optional" : options.default === undefined ? "required" : "defaulted";
  return { kind, options, presence } as unknown as Field<T, PresenceOf<O>>;
}

/** Text. `max` counts characters (255 where the API names no other). */
export function text<
  const O extends Options<string> & { min?: number; max?: number; format?: Format; canonical?: Canonical },
>(options: O) {
  const { min = 0, max = 255, format, canonical = format?.canonical } = options;
  return field<string, O>({ kind: "text", min, max, format, canonical }, options);
}

/** A whole number; `unit` is what messages and docs print ("MiB"). */
export function integer<const O extends Options<number> & { min?: number; max?: number; unit?: string }>(options: O) {
  const kind: Kind = {
    kind: "integer",
    min: options.min ?? Number.MIN_SAFE_INTEGER,
    max: options.max ?? Number.MAX_SAFE_INTEGER,
    unit: options.unit ?? "",
  };
  return field<number, O>(kind, options);
}

/** A number that need not be whole (outputs such as a load). */
export function number<const O extends Options<number>>(options: O) {
  return field<number, O>({ kind: "number" }, options);
}

export function boolean<const O extends Options<boolean>>(options: O) {
  return field<boolean, O>({ kind: "boolean" }, options);
}

/** One of a few words. */
export function oneOf<const V extends string, const O extends Options<NoInfer<V>>>(values: readonly V[], options: O) {
  return field<V, O>({ kind: "oneOf", values }, options);
}

function textOf(format: Format): Kind {
  return { kind: "text", min: 1, max: 255, format, canonical: format.canonical };
}

/** The id of another thing; `of` names its type in docs and messages ("compute:Template"). */
export function id<const O extends Options<string>>(of: string, options: O) {
  const doc = options.doc ?? `Id of the ${of.slice(of.indexOf(":") + 1)}.`;
  const kind: Kind = textOf(formats.uuid);
  return field<string, O>(kind, { ...options, doc });
}

export function cidr<const O extends Options<string>>(options: O) {
  return field<string, O>(textOf(formats.cidr), options);
}

export function ipv4<const O extends Options<string>>(options: O) {
  return field<string, O>(textOf(formats.ipv4), options);
}

export function mac<const O extends Options<string>>(options: O) {
  return field<string, O>(textOf(formats.mac), options);
}

/** `set`: order does not matter. `key`: elements are objects told apart by this property, order does not matter. */
export function list<T, P extends Presence, const O extends Options<T[]> & { set?: true; key?: string; min?: number }>(
  element: Field<T, P>,
  options: O,
) {
  const kind: Kind = { kind: "list", element, set: options.set ?? false, key: options.key, min: options.min ?? 0 };
  return field<T[], O>(kind, options);
}

export function map<T, P extends Presence, const O extends Options<Record<string, T>>>(
  element: Field<T, P>,
  options: O,
) {
  return field<Record<string, T>, O>({ kind: "map", element }, options);
}

/** A nested object; `name` becomes its type in the SDK, unique within the resource's module. */
export function object<F extends Fields, const O extends Options<Values<F>>>(name: string, fields: F, options: O) {
  return field<Values<F>, O>({ kind: "object", name, fields }, options);
}
