import { expect, test } from "vitest";
import { ordinalOf, physicalName } from "../../src/plan/names.ts";

test("a name is its parts with hyphens between", () => {
  expect(physicalName("network", "strata", "tenant-a")).toBe("strata-tenant-a");
});

test("a name that is too long is an error with name, kind and limit, never a cut", () => {
  expect(physicalName("host", "h".repeat(63))).toHaveLength(63);
  expect(() => physicalName("networkOffering", "o".repeat(60), "tier")).toThrow(
    /^"o{60}-tier": a networkOffering name has at most 64 characters, this one 65$/,
  );
});

test("a machine's number is the one at the end of its name", () => {
  expect(["ai-a-ml-02", "dqg-10", "gateway"].map(ordinalOf)).toEqual([2, 10, 1]);
});
