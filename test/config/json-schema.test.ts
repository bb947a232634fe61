import { expect, test } from "vitest";
import schema from "../../profiles/schema.generated.json" with { type: "json" };

interface Part {
  description?: string;
  properties?: Record<string, Part>;
  items?: Part;
  anyOf?: Part[];
}

/** Paths of the properties about which an editor has nothing to say. */
function silent({ properties = {}, items, anyOf = [] }: Part, at: string): string[] {
  const own = Object.entries(properties).flatMap(([name, part]) => {
    const path = at === "" ? name : `${at}.${name}`;
    const isSilent = part.description === undefined && part.items?.description === undefined;
    return [...(isSilent ? [path] : []), ...silent(part, path)];
  });
  return [...own, ...[...(items ? [items] : []), ...anyOf].flatMap((part) => silent(part, at))];
}

test("editors have a text for every key of a profile", () => {
  expect(silent(schema as Part, "")).toEqual([]);
});
