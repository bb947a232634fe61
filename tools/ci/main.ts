/** `tools/ci/run preview OUT [BASE] | up STACK OUT | drift STACK OUT | audit STACK OUT`; see the script. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { audit } from "../../cli/commands/audit.ts";
import { report } from "../../cli/commands/report.ts";
import { parseReport } from "../../cli/report/parse.ts";
import { checkOutBase } from "./base.ts";
import { builtInProfiles, previewProfiles } from "./preview.ts";
import { deploy, drift } from "./stack.ts";

const usage = "tools/ci/run preview OUT [BASE] | up STACK OUT | drift STACK OUT | audit STACK OUT";

async function main([stage, first, second, ...more]: string[]): Promise<number> {
  if (first === undefined || more.length > 0) throw new Error(`usage: ${usage}`);
  if (stage === "preview") return await preview(resolve(first), second);
  const run = stages[stage ?? ""];
  if (second === undefined || run === undefined) throw new Error(`usage: ${usage}`);
  return await run(first, resolve(second));
}

/** What is done with one stack. */
const stages: Readonly<Record<string, (stack: string, out: string) => Promise<number>>> = {
  up: async (stack, out) => await conclude([await deploy(stack, out)], out),
  drift: async (stack, out) => (await conclude([await drift(stack, out)], out)) || Number(hasChanges(out)),
  audit: async (stack, out) => {
    const files = ["json", "sarif", "html"].flatMap((form) => [`--${form}`, `${out}/audit.${form}`]);
    return await audit([stack, ...files, ...summaryWords()]);
  },
};

async function preview(out: string, commit: string | undefined): Promise<number> {
  const base = commit ? checkOutBase(commit) : undefined;
  try {
    return await conclude(await previewProfiles(builtInProfiles(), out, base), out);
  } finally {
    base?.remove();
  }
}

/** The report as files, and on the page of the job where the CI system has one. */
async function conclude(logs: readonly string[], folder: string): Promise<number> {
  const code = await report([
    ...logs,
    "--json",
    `${folder}/report.json`,
    "--markdown",
    `${folder}/report.md`,
    ...summaryWords(),
  ]);
  return code === 0 ? 0 : 1;
}

function summaryWords(): string[] {
  const summary = process.env.GITHUB_STEP_SUMMARY;
  return summary ? ["--summary", summary] : [];
}

/** Whether anything differs. The engine fails for that, too, but its exit code does not tell drift from other failures. */
function hasChanges(folder: string): boolean {
  const { stacks } = parseReport(readFileSync(`${folder}/report.json`, "utf8"));
  return stacks.some(({ changes }) => changes.length > 0);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`ci: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
