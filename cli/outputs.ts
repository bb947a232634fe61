import { table } from "./table.ts";

/** A stack's outputs as tables: a record of plain records is one table, a row for each key; the rest is listed. */
export function printOutputs(outputs: Record<string, unknown>): void {
  const plain: [string, string][] = [];
  for (const [name, value] of Object.entries(outputs)) {
    const rows = recordsOf(value);
    if (rows === undefined) plain.push([name, show(value)]);
    else print(name, rows);
  }
  if (plain.length > 0) process.stdout.write(`\n${table(["output", "value"], plain)}\n`);
}

function print(name: string, rows: [string, Record<string, unknown>][]): void {
  const columns = [...new Set(rows.flatMap(([, row]) => Object.keys(row)))];
  const lines = rows.map(([key, row]) => [key, ...columns.map((column) => show(row[column]))]);
  process.stdout.write(`\n${table([name, ...columns], lines)}\n`);
}

/** The entries of a record (or the elements of a list) of records, or undefined where the value is anything else. */
function recordsOf(value: unknown): [string, Record<string, unknown>][] | undefined {
  if (!isRecord(value) && !Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  return entries.length > 0 && entries.every((entry): entry is [string, Record<string, unknown>] => isRecord(entry[1]))
    ? entries
    : undefined;
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(show).join(", ");
  return isRecord(value) ? JSON.stringify(value) : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
