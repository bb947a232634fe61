import { readFileSync } from "node:fs";
import { addedCommands, addedParameters, isMissing } from "./mold.ts";

/** Which server is emulated: Apache CloudStack, or ABLESTACK Mold, which is made from it. */
export type Flavor = "cloudstack" | "mold";

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
const parsed: Readonly<Record<Flavor, Map<string, ListedCommand>>> = { cloudstack: new Map(), mold: new Map() };

/** What the real server says of this command; undefined when it has none of that name. Case matters. */
export function listedCommand(name: string, flavor: Flavor = "cloudstack"): ListedCommand | undefined {
  const known = parsed[flavor].get(name);
  if (known) return known;
  const line = flavor === "mold" ? moldLine(name) : ownLine(source, name);
  if (line === undefined) return undefined;
  const command = parseCommand(name, line);
  parsed[flavor].set(name, command);
  return command;
}

/** The command as whichever server knows it; what both know, as CloudStack does, with Mold's own parameters. */
export function listedAnywhere(name: string): ListedCommand | undefined {
  const ours = listedCommand(name);
  const molds = listedCommand(name, "mold");
  if (ours === undefined || molds === undefined) return ours ?? molds;
  return { ...ours, parameters: new Map([...molds.parameters, ...ours.parameters]) };
}

function moldLine(name: string): string | undefined {
  const own = ownLine(addedCommands, name);
  if (own !== undefined || isMissing(name)) return own;
  const line = ownLine(source, name);
  const [kind, ...parameters] = (line ?? "").split(" ");
  if (line === undefined || kind === undefined) return undefined;
  const added = ownLine(addedParameters, name);
  return [kind, ...parameters.filter((one) => !isMissing(one)), ...(added === undefined ? [] : [added])].join(" ");
}

function ownLine(lines: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(lines, name) ? lines[name] : undefined;
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
