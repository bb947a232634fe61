import { expect, test } from "vitest";
import { schemaOf } from "../../../provider/core/schema.ts";
import { toyProvider } from "./toy.ts";

const schema = JSON.parse(JSON.stringify(schemaOf(toyProvider({ things: new Map() }))));
const thing = schema.resources["toy:index:Thing"];

test("a property tells its unit, its words, its default and what a change does", () => {
  expect(thing.inputProperties.size).toEqual({
    type: "integer",
    description: "Size. Unit: GiB. Changed in place; a running instance is stopped for it and started again.",
  });
  expect(thing.inputProperties.color).toEqual({
    type: "string",
    description: 'Color. One of `red`, `green`. Default: `"red"`. A change replaces the resource.',
    replaceOnChanges: true,
    default: "red",
  });
  expect(thing.inputProperties.password.secret).toBe(true);
});

test("nested objects are types of their own", () => {
  expect(thing.inputProperties.legs.items).toEqual({ $ref: "#/types/toy:index:Leg" });
  expect(schema.types["toy:index:Leg"].required).toEqual(["network"]);
});

test("required inputs, and outputs that are always there", () => {
  expect(thing.requiredInputs).toEqual(["name", "size"]);
  expect(thing.required).toEqual(["color", "name", "once", "path", "serial", "size", "upperName"]);
});

test("configuration is described twice, as Pulumi wants it", () => {
  expect(schema.config.variables.token.secret).toBe(true);
  expect(schema.provider.inputProperties).toEqual(schema.config.variables);
});
