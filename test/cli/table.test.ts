import { expect, test } from "vitest";
import { table } from "../../cli/table.ts";

test("tables align cells of several lines, Hangul and missing ones", () => {
  const drawn = table(["name", "n"], [["수원시", 1], ["two\nlines"], ["e\u0301", "→"]]);
  expect(drawn).toBe(
    [
      "┌────────┬───┐",
      "│ name   │ n │",
      "├────────┼───┤",
      "│ 수원시 │ 1 │",
      "│ two    │   │",
      "│ lines  │   │",
      "│ e\u0301      │ → │",
      "└────────┴───┘",
    ].join("\n"),
  );
  expect(table(["only"], [])).toBe("┌──────┐\n│ only │\n├──────┤\n└──────┘");
});
