import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cloudstack } from "../../../provider/cloudstack/provider.ts";
import type { Fields } from "../../../provider/core/fields.ts";
import { schemaOf } from "../../../provider/core/schema.ts";

const file = new URL("../../../provider/cloudstack/schema.json", import.meta.url);

test("schema.json is what the descriptors say", () => {
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(schemaOf(cloudstack))));
});

test("every resource, function and property is described", () => {
  const undescribed = [...cloudstack.resources, ...cloudstack.functions].flatMap(({ token, doc, inputs, outputs }) => [
    ...(doc === "" ? [token] : []),
    ...missingIn(token, inputs),
    ...missingIn(token, outputs),
  ]);
  expect(undescribed).toEqual([]);
});

function missingIn(path: string, fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, { kind, options }]) => {
    const element = kind.kind === "list" || kind.kind === "map" ? kind.element.kind : kind;
    const inner = element.kind === "object" ? missingIn(`${path}.${name}`, element.fields) : [];
    return [...(options.doc ? [] : [`${path}.${name}`]), ...inner];
  });
}

test("names are CloudStack's in camelCase, ids end in Id, numbers with a unit carry it", () => {
  const units: Record<string, RegExp> = { MiB: /Mib$/, GiB: /Gib$/, MHz: /Mhz$/, "Mbit/s": /Mbps$/ };
  const wrong = cloudstack.resources.flatMap(({ token, inputs }) =>
    Object.entries(inputs).flatMap(([name, { kind }]) => {
      const unit = kind.kind === "integer" ? units[kind.unit] : undefined;
      const badUnit = unit !== undefined && !unit.test(name);
      const badId = kind.kind === "text" && kind.format?.name === "uuid" && !/(^id|Id)$/.test(name);
      return badUnit || badId || !/^[a-z][A-Za-z0-9]*$/.test(name) ? [`${token}.${name}`] : [];
    }),
  );
  expect(wrong).toEqual([]);
});
