/**
 * Writes the emulator's copy of CloudStack's own command listing, reduced to names, types, lengths and versions:
 *   node tools/generate-api-listing.ts <api-4.22.json> [output]
 * The input is what `listApis` answers to a root admin of a real 4.22 server.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";

interface ListedParameter {
  readonly name: string;
  readonly type: string;
  readonly required?: boolean;
  readonly length?: number;
  readonly since?: string;
}

interface ListedCommand {
  readonly name: string;
  readonly async: boolean;
  readonly since?: string;
  readonly params: readonly ListedParameter[];
}

/** `name:type`, then `!` required, `(n)` greatest length, `@v` since version. */
function compact(parameter: ListedParameter): string {
  const { name, type, required, length, since } = parameter;
  return `${name}:${type}${required ? "!" : ""}${length ? `(${length})` : ""}${since ? `@${since}` : ""}`;
}

function generate(commands: readonly ListedCommand[]): string {
  const lines = commands.map((command) => {
    const kind = `${command.async ? "async" : "sync"}${command.since ? `@${command.since}` : ""}`;
    return `  ${JSON.stringify(command.name)}: ${JSON.stringify([kind, ...command.params.map(compact)].join(" "))}`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

const [, , input, output = "emulator/cloudstack/api/listing.generated.json"] = argv;
if (!input) throw new Error("usage: node tools/generate-api-listing.ts <api-4.22.json> [output]");
writeFileSync(output, generate(JSON.parse(readFileSync(input, "utf8")) as ListedCommand[]));
