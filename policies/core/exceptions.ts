import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const date = z.iso.date();

/** Days ahead of which an exception ends at the latest: once a year somebody looks whether it is still needed. */
export const longestDays = 366;

/** One resource that may break one rule for a while, and who answers for it. */
export const exceptionSchema = z.strictObject({
  rule: z.string().min(1).describe("The rule's id."),
  resource: z
    .string()
    .min(1)
    .describe("The resource's urn; `*` stands for anything, in its name for a part of the name."),
  reason: z
    .string()
    .min(10, { error: ({ input }) => `"${input}" says too little: ten characters or more, why the risk is taken` })
    .describe("Why the risk is taken."),
  owner: z.string().min(1).describe("Who answers for it."),
  expires: z.preprocess((value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value), date),
});

export type ExceptionEntry = z.output<typeof exceptionSchema>;

const fileSchema = z.strictObject({ exceptions: z.array(exceptionSchema).default([]) });

/**
 * Reads a file of exceptions.
 * @throws Error naming the file and every entry that is wrong
 */
export async function readExceptions(file: string | URL): Promise<ExceptionEntry[]> {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  // Most files are empty, and the parser costs every preview 30 ms.
  if (!/^\s*-/m.test(text)) return [];
  const { parse } = await import("yaml");
  const result = fileSchema.safeParse(parse(text));
  if (result.success) return result.data.exceptions;
  const mistakes = result.error.issues.map(({ path, message }) => `  - ${path.join(".")}: ${message}`);
  throw new Error(`the exceptions in ${file} are wrong:\n${mistakes.join("\n")}`);
}

/**
 * What is wrong with exceptions that somebody gives: one for everything, or for ever, would switch a rule off.
 * @param now milliseconds
 */
export function exceptionMistakes(entries: readonly ExceptionEntry[], now: number): string[] {
  const last = dayOf(now + longestDays * 86_400_000);
  return entries.flatMap(({ rule, resource, owner, expires }) => {
    const what = `exception ${rule} / ${resource} (${owner})`;
    return [
      ...(namesResource(resource)
        ? []
        : [
            `${what}: resource must end in "::" and a resource's name, of which stars leave three characters in a row, such as *::ai-router-01`,
          ]),
      ...(expires <= last
        ? []
        : [`${what}: expires = ${expires}: at most ${longestDays} days ahead, ${last} today; renew it then`]),
    ];
  });
}

function namesResource(pattern: string): boolean {
  const { name } = partsOf(pattern);
  return name !== undefined && (/[^*]{3}/.test(name) || (name !== "" && !name.includes("*")));
}

/** A urn's name stands behind the last `::`. */
function partsOf(pattern: string): { place: string; name: string | undefined } {
  const at = pattern.lastIndexOf("::");
  return at < 0 ? { place: pattern, name: undefined } : { place: pattern.slice(0, at), name: pattern.slice(at + 2) };
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** An exception with what it was good for in this run. */
export interface ExceptionUse {
  readonly entry: ExceptionEntry;
  readonly hasExpired: boolean;
  /** Violations that it covers. */
  uses: number;
  /** Whether any resource's urn fits. */
  hasResource: boolean;
  /** Whether its rule cannot be decided yet where it fits, so that it may still come to cover something. */
  isOpen: boolean;
}

/** Exceptions during one run. */
export class Exceptions {
  readonly uses: readonly ExceptionUse[];
  readonly #byRule = new Map<string, { use: ExceptionUse; fits: RegExp }[]>();

  /** @param now milliseconds; an exception holds through the day it expires on, in UTC */
  constructor(entries: readonly ExceptionEntry[], now: number) {
    const today = dayOf(now);
    this.uses = entries.map((entry) => ({
      entry,
      hasExpired: entry.expires < today,
      uses: 0,
      hasResource: false,
      isOpen: false,
    }));
    for (const use of this.uses) {
      const list = this.#byRule.get(use.entry.rule) ?? [];
      this.#byRule.set(use.entry.rule, [...list, { use, fits: glob(use.entry.resource) }]);
    }
  }

  /** The exception in force for a violation, which is then counted. */
  covering(rule: string, urn: string): ExceptionEntry | undefined {
    const fitting = this.#byRule.get(rule)?.find(({ use, fits }) => !use.hasExpired && fits.test(urn));
    if (fitting === undefined) return undefined;
    fitting.use.uses += 1;
    return fitting.use.entry;
  }

  /** Notes that a rule is undecided. @param urn undefined for the stack as a whole */
  leaveOpen(rule: string, urn: string | undefined): void {
    for (const { use, fits } of this.#byRule.get(rule) ?? [])
      if (urn === undefined || fits.test(urn)) use.isOpen = true;
  }

  /** Notes a resource that is there, for exceptions that fit none. */
  see(urn: string): void {
    for (const list of this.#byRule.values()) {
      for (const { use, fits } of list) if (!use.hasResource && fits.test(urn)) use.hasResource = true;
    }
  }
}

/** What a pattern of an exception fits: `*` stands for anything, but in the name for nothing beyond it. */
export function glob(pattern: string): RegExp {
  const { place, name } = partsOf(pattern);
  const inName = name === undefined ? "" : `::${starred(name, "(?:(?!::).)*")}`;
  return new RegExp(`^${starred(place, ".*")}${inName}$`);
}

function starred(text: string, anything: string): string {
  const parts = text.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return parts.join(anything);
}
