/**
 * Compares an answer of the emulator with the recorded answer of a real server: same fields, same types, same values.
 * What a server makes up (ids, times, addresses it chose) is compared by reference: every recorded token stands for
 * exactly one of ours, everywhere it occurs.
 */
export interface Difference {
  readonly path: string;
  readonly recorded: unknown;
  readonly ours: unknown;
}

interface Token {
  readonly kind: string;
  readonly text: string;
}

/** What a server makes up inside a text. The order matters: a UUID may begin with digits that look like a number. */
const TOKEN = new RegExp(
  [
    "(?<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
    "(?<time>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d{4})",
    "(?<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2})",
    "(?<instance>\\b[ir]-\\d+(?:-\\d+)?-VM\\b)",
    "(?<address>\\b(?:192\\.168\\.2|169\\.254\\.\\d+)\\.\\d+\\b)",
    '(?<internal>(?<=(?:id|Id|ID)"?\\s?[:=]?\\s?["[]?)\\d+\\b)',
  ].join("|"),
  "g",
);

/** Fields whose value the server picks among several right ones. Ours must be a value of the same kind. */
const CHOSEN_BY_SERVER: Readonly<Record<string, RegExp>> = {
  hostid: /^[0-9a-f-]{36}$/,
  hostname: /^\S+$/,
  storage: /^\S+$/,
  storageid: /^[0-9a-f-]{36}$/,
  pooltype: /^(NetworkFilesystem|RBD)$/,
  apikey: /^\S+$/,
  secretkey: /^\S+$/,
};

/** The bijection between what the recorded server made up and what the emulator made up. */
export class References {
  readonly #ours = new Map<string, string>();
  readonly #recorded = new Map<string, string>();

  /** Binds the pair, or says whether it agrees with what is bound already. */
  bind(kind: string, recorded: string, ours: string): boolean {
    const known = this.#ours.get(`${kind} ${recorded}`);
    if (known !== undefined) return known === ours;
    if (this.#recorded.has(`${kind} ${ours}`)) return false;
    this.#ours.set(`${kind} ${recorded}`, ours);
    this.#recorded.set(`${kind} ${ours}`, recorded);
    return true;
  }

  /** Whether the text holds a UUID that stands for nothing of ours. The nil UUID never does and is meant so. */
  hasUnknown(recorded: string): boolean {
    const uuids = [...recorded.matchAll(TOKEN)].map((match) => match.groups?.uuid).filter((uuid) => uuid !== undefined);
    return uuids.some((uuid) => !this.#ours.has(`uuid ${uuid}`) && !/^[0-]+$/.test(uuid));
  }

  /** A recorded parameter with every known UUID replaced by ours. */
  translate(recorded: string): string {
    return recorded.replace(TOKEN, (text) => this.#ours.get(`uuid ${text}`) ?? text);
  }
}

/** Every place where the two answers differ; binds the references on the way. */
export function compare(recorded: unknown, ours: unknown, references: References, path = ""): Difference[] {
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    if (recorded.length !== ours.length)
      return [{ path: `${path}.length`, recorded: recorded.length, ours: ours.length }];
    return recorded.flatMap((element, index) => compare(element, ours[index], references, `${path}[${index}]`));
  }
  if (isObject(recorded) && isObject(ours)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(ours)]);
    return [...keys].flatMap((key) =>
      compare(recorded[key], ours[key], references, path === "" ? key : `${path}.${key}`),
    );
  }
  const same =
    typeof recorded === "string" && typeof ours === "string"
      ? sameText(recorded, ours, path, references)
      : recorded === ours;
  return same ? [] : [{ path, recorded, ours }];
}

function sameText(recorded: string, ours: string, path: string, references: References): boolean {
  const key = path.slice(path.lastIndexOf(".") + 1);
  const chosen = CHOSEN_BY_SERVER[key];
  if (chosen !== undefined) return chosen.test(ours);
  if (/^\d+$/.test(recorded) && key.endsWith("id")) return /^\d+$/.test(ours) && references.bind(key, recorded, ours);
  const a = split(recorded);
  const b = split(ours);
  if (a.template !== b.template) return false;
  return a.tokens.every((token, index) => {
    const other = b.tokens[index];
    return other !== undefined && (token.kind === "time" || references.bind(token.kind, token.text, other.text));
  });
}

/** A text as a template with holes, and what filled the holes. */
function split(text: string): { template: string; tokens: Token[] } {
  const tokens: Token[] = [];
  const template = text.replace(TOKEN, (match: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    const name = Object.keys(groups).find((group) => groups[group] !== undefined) ?? "";
    const offset = rest.at(-3) as number;
    tokens.push({ kind: name === "internal" ? internalKind(text.slice(0, offset)) : name, text: match });
    return `<${name}>`;
  });
  return { template, tokens };
}

/** Internal numbers are unique per table only: the word before the brace, or before the number, names the table. */
function internalKind(before: string): string {
  const table = /(\w+)(?: instance)? \{[^{}]*$/.exec(before)?.[1] ?? "";
  return `${table} ${/\w+\W*$/.exec(before)?.[0] ?? ""}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
