import { afterEach, expect, test, vi } from "vitest";
import { printOutputs } from "../../cli/outputs.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is printed, its tables as rows of cells. */
function printed(outputs: Record<string, unknown>): string[][] {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  printOutputs(outputs);
  const text = write.mock.calls.map(([chunk]) => String(chunk)).join("");
  write.mockRestore();
  const rows = text.split("\n").filter((line) => line.startsWith("│"));
  return rows.map((row) =>
    row
      .split("│")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("a record of records is a table of its own, with a column for whatever any row has", () => {
  const machines = { "vm-1": { zone: "a", networks: ["dmz", "ai"] }, "vm-2": { zone: "b", card: { profile: "8C" } } };
  expect(printed({ machines })).toEqual([
    ["machines", "zone", "networks", "card"],
    ["vm-1", "a", "dmz, ai", ""],
    ["vm-2", "b", "", '{"profile":"8C"}'],
  ]);
});

test("a list of records has its positions for names", () => {
  expect(printed({ pools: [{ name: "hot" }, { name: "cold" }] })).toEqual([
    ["pools", "name"],
    ["0", "hot"],
    ["1", "cold"],
  ]);
});

test("everything else is listed at the end, the empty and the absent too", () => {
  expect(
    printed({ key: "[secret]", none: null, no: {}, hosts: ["h1", "h2"], zones: { a: { vlan: 10 } }, n: 0 }),
  ).toEqual([
    ["zones", "vlan"],
    ["a", "10"],
    ["output", "value"],
    ["key", "[secret]"],
    ["none", ""],
    ["no", "{}"],
    ["hosts", "h1, h2"],
    ["n", "0"],
  ]);
});

test("a stack without outputs prints nothing", () => {
  expect(printed({})).toEqual([]);
});
