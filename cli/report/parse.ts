import type { Text } from "../../policies/core/text.ts";
import { lesser, normals, type Weakened } from "../../policies/core/weakened.ts";
import {
  type Change,
  type Exception,
  exceptionStates,
  type Finding,
  levels,
  operations,
  type Pack,
  type RunReport,
  reportVersion,
  type StackReport,
  severities,
  steps,
} from "./model.ts";

/**
 * Reads a report that another job wrote, perhaps a stranger's: nothing but the model's own fields comes through.
 * @throws where something is not of the model, naming the place but never the value
 */
export function parseReport(text: string): RunReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("the report is no JSON");
  }
  const report = new Reader(value, "report");
  report.field("version").one([reportVersion]);
  return { version: reportVersion, stacks: report.field("stacks").list(stackOf) };
}

function stackOf(stack: Reader): StackReport {
  const profile = stack.field("profile").optional((one) => one.text());
  return {
    stack: stack.field("stack").text(),
    ...(profile === undefined ? {} : { profile }),
    operation: stack.field("operation").one(operations),
    result: stack.field("result").one(["succeeded", "failed", "incomplete"] as const),
    unchanged: stack.field("unchanged").count(),
    changes: stack.field("changes").list(changeOf),
    findings: stack.field("findings").list(findingOf),
    exceptions: stack.field("exceptions").list(exceptionOf),
    weakened: stack.field("weakened").list(weakenedOf),
    packs: stack.field("packs").list(packOf),
    errors: stack.field("errors").list((error) => error.text()),
  };
}

function changeOf(change: Reader): Change {
  return {
    step: change.field("step").one(steps),
    layer: change.field("layer").text(),
    type: change.field("type").text(),
    name: change.field("name").text(),
    properties: change.field("properties").list((path) => path.text()),
    holdsData: change.field("holdsData").one([true, false]),
    stopsMachine: change.field("stopsMachine").one([true, false]),
  };
}

function findingOf(finding: Reader): Finding {
  const severity = finding.field("severity").optional((one) => one.one(severities));
  return {
    rule: finding.field("rule").text(),
    pack: finding.field("pack").text(),
    level: finding.field("level").one(levels),
    ...(severity === undefined ? {} : { severity }),
    layer: finding.field("layer").text(),
    resource: finding.field("resource").text(),
    message: textOf(finding.field("message")),
    remedy: textOf(finding.field("remedy")),
  };
}

function textOf(text: Reader): Text {
  return { en: text.field("en").text(), ko: text.field("ko").text() };
}

function exceptionOf(exception: Reader): Exception {
  const covers = exception.field("covers").optional((one) => one.count());
  return {
    rule: exception.field("rule").text(),
    resource: exception.field("resource").text(),
    reason: exception.field("reason").text(),
    owner: exception.field("owner").text(),
    expires: exception.field("expires").text(),
    state: exception.field("state").one(exceptionStates),
    ...(covers === undefined ? {} : { covers }),
  };
}

function weakenedOf(weakened: Reader): Weakened {
  return {
    rule: weakened.field("rule").text(),
    severity: weakened.field("severity").one(severities),
    normally: weakened.field("normally").one(normals),
    here: weakened.field("here").one(lesser),
  };
}

function packOf(pack: Reader): Pack {
  return { name: pack.field("name").text(), decisions: pack.field("decisions").count() };
}

/** A value with its place in the document, for messages. */
class Reader {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  field(name: string): Reader {
    if (typeof this.#value !== "object" || this.#value === null || Array.isArray(this.#value))
      throw this.#wrong("an object");
    const value = Object.hasOwn(this.#value, name) ? (this.#value as Record<string, unknown>)[name] : undefined;
    return new Reader(value, `${this.#path}.${name}`);
  }

  optional<T>(read: (value: Reader) => T): T | undefined {
    return this.#value === undefined ? undefined : read(this);
  }

  text(): string {
    if (typeof this.#value !== "string") throw this.#wrong("a text");
    return this.#value;
  }

  count(): number {
    if (!Number.isSafeInteger(this.#value) || Number(this.#value) < 0) throw this.#wrong("a count");
    return Number(this.#value);
  }

  one<T>(allowed: readonly T[]): T {
    const found = allowed.find((one) => one === this.#value);
    if (found === undefined) throw this.#wrong(`one of ${allowed.join(", ")}`);
    return found;
  }

  list<T>(read: (value: Reader) => T): T[] {
    if (!Array.isArray(this.#value)) throw this.#wrong("a list");
    return this.#value.map((value, index) => read(new Reader(value, `${this.#path}[${index}]`)));
  }

  #wrong(expected: string): Error {
    return new Error(`${this.#path} is not ${expected}: the file is no report of \`strata report --json\``);
  }
}
