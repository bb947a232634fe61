import type { Client, Parameters } from "../../provider/cloudstack/client/client.ts";
import { isRead } from "../../provider/cloudstack/client/repeatable.ts";

/** One object of an answer, as the server spells it. */
export type Row = Readonly<Record<string, unknown>>;

/** Asks CloudStack, each question once, whoever wants to know. Commands that change anything are refused here. */
export class Questions {
  readonly #client: Client;
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** All rows of a list, on all pages, in order. @throws CloudStackError */
  rows(command: string, parameters: Parameters = {}): Promise<readonly Row[]> {
    return this.#once(command, parameters, async () => inOrder(await this.#client.list(command, parameters)));
  }

  /** The commands that these keys may call, with their parameters. @throws CloudStackError */
  commands(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    return this.#client.capabilities.all();
  }

  /** Settings of the server by their names; of a cluster's own ones where it is named. @throws CloudStackError */
  async setting(name: string, clusterId?: string): Promise<string | undefined> {
    const rows = await this.rows("listConfigurations", { name, clusterid: clusterId });
    const row = rows.find((one) => one.name === name);
    const value = row?.value ?? row?.defaultvalue;
    return value === undefined ? undefined : String(value);
  }

  #once<T>(command: string, parameters: Parameters, ask: () => Promise<T>): Promise<T> {
    if (!isRead(command)) throw new RangeError(`the doctor only reads; ${command} changes something`);
    const key = JSON.stringify([command, parameters]);
    const answer = (this.#answers.get(key) as Promise<T> | undefined) ?? ask();
    this.#answers.set(key, answer);
    return answer;
  }
}

/** What tells rows apart, in CloudStack and in Ceph. */
const names = ["name", "pool_name", "entity", "bid", "id"];

/** By name: servers list in the order in which things happened to be made, or in none, and reports shall be the same every time. */
export function inOrder<R extends Row>(rows: readonly R[]): R[] {
  const keyed = rows.map((row) => ({ row, key: names.map((name) => String(row[name] ?? "")).join("\u0000") }));
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  return keyed.map(({ row }) => row);
}

/** A number that the server may spell as text; NaN where there is none. */
export function numberOf(value: unknown): number {
  return value === undefined || value === null || value === "" ? Number.NaN : Number(value);
}

/** A number, 0 where there is none. */
export function amountOf(value: unknown): number {
  const number = numberOf(value);
  return Number.isNaN(number) ? 0 : number;
}

export function namesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map(({ name }) => String(name)))].sort();
}

/** A list that the server writes as one text with commas. */
export function wordsOf(value: unknown): string[] {
  return typeof value === "string" ? value.split(",").filter((word) => word !== "") : [];
}
