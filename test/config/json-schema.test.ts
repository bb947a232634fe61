import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
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

const folder = join(import.meta.dirname, "../../profiles");
const profiles = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const textOf = (name: string) => readFileSync(join(folder, name), "utf8");

describe("what an editor finds in a profile", () => {
  // Each format stands there with its pattern.
  const validate = new Ajv({ allErrors: true, validateFormats: false }).compile(schema);
  /** Where an editor would underline, and with which rule. */
  const findings = (profile: unknown) => {
    validate(profile);
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  };

  test.each(profiles)("%s names the schema, and has nothing against it", (name) => {
    const [, named] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(textOf(name)) ?? [];
    expect(JSON.parse(readFileSync(join(folder, named ?? "none named"), "utf8"))).toEqual(schema);
    expect(findings(parse(textOf(name)))).toEqual([]);
  });

  test.each<[string, (profile: Record<string, unknown>) => unknown, string]>([
    ["an unknown key", (profile) => ({ ...profile, tenents: [] }), " additionalProperties"],
    [
      "an unknown key within",
      ({ platform, ...others }) => ({ ...others, platform: { ...Object(platform), nmae: "x" } }),
      "/platform additionalProperties",
    ],
    ["a missing part", ({ infrastructure: _, ...others }) => others, " required"],
    [
      "a number as text",
      ({ infrastructure, ...others }) => ({
        ...others,
        infrastructure: { ...Object(infrastructure), cpuSpeedMhz: "2000" },
      }),
      "/infrastructure/cpuSpeedMhz type",
    ],
    [
      "a word that is none of those allowed",
      ({ platform, ...others }) => ({ ...others, platform: { ...Object(platform), dataClass: "secret" } }),
      "/platform/dataClass enum",
    ],
    [
      "a name with a capital",
      ({ platform, ...others }) => ({ ...others, platform: { ...Object(platform), name: "Strata" } }),
      "/platform/name pattern",
    ],
    ["tenants that are no list", (profile) => ({ ...profile, tenants: { "tenant-a": {} } }), "/tenants type"],
  ])("%s is underlined", (_, broken, finding) => {
    expect(findings(broken(parse(textOf("demo-cpu.yaml"))))).toEqual([finding]);
  });
});
