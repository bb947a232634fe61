/** Remedies as commands that can be copied. */
import { quoted } from "../../provider/core/shell.ts";

/** A call of CloudMonkey, CloudStack's own command line: `cmk update configuration name=vpc.max.networks value=8`. */
export function cmk(words: string, parameters: Readonly<Record<string, string | number | undefined>> = {}): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quoted(String(value))}`],
  );
  return ["cmk", words, ...given].join(" ");
}

/** Sets something of the profile for one stack: `npx pulumi config set --path 'strata:overrides.infrastructure.zone' seoul`. */
export function override(path: string, value: string | number): string {
  return `npx pulumi config set --path 'strata:overrides.${path}' ${quoted(String(value))}`;
}

/** The first few of a list, and how many more there are. */
export function some(names: readonly string[], most = 6): string {
  if (names.length === 0) return "none";
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(", ")} and ${rest} more` : names.join(", ");
}
