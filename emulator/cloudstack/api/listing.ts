import { readFileSync } from "node:fs";

/** A parameter as CloudStack 4.22 lists it. */
export interface ListedParameter {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** Greatest number of characters of a text. */
  readonly length: number;
  readonly since?: string;
}

export interface ListedCommand {
  readonly name: string;
  readonly isAsync: boolean;
  readonly since?: string;
  readonly parameters: ReadonlyMap<string, ListedParameter>;
}

const defaultLength = 255;
const source = JSON.parse(readFileSync(new URL("listing.generated.json", import.meta.url), "utf8")) as Record<
  string,
  string
>;
const parsed = new Map<string, ListedCommand>();

/** What the real server says of this command; undefined when it has none of that name. Case matters. */
export function listedCommand(name: string): ListedCommand | undefined {
  const known = parsed.get(name);
  if (known) return known;
  if (!Object.hasOwn(source, name)) return undefined;
  const command = parseCommand(name, source[name] ?? "");
  parsed.set(name, command);
  return command;
}

function parseCommand(name: string, line: string): ListedCommand {
  const [kind = "", ...parameters] = line.split(" ");
  const [mode, since] = kind.split("@");
  return {
    name,
    isAsync: mode === "async",
    ...(since ? { since } : {}),
    parameters: new Map(parameters.map((text) => parseParameter(name, text)).map((one) => [one.name, one])),
  };
}

function parseParameter(command: string, text: string): ListedParameter {
  const match = /^([^:]+):(\w+)(!?)(?:\((\d+)\))?(?:@(.+))?$/.exec(text);
  if (!match) throw new Error(`the API listing holds a parameter of ${command} that cannot be read: ${text}`);
  const [, name = "", type = "", required, length, since] = match;
  return {
    name,
    type,
    required: required === "!",
    length: length ? Number(length) : defaultLength,
    ...(since ? { since } : {}),
  };
}
