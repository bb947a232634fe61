/**
 * Writes `cli/doctor/commands.generated.json`: which commands of CloudStack's API stand behind each resource and look-up
 * that the program uses, read out of the program's and the provider's sources. With `--check` it only says whether the
 * file is up to date.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { argv } from "node:process";
import { listedCommand } from "../emulator/cloudstack/api/listing.ts";

const root = join(import.meta.dirname, "..");
const provider = join(root, "provider/cloudstack");
const output = join(root, "cli/doctor/commands.generated.json");

/** Tokens such as `cloudstack:network:Vpc` and `cloudstack:infrastructure:getZone`, of everything that `src/` calls. */
function usedTokens(): string[] {
  const tokens = globSync("src/**/*.ts", { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const modules = /import \{([^}]+)\} from "@pulumi\/cloudstack"/.exec(text)?.[1]?.split(",") ?? [];
    return modules.flatMap((module) => {
      const uses = text.matchAll(new RegExp(`\\b${module.trim()}\\.((?:get)?[A-Z]\\w*)\\(`, "g"));
      return [...uses].map(([, name]) => `cloudstack:${module.trim()}:${name}`);
    });
  });
  return [...new Set(tokens)].sort();
}

/** The provider's files that a file is made of, itself included; the client sends what it is told to and does not count. */
function closureOf(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path = ""] of readFileSync(file, "utf8").matchAll(
    /^(?:import|export) (?!type )[^;]*? from "(\.[^"]+)"/gm,
  )) {
    const next = resolve(dirname(file), path);
    if (next.startsWith(provider) && !next.startsWith(join(provider, "client"))) closureOf(next, found);
  }
  return found;
}

/**
 * What only one of CloudStack and Mold has counts only where the described thing itself names it: whatever else it is made of
 * uses such commands only where they are.
 */
function commandsOf(file: string): string[] {
  const words = [...closureOf(file)].flatMap((one) =>
    [...readFileSync(one, "utf8").matchAll(/"([a-z]+[A-Z]\w+)"/g)].map(([, word = ""]) => ({
      word,
      isOwn: one === file,
    })),
  );
  const commands = words.filter(
    ({ word, isOwn }) => listedCommand(word) !== undefined && (isOwn || listedCommand(word, "mold") !== undefined),
  );
  return [...new Set(commands.map(({ word }) => word))].sort();
}

function commandsByToken(): Record<string, string[]> {
  const files = new Map(
    globSync(["resources/*.ts", "functions/*.ts"], { cwd: provider }).flatMap((name) => {
      const file = join(provider, name);
      const token = /\btoken: "([^"]+)"/.exec(readFileSync(file, "utf8"))?.[1];
      return token === undefined ? [] : [[token, file] as const];
    }),
  );
  return Object.fromEntries(
    usedTokens().map((token) => {
      const file = files.get(token);
      if (file === undefined) throw new Error(`src uses ${token}, but no file of the provider describes it`);
      return [token, commandsOf(file)];
    }),
  );
}

const wanted = `${JSON.stringify(commandsByToken(), undefined, 2)}\n`;
if (!argv.includes("--check")) writeFileSync(output, wanted);
else if (readFileSync(output, "utf8") !== wanted) {
  console.error("cli/doctor/commands.generated.json is not up to date: npm run generate");
  process.exitCode = 1;
}
