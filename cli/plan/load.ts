import { resolve } from "node:path";
import { checkedPlan } from "../../src/checked-plan.ts";
import { isTree } from "../../src/config/merge.ts";
import { loadProfile, type ProfileOptions } from "../../src/config/profile.ts";
import { readText } from "../../src/config/read.ts";
import type { Profile } from "../../src/config/schema.ts";
import { namesFile, textSource } from "../../src/config/source.ts";
import { MistakesError } from "../../src/kit/errors.ts";
import type { Plan } from "../../src/plan/plan.ts";

/**
 * The profile and its plan, as an `up` with the same overrides would have them. Needs no server and no engine.
 * @param overrides YAML, or the path of a YAML file, which may be that of a stack; takes the place of STRATA_OVERRIDES
 * @throws MistakesError that names every mistake of the profile, or everything that finds no place
 */
export function loadPlan(name: string, overrides: string | undefined): { profile: Profile; plan: Plan } {
  const profile = loadProfile({ profile: name, ...overridesOf(overrides, name) });
  return { profile, plan: checkedPlan(profile) };
}

function overridesOf(text: string | undefined, profile: string): Omit<ProfileOptions, "profile"> {
  if (text === undefined) return { environment: process.env.STRATA_OVERRIDES };
  const isFile = namesFile(text);
  const overridesLabel = isFile ? `--overrides ${text.trim()}` : "--overrides";
  const { tree, mistakes } = textSource(overridesLabel, isFile ? read(text.trim(), overridesLabel) : text);
  if (mistakes.length > 0) throw new MistakesError("The value of --overrides", mistakes);
  refuseOtherProfile(tree, profile, overridesLabel);
  try {
    return { overrides: withinStack(tree), overridesLabel };
  } catch (error) {
    throw new Error(`${overridesLabel}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function read(file: string, path: string): string {
  const text = readText(file);
  if (text !== undefined) return text;
  const rule = `a file that is there, or YAML itself; there is no ${resolve(file)}`;
  throw new MistakesError("The value of --overrides", [{ path, rule }]);
}

/** What Pulumi writes into a stack's own file, `Pulumi.<stack>.yaml`; a new one may hold nothing but its salt. */
const stackKeys = ["config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment"];

/** An answer about a profile that the stack does not have would be a wrong one. */
function refuseOtherProfile(tree: unknown, profile: string, label: string): void {
  const value = isTree(tree) && isTree(tree.config) ? tree.config["strata:profile"] : undefined;
  if (typeof value !== "string" || value === "" || value === profile) return;
  const rule = `the profile that was asked for, ${profile}`;
  const remedy = `ask for ${value}`;
  throw new MistakesError(label, [{ path: "strata:profile", value, rule, remedy }]);
}

/** The overrides in a stack's own file; else the tree itself. */
function withinStack(tree: unknown): unknown {
  if (!isTree(tree) || !stackKeys.some((key) => key in tree)) return tree;
  const overrides = (isTree(tree.config) ? tree.config["strata:overrides"] : undefined) ?? {};
  // Set without `--path`, a map is kept as text, which the engine refuses.
  if (typeof overrides !== "string") return overrides;
  throw new Error(
    "strata:overrides is a text and no map: `pulumi config set --path strata:overrides.KEY VALUE` writes one value",
  );
}
