import { z } from "zod";
import type { Mistake } from "../kit/errors.ts";
import { nearest } from "../kit/nearest.ts";
import { identity, isTree } from "./merge.ts";

export type Path = readonly PropertyKey[];

/** What zod found, each issue as what, where, the value, the rule and the remedy. One unknown key, one mistake. */
export function mistakesOf(error: z.ZodError, schema: z.ZodType, tree: unknown): (Mistake & { at: Path })[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") {
      const value = valueAt(tree, issue.path);
      return [mistakeAt(tree, issue.path, ruleOf(issue, value), remedyOf(issue, value))];
    }
    const known = keysAt(schema, issue.path, tree);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const remedy = meant === undefined ? "take it out" : `write ${meant}`;
      return mistakeAt(tree, [...issue.path, key], `unknown key; the keys here are ${known.join(", ")}`, remedy);
    });
  });
}

/** `pulumi config set` knows text only. */
const nullRemedy =
  "to take the key away, write null without quotes into the stack's YAML file, or into STRATA_OVERRIDES";

/** A mistake at a place of the tree, with the value that stands there. */
export function mistakeAt(tree: unknown, at: Path, rule: string, byRule?: string): Mistake & { at: Path } {
  const value = valueAt(tree, at);
  const path = at.length === 0 ? "the whole" : pathText(tree, at);
  const remedy = value === "null" ? nullRemedy : byRule;
  return { at, path, rule, ...(value !== undefined && { value }), ...(remedy !== undefined && { remedy }) };
}

/** Zod's own words for the kinds of YAML that a value may be of. */
const kinds: Record<string, string> = { object: "a map", array: "a list" };

function ruleOf(issue: z.core.$ZodIssue, value: unknown): string {
  const allowed = allowedBy(issue);
  const rule =
    allowed !== undefined
      ? `one of ${allowed.map(String).join(", ")}`
      : (issue.code === "invalid_type" && kinds[issue.expected]) || issue.message;
  return value === undefined ? `required: ${rule}` : rule;
}

function allowedBy(issue: z.core.$ZodIssue): readonly unknown[] | undefined {
  if (issue.code === "invalid_value") return issue.values;
  // Zod's types leave out what it tells of a kind that is none.
  return issue.code === "invalid_union" && "options" in issue && Array.isArray(issue.options)
    ? issue.options
    : undefined;
}

function isNumeric(value: unknown): boolean {
  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value);
}

function remedyOf(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (issue.code !== "invalid_type") return undefined;
  const { expected } = issue;
  if (expected === "array" && isTree(value))
    return "write a list, each thing with its key or name: a map changes things of a list that is there already";
  // YAML and `pulumi config set --path` make numbers of what looks like one.
  if (expected === "string" && typeof value === "number") return `write it as text, in quotes: "${value}"`;
  if (["number", "int"].includes(expected) && isNumeric(value)) return "write the number without quotes";
  return undefined;
}

/** The path as people write it, the things of a list by their key: `tenants[b].machines[ai-b-ml-01].memory`. */
function pathText(tree: unknown, at: Path): string {
  return segmentsOf(tree, at)
    .map((segment, depth) => (Array.isArray(valueAt(tree, at.slice(0, depth))) ? `[${segment}]` : `.${segment}`))
    .join("")
    .replace(/^\./, "");
}

/** The path with positions turned into keys, so that every source can be asked for it whatever its order. */
export function segmentsOf(tree: unknown, at: Path): string[] {
  return at.map((part, depth) => {
    const parent = valueAt(tree, at.slice(0, depth));
    return (Array.isArray(parent) ? identity(parent[Number(part)]) : undefined) ?? String(part);
  });
}

function valueAt(tree: unknown, at: Path): unknown {
  return at.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return value[Number(part)];
    return isTree(value) ? value[String(part)] : undefined;
  }, tree);
}

/** The keys that the schema has at a place, where the value may decide which of several schemas it is. */
function keysAt(schema: z.ZodType, at: Path, value: unknown): string[] {
  const [part, ...rest] = at;
  const bare = unwrap(schema);
  const inside = part === undefined ? undefined : valueAt(value, [part]);
  if (bare instanceof z.ZodArray) return keysAt(bare.element as z.ZodType, rest, inside);
  if (bare instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = bare.def;
    const kind = valueAt(value, [discriminator]);
    const options = bare.options as z.ZodObject[];
    const option = options.find(({ shape }) => (shape[discriminator] as z.ZodType).safeParse(kind).success);
    return option === undefined ? [] : keysAt(option, at, value);
  }
  if (!(bare instanceof z.ZodObject)) return [];
  const shape: Record<string, z.ZodType> = bare.shape;
  if (part === undefined) return Object.keys(shape);
  const next = shape[String(part)];
  return next === undefined ? [] : keysAt(next, rest, inside);
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema;
}
