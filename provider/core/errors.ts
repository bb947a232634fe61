/** One voice for every failure: what, where, the value, the rule, the remedy. */
import type { Plain } from "./values.ts";

/** A property that breaks a rule. `path` is a Pulumi property path such as `nics[1].ipAddress`. */
export interface Issue {
  readonly path: string;
  readonly reason: string;
}

/** The parts of a message; absent parts are left out. */
export interface Failure {
  /** What was attempted, e.g. `create cloudstack:identity:Domain`. */
  readonly what: string;
  /** The resource's URN or the place in the configuration. */
  readonly where?: string;
  readonly value?: string;
  /** The rule that was broken, or the server's own text, unchanged. */
  readonly rule: string;
  readonly remedy?: string | undefined;
}

/** A failure that the user reads as it stands. */
export class ProviderError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, options?: ErrorOptions) {
    super(formatFailure(failure), options);
    this.name = "ProviderError";
    this.failure = failure;
  }
}

/** `what failed at where (value): rule. → remedy`, on as few lines as it takes. */
function formatFailure({ what, where, value, rule, remedy }: Failure): string {
  const place = where === undefined ? "" : ` [${where}]`;
  const given = value === undefined ? "" : ` (${value})`;
  return `${what} failed${place}${given}: ${rule}${remedy === undefined ? "" : `\n  → ${remedy}`}`;
}

/** Names of what a server lists, as a text: in order, as it may list them in any. */
export function listed(names: readonly unknown[], separator = ", "): string {
  const { compare } = new Intl.Collator("en", { numeric: true });
  return names.map(String).sort(compare).join(separator);
}

/** What the user is told of anything that was thrown. A wait that was broken off says only that it was; the cause says why. */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "AbortError" && error.cause instanceof Error ? error.cause.message : error.message;
}

/** The reason of a property's issue, with the value unless that is a secret. */
export function reason(value: Plain, rule: string, { secret }: { secret: boolean }): string {
  return `${secret ? "[secret]" : JSON.stringify(value)}: ${rule}`;
}

/** Appends a step to a property path. */
export function join(path: string, step: string | number): string {
  if (typeof step === "number") return `${path}[${step}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `${path}[${JSON.stringify(step)}]`;
  return path === "" ? step : `${path}.${step}`;
}

/** The nearest of the known words, when it is near enough to have been meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
