import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type Mistake, MistakesError } from "../kit/errors.ts";
import { nearest } from "../kit/nearest.ts";
import { gatherFacts } from "./facts.ts";
import { machineChecks } from "./machine-checks.ts";
import { type Absence, absencesOf, merge } from "./merge.ts";
import { mistakeAt, mistakesOf, type Path, segmentsOf } from "./mistakes.ts";
import { nameChecks } from "./name-checks.ts";
import { networkChecks } from "./network-checks.ts";
import { readText } from "./read.ts";
import { type Profile, profileSchema } from "./schema.ts";
import { namesFile, type Source, textSource, valueSource } from "./source.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "profiles");

export interface ProfileOptions {
  /** A name out of `profiles/`, or the path of a YAML file: from here, or from the work tree's root. */
  profile: string;
  /** Laid over the profile; arrays of things with keys merge by key, `null` takes away. Default: none. */
  overrides?: unknown;
  /** What errors call the overrides. */
  overridesLabel?: string;
  /** Laid over all: the text of `STRATA_OVERRIDES`, YAML or JSON itself or the path of such a file. Default: none. */
  environment?: string | undefined;
}

/** The profile with its overrides, checked. Throws `MistakesError` with everything that is wrong with any of it. */
export function loadProfile(options: ProfileOptions): Profile {
  const { profile, overrides, overridesLabel = "overrides", environment } = options;
  return checkProfile(`Profile "${profile}"`, [
    profileSource(profile),
    ...(overrides === undefined ? [] : [valueSource(overridesLabel, overrides)]),
    ...(environment === undefined || environment.trim() === "" ? [] : [environmentSource(environment)]),
  ]);
}

/** The sources, later ones over earlier ones, as one checked profile. */
export function checkProfile(subject: string, sources: readonly Source[]): Profile {
  const broken = sources.flatMap(({ mistakes }) => mistakes);
  if (broken.length > 0) throw new MistakesError(subject, broken);
  // A file in which everything is commented out has no tree, and changes nothing.
  let tree: unknown = {};
  const unheard: Mistake[] = [];
  for (const source of sources) {
    const over = source.tree ?? {};
    unheard.push(...absencesOf(tree, over).map((absence) => unheardMistake(absence, source)));
    tree = merge(tree, over);
  }
  // One reading of one profile: compiling its schema first, zod's default, costs more than it gains.
  const result = profileSchema.safeParse(tree, { jitless: true });
  const facts = gatherFacts(tree);
  const mistakes = [
    ...(result.success ? [] : mistakesOf(result.error, profileSchema, tree)),
    ...[...networkChecks, ...machineChecks, ...nameChecks]
      .flatMap((check) => check(facts))
      .map(({ at, rule, remedy }) => mistakeAt(tree, at, rule, remedy)),
  ];
  if (result.success && mistakes.length + unheard.length === 0) return result.data;
  throw new MistakesError(subject, [
    ...mistakes.map(({ at, ...mistake }) => ({ ...mistake, source: originOf(at, tree, sources) })),
    ...unheard,
  ]);
}

function unheardMistake({ path, segments, there }: Absence, source: Source): Mistake {
  const meant = nearest(segments.at(-1) ?? "", there);
  return {
    path,
    value: null,
    rule: `null takes away what is there: ${there.join(", ")}`,
    remedy: meant === undefined ? "take it out" : `write ${meant}, or take it out`,
    source: source.find(segments).place,
  };
}

/** The last source that has the place, or else the one that comes nearest to it. */
function originOf(at: Path, tree: unknown, sources: readonly Source[]): string {
  const segments = segmentsOf(tree, at);
  const findings = sources.map((source) => source.find(segments)).reverse();
  return findings.reduce((best, finding) => (finding.depth > best.depth ? finding : best)).place;
}

function profileSource(profile: string): Source {
  const isPath = /\.ya?ml$/.test(profile);
  const found = readFirst(isPath ? placesOf(profile) : [join(folder, `${profile}.yaml`)]);
  if (found !== undefined) return textSource(shown(found.file), found.text);
  const known = readdirSync(folder).flatMap((name) => (name.endsWith(".yaml") ? name.slice(0, -".yaml".length) : []));
  const meant = nearest(profile, known);
  const mistake: Mistake = { path: "profile", value: profile, rule: `a YAML file, or one of ${known.join(", ")}` };
  const remedy = meant === undefined ? "set strata:profile to one of them" : `set strata:profile to ${meant}`;
  throw new MistakesError("The configuration", [{ ...mistake, remedy: isPath ? notFound(profile) : remedy }]);
}

function environmentSource(value: string): Source {
  const label = "STRATA_OVERRIDES";
  if (!namesFile(value)) return textSource(label, value);
  const path = value.trim();
  const found = readFirst(placesOf(path));
  if (found !== undefined) return textSource(`${label} ${path}`, found.text);
  const rule = "a file that can be read, or YAML itself";
  throw new MistakesError("The environment", [{ path: label, value, rule, remedy: notFound(path) }]);
}

/** Where a path may lead to: the engine starts the program in a folder of its own, not where people stand. */
function placesOf(path: string): string[] {
  return [...new Set([resolve(path), resolve(root, path)])];
}

function notFound(path: string): string {
  return `give the file's whole path: there is no ${placesOf(path).join(" and no ")}`;
}

/** A file's name in errors: short where it is one of the work tree's. */
function shown(file: string): string {
  const inside = relative(root, file);
  return inside.startsWith("..") ? file : inside;
}

function readFirst(files: readonly string[]): { file: string; text: string } | undefined {
  for (const file of files) {
    const text = readText(file);
    if (text !== undefined) return { file, text };
  }
  return undefined;
}
