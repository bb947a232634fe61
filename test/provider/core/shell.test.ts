import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { command, quoted } from "../../../provider/core/shell.ts";

test("what means nothing to a shell stays as it is", () => {
  expect(command`cmk update template id=${"5f-a"} name=${"Ubuntu 22.04"}`).toBe(
    "cmk update template id=5f-a name='Ubuntu 22.04'",
  );
  for (const word of ["client.a", "s3://a-b", "urn:a::b", "10.0.0.0/8", "a@b"]) expect(quoted(word)).toBe(word);
});

test("a shell takes every value as one word, as it is", () => {
  const value = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
  const hostile = fc.constantFrom(
    "it's",
    "a b",
    "$(reboot)",
    "`reboot`",
    "a;b",
    "#a",
    "~",
    "a\nb",
    "*",
    "!x",
    "\\",
    "",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(value, hostile), { minLength: 1, maxLength: 20 }), (values) => {
      const words = values.map((one) => command`[${one}]`).join(" ");
      const { stdout } = spawnSync("sh", ["-c", `printf '%s\\0' ${words}`], { encoding: "utf8" });
      expect(stdout.split("\0").slice(0, -1)).toEqual(values.map((one) => `[${one}]`));
    }),
    { numRuns: 50 },
  );
});
