/** Validation: every broken rule of a set of properties at once; what is not known yet is not judged. */
import { type Issue, join, nearest, reason } from "./errors.ts";
import type { Field, Fields, Kind } from "./fields.ts";
import { isList, isObject, type Plain, present, Secret, UNKNOWN, type Value, type ValueObject } from "./values.ts";

export interface Checked {
  /** The given values, secrets and unknowns as they were, absent ones filled with their defaults. */
  readonly values: ValueObject;
  readonly issues: readonly Issue[];
}

type Report = (path: string, value: Plain, rule: string) => void;

/** Checks `given` against the descriptors and fills in the defaults. */
export function check(fields: Fields, given: ValueObject): Checked {
  const issues: Issue[] = [];
  const values = checkObject(fields, given, "", issues, false);
  return { values, issues };
}

function checkObject(fields: Fields, given: ValueObject, path: string, issues: Issue[], secret: boolean): ValueObject {
  const values: Record<string, Value> = {};
  for (const [name, value] of present(given)) {
    if (fields[name] === undefined) {
      if (value !== null) issues.push(unknownProperty(name, path, Object.keys(fields)));
    } else if (value !== null) {
      values[name] = checkValue(fields[name], value, join(path, name), issues, secret);
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    if (values[name] !== undefined) continue;
    if (field.options.default !== undefined) values[name] = field.options.default;
    else if (field.presence === "required") {
      issues.push({ path: join(path, name), reason: `is required: ${describe(field.kind)}` });
    }
  }
  return values;
}

function unknownProperty(name: string, path: string, known: readonly string[]): Issue {
  const meant = nearest(name, known);
  const remedy = meant === undefined ? `known properties: ${[...known].sort().join(", ")}` : `did you mean "${meant}"?`;
  return { path: join(path, name), reason: `there is no such property → ${remedy}` };
}

/** Returns the value with defaults of nested objects filled in, and secret if its field is. */
function checkValue(field: Field, value: Value, path: string, issues: Issue[], secret: boolean): Value {
  if (value === UNKNOWN) return value;
  if (value instanceof Secret) return new Secret(checkValue(field, value.value, path, issues, true));
  if (field.options.secret === true && !secret) return checkValue(field, new Secret(value), path, issues, true);
  const report: Report = (at, shown, rule) => issues.push({ path: at, reason: reason(shown, rule, { secret }) });
  const before = issues.length;
  const result = checkParts(field.kind, value, path, { issues, hidden: secret, report });
  const broken = issues.length === before && isKnown(result) ? field.options.rule?.(result as Plain) : undefined;
  if (broken !== undefined) report(path, value as Plain, broken);
  return result;
}

interface Reporting {
  readonly issues: Issue[];
  readonly hidden: boolean;
  readonly report: Report;
}

function checkParts(kind: Kind, value: Value, path: string, reporting: Reporting): Value {
  const { issues, hidden, report } = reporting;
  if (kind.kind === "list" && isList(value)) return checkList(kind, value, path, reporting);
  if (kind.kind === "object" && isObject(value))
    return checkObject(kind.fields, value as ValueObject, path, issues, hidden);
  if (kind.kind === "map" && isObject(value)) {
    const entries = present(value as ValueObject).filter(([, inner]) => inner !== null);
    return Object.fromEntries(
      entries.map(([key, inner]) => [key, checkValue(kind.element, inner, join(path, key), issues, hidden)]),
    );
  }
  const isWhole = kind.kind === "list" || kind.kind === "object" || kind.kind === "map";
  const rule = isWhole ? `must be ${describe(kind)}` : brokenRule(kind, value as Plain);
  if (rule !== undefined) report(path, value as Plain, rule);
  return value;
}

function isKnown(value: Value): boolean {
  if (value === UNKNOWN || value instanceof Secret) return false;
  if (isList(value)) return value.every(isKnown);
  return isObject(value) ? Object.values(value).every((inner) => isKnown(inner as Value)) : true;
}

function checkList(
  kind: Extract<Kind, { kind: "list" }>,
  value: readonly Value[],
  path: string,
  { issues, hidden, report }: Reporting,
): Value {
  if (value.length < kind.min) report(path, value as Plain, `at least ${kind.min} needed, ${value.length} given`);
  const elements = value.map((element, index) => checkValue(kind.element, element, join(path, index), issues, hidden));
  const seen = new Map<unknown, number>();
  for (const [index, element] of elements.entries()) {
    const identity = kind.key !== undefined && isObject(element) ? element[kind.key] : kind.set ? element : undefined;
    if (identity === undefined || identity === UNKNOWN || identity instanceof Secret) continue;
    const first = seen.get(identity);
    if (first === undefined) seen.set(identity, index);
    else {
      const at = kind.key === undefined ? join(path, index) : join(join(path, index), kind.key);
      report(at, identity as Plain, `is given twice, first in ${join(path, first)}`);
    }
  }
  return elements;
}

/** The rule that a scalar breaks, if any. */
function brokenRule(kind: Kind, value: Plain): string | undefined {
  const wrong = `must be ${describe(kind)}`;
  switch (kind.kind) {
    case "text":
      if (typeof value !== "string") return wrong;
      if (value.length > kind.max) return `has ${value.length} characters, at most ${kind.max} are allowed`;
      if (value.length < kind.min)
        return kind.min === 1 ? "must not be empty" : `needs at least ${kind.min} characters`;
      return kind.format === undefined || kind.format.test(value) ? undefined : kind.format.rule;
    case "integer": {
      if (typeof value !== "number" || !Number.isSafeInteger(value)) return wrong;
      const unit = kind.unit === "" ? "" : ` ${kind.unit}`;
      if (value < kind.min) return `at least ${kind.min}${unit}`;
      return value > kind.max ? `at most ${kind.max}${unit}` : undefined;
    }
    case "oneOf": {
      if (typeof value === "string" && kind.values.includes(value)) return undefined;
      const meant = typeof value === "string" ? nearest(value, kind.values) : undefined;
      return meant === undefined ? wrong : `${wrong} → did you mean "${meant}"?`;
    }
    case "number":
      return typeof value === "number" ? undefined : wrong;
    case "boolean":
      return typeof value === "boolean" ? undefined : wrong;
    default:
      return undefined;
  }
}

/** What a kind of value is called in messages. */
export function describe(kind: Kind): string {
  switch (kind.kind) {
    case "text":
      return kind.format === undefined ? "text" : kind.format.rule;
    case "integer":
      return kind.unit === "" ? "a whole number" : `a whole number of ${kind.unit}`;
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "oneOf":
      return `one of ${kind.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "list":
      return `a list; each element is ${describe(kind.element.kind)}`;
    case "map":
      return `an object; each value is ${describe(kind.element.kind)}`;
    case "object":
      return `an object with ${Object.keys(kind.fields).join(", ")}`;
  }
}
