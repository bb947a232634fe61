/** One thing that is wrong: what, where, the value, the rule and the remedy. */
export interface Mistake {
  /** Where in the tree, e.g. `tenants[b].vlan`. */
  path: string;
  /** The offending value; absent where the mistake is that there is none. */
  value?: unknown;
  /** What a right value would obey, allowed values included. */
  rule: string;
  /** What to do about it. */
  remedy?: string;
  /** Who said so: a file with its line, or a configuration key. */
  source?: string;
}

/** Everything that is wrong with one input, in one error: nobody should mend a file one message at a time. */
export class MistakesError extends Error {
  readonly mistakes: readonly Mistake[];

  constructor(subject: string, mistakes: readonly Mistake[]) {
    const count = mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`;
    super([`${subject} has ${count}:`, ...mistakes.map((mistake, index) => format(mistake, index + 1))].join("\n"));
    this.name = "MistakesError";
    this.mistakes = mistakes;
  }
}

function format({ path, value, rule, remedy, source }: Mistake, number: number): string {
  const what = value === undefined ? path : `${path} = ${brief(value)}`;
  return [
    `  ${number}. ${what}${source === undefined ? "" : `  (${source})`}`,
    // A server's words may have several lines.
    `     rule: ${rule.replaceAll("\n", "\n     ")}`,
    ...(remedy === undefined ? [] : [`     remedy: ${remedy}`]),
  ].join("\n");
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
