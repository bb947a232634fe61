import { type Flavor, type ListedCommand, type ListedParameter, listedCommand } from "../api/listing.ts";
import type { Command } from "../commands/command.ts";
import type { Parameter } from "../commands/parameters.ts";
import { failBare, invalid } from "../models/errors.ts";
import type { Row } from "../models/table.ts";
import type { Tables } from "../models/tables.ts";

/** Parameters that belong to the protocol, not to a command. */
const protocolParameters = new Set([
  "command",
  "response",
  "apikey",
  "signature",
  "signatureversion",
  "expires",
  "sessionkey",
  "_",
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the server refuses (`ParamGenericValidationWorker`).
const illegalCharacters = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]/;

type Maps = Map<string, Map<number, Record<string, string>>>;

/** Decodes and checks a call's parameters in the order and with the texts of the real server. @throws {ApiError} */
export function decodeArguments(
  command: Command,
  raw: ReadonlyMap<string, string>,
  tables: Tables,
  { flavor, strict }: { readonly flavor: Flavor; readonly strict: boolean },
): Record<string, unknown> {
  const listed = listedCommand(command.name, flavor);
  if (!listed) throw new Error(`${command.name} is implemented but not in the API listing`);
  const { plain, maps } = unpack(raw);
  refuseUnsupported(command, listed, [...plain.keys(), ...maps.keys()], strict);
  const args: Record<string, unknown> = {};
  // The listing is in the order in which the real server names what is missing.
  for (const name of listed.parameters.keys()) {
    const parameter = command.parameters[name];
    if (!parameter) continue;
    const value = maps.has(name) ? "" : plain.get(name);
    if (value === undefined) {
      if (parameter.required) throw failBare(431, `${cannot(command)} due to missing parameter ${name}`);
      continue;
    }
    if (parameter.required && value === "" && parameter.kind !== "map") {
      throw invalid(`Invalid value provided for API arg: ${name}`);
    }
    if (illegalCharacters.test(value)) {
      throw invalid(
        `Received value ${value} for parameter ${name} is invalid, contains illegal ASCII non-printable characters`,
      );
    }
    const decoded = decodeValue({ command, name, parameter, listed: listed.parameters.get(name), tables }, value, maps);
    if (decoded !== undefined) args[name] = decoded;
  }
  return args;
}

/** Parameter names in lower case, `a[0].b` collected under `a`; the sub-keys keep their case. */
function unpack(raw: ReadonlyMap<string, string>): { plain: Map<string, string>; maps: Maps } {
  const plain = new Map<string, string>();
  const maps: Maps = new Map();
  for (const [key, value] of raw) {
    const at = key.indexOf("[");
    if (at < 0) {
      plain.set(key.toLowerCase(), value);
      continue;
    }
    const name = key.slice(0, at).toLowerCase();
    const match = /^\[(\d+)\]\.(.+)$/.exec(key.slice(at));
    if (!match) throw badObject(name);
    const byIndex = maps.get(name) ?? new Map<number, Record<string, string>>();
    const index = Number(match[1]);
    byIndex.set(index, { ...byIndex.get(index), [match[2] ?? ""]: value });
    maps.set(name, byIndex);
  }
  return { plain, maps };
}

function badObject(name: string): Error {
  return failBare(
    430,
    `Unable to decode parameter ${name}; if specifying an object array, please use parameter[index].field=XXX, e.g. userGroupList[0].group=httpGroup`,
  );
}

/**
 * What a real server knows and the emulator does not is always refused: ignoring it would be a wrong answer. What nobody
 * knows a real server ignores; in strict mode the emulator says so instead.
 */
function refuseUnsupported(command: Command, listed: ListedCommand, names: readonly string[], strict: boolean): void {
  for (const name of names) {
    const isKnown = listed.parameters.has(name);
    if (protocolParameters.has(name) || (isKnown && name in command.parameters)) continue;
    if (!isKnown && !strict) continue;
    const why = isKnown
      ? `parameter ${name}, which the emulator does not implement`
      : `unknown parameter ${name} (the emulator is in strict mode; a real server ignores it)`;
    throw failBare(431, `${cannot(command)} due to ${why}`);
  }
}

interface Slot {
  readonly command: Command;
  readonly name: string;
  readonly parameter: Parameter<unknown>;
  readonly listed: ListedParameter | undefined;
  readonly tables: Tables;
}

function decodeValue(slot: Slot, value: string, maps: Maps): unknown {
  switch (slot.parameter.kind) {
    case "text":
      return decodeText(slot, value);
    case "boolean":
      return value.toLowerCase() === "true";
    case "integer":
      return decodeInteger(slot, value);
    case "date":
      return decodeDate(slot, value);
    case "list":
      return value === "" ? [] : value.split(",");
    case "map":
      return decodeMap(slot, maps);
    case "ref":
      return value === "" ? undefined : decodeReference(slot, value);
    case "refs":
      return value === "" ? [] : value.split(",").map((id) => decodeReference(slot, id));
  }
}

function decodeText({ command, name, listed }: Slot, value: string): string {
  const limit = listed?.length ?? 255;
  if (value.length > limit) {
    throw invalid(
      `${cannot(command)} due to invalid value. Value greater than max allowed length ${limit} for param: ${name}`,
    );
  }
  return value;
}

function decodeInteger({ command, name }: Slot, value: string): number | undefined {
  if (value.trim() === "") return undefined;
  if (/^[+-]?\d{1,19}$/.test(value)) return Number(value);
  throw failBare(431, `${cannot(command)} due to invalid value ${value} for parameter ${name}`);
}

function decodeDate({ command, name }: Slot, value: string): number {
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) throw failBare(431, `${cannot(command)} due to invalid value ${value} for parameter ${name}`);
  return ms;
}

function decodeMap({ name }: Slot, maps: Maps): Record<string, string>[] {
  const byIndex = maps.get(name);
  if (!byIndex) throw badObject(name);
  return [...byIndex].sort(([a], [b]) => a - b).map(([, record]) => record);
}

/** An id never seen is an error even on lists; of a parameter that came later ("since") a malformed id counts as absent. */
function decodeReference({ command, name, parameter, listed, tables }: Slot, value: string): Row | undefined {
  if (value === "-1") return undefined;
  const table = tables[parameter.table ?? "domains"];
  const row = table.byUuid(value) ?? (/^\d+$/.test(value) && !listed?.since ? table.get(Number(value)) : undefined);
  if (row) return row;
  if (listed?.since && !/^[0-9a-f-]{36}$/i.test(value)) return undefined;
  throw failBare(
    431,
    `${cannot(command)} due to invalid value. Invalid parameter ${name} value=${value} due to incorrect long value format, or entity does not exist or due to incorrect parameter annotation for the field in api cmd class.`,
  );
}

function cannot(command: Command): string {
  return `Unable to execute API command ${command.name.toLowerCase()}`;
}
