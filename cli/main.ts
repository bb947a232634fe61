import { audit } from "./commands/audit.ts";
import { doctor } from "./commands/doctor.ts";
import { emulator } from "./commands/emulator.ts";
import { plan } from "./commands/plan.ts";
import { report } from "./commands/report.ts";
import { totals } from "./commands/totals.ts";
import { mindOutput } from "./output.ts";
import { UsageError } from "./usage.ts";

/** A command takes the words behind its name and resolves to the exit code. */
export type Command = (words: string[]) => Promise<number>;

const commands: Record<string, Command> = { audit, doctor, emulator, plan, report, totals };

const usage = `strata: a multi-tenant AI platform as code

  strata emulator start [--latency real|fast|none] [--seed NAME|FILE] [--port N] [--flavor cloudstack|mold]
                        [--ceph] [--ceph-seed default|enterprise] [--fresh]
  strata emulator stop | status [--json] | reset | env
  strata plan <profile> [--json | --html FILE] [--overrides YAML|FILE]
  strata doctor <profile> [--json] [--overrides YAML|FILE]
  strata audit <stack> [--json FILE] [--sarif FILE] [--html FILE] [--fail-on low|medium|high|critical]
                              [--summary FILE] [--policy-pack-config FILE]
  strata report EVENTS… | --from FILE  [--markdown FILE] [--summary FILE] [--json FILE]
  strata totals <profile> [--json] [--overrides YAML|FILE]

Deploying is Pulumi's part: npx pulumi up -s <profile>
`;

async function main(words: string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === "help" || words.some((word) => word === "--help" || word === "-h")) {
    process.stdout.write(usage);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`there is no command "${name}"; the commands are ${Object.keys(commands).join(", ")}`);
  }
  return await command(rest);
}

mindOutput();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`strata: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
