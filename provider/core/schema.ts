/** The Pulumi package schema, from the descriptors. */
import type { Field, Fields, OnChange } from "./fields.ts";
import type { Provider } from "./resource.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };
/** Nested object types found on the way, by token. */
type Types = Map<string, JsonObject>;

const effects: Record<OnChange, string> = {
  update: "Changed in place.",
  stops: "Changed in place; a running instance is stopped for it and started again.",
  replace: "A change replaces the resource.",
  ignored: "Used at creation only; later changes have no effect.",
};

const removal = { stops: "To take it away, a running instance is stopped and started again." };

/** Builds the schema document of a provider. */
export function schemaOf<Api>(provider: Provider<Api>): JsonObject {
  const types: Types = new Map();
  const resources = provider.resources.map((resource) => [resource.token, resourceSchema(resource, types)] as const);
  const functions = provider.functions.map((fn) => [fn.token, functionSchema(fn, types)] as const);
  const moduleOf = (name: string) => `${provider.name}:index:${name}`;
  const config = objectSchema(provider.config, moduleOf, types, "plain");
  return {
    name: provider.name,
    version: provider.version,
    displayName: provider.displayName,
    description: provider.doc,
    license: "Apache-2.0",
    meta: { moduleFormat: "(.*)" },
    language: { nodejs: { respectSchemaVersion: true } },
    config: { variables: config.properties },
    provider: {
      description: provider.doc,
      inputProperties: config.properties,
      properties: config.properties,
    },
    types: sorted(types),
    resources: sorted(resources),
    functions: sorted(functions),
  };
}

function resourceSchema(resource: Provider<unknown>["resources"][number], types: Types): JsonObject {
  const name = sibling(resource.token);
  const inputs = objectSchema(resource.inputs, name, types, "effects");
  const outputs = objectSchema({ ...resource.inputs, ...resource.outputs }, name, types, "plain");
  const alwaysThere = Object.entries(resource.outputs).filter(([, field]) => field.presence !== "optional");
  const echoed = Object.entries(resource.inputs).filter(
    ([key, field]) => field.presence !== "optional" && !(key in resource.outputs),
  );
  return {
    description: resource.doc,
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
    properties: outputs.properties,
    required: [...echoed, ...alwaysThere].map(([key]) => key).sort(),
  };
}

function functionSchema(fn: Provider<unknown>["functions"][number], types: Types): JsonObject {
  const name = sibling(fn.token);
  return {
    description: fn.doc,
    inputs: { type: "object", ...objectSchema(fn.inputs, name, types, "plain") },
    outputs: { type: "object", ...objectSchema(fn.outputs, name, types, "plain") },
  };
}

function sibling(token: string): (name: string) => string {
  const module = token.slice(0, token.lastIndexOf(":"));
  return (name) => `${module}:${name}`;
}

function objectSchema(
  fields: Fields,
  typeToken: (name: string) => string,
  types: Types,
  mode: "effects" | "plain",
): { properties: JsonObject; required: string[] } {
  const entries = Object.entries(fields).map(
    ([key, field]) => [key, propertySchema(field, typeToken, types, mode)] as const,
  );
  const required = Object.entries(fields).filter(([, field]) => field.presence === "required");
  return { properties: Object.fromEntries(entries), required: required.map(([key]) => key).sort() };
}

function propertySchema(
  field: Field,
  typeToken: (name: string) => string,
  types: Types,
  mode: "effects" | "plain",
): JsonObject {
  const { options } = field;
  return {
    ...typeSchema(field, typeToken, types),
    description: docOf(field, mode),
    ...(options.secret === true ? { secret: true } : {}),
    ...(options.onChange === "replace" && mode === "effects" ? { replaceOnChanges: true } : {}),
    ...(isScalar(options.default) ? { default: options.default } : {}),
  };
}

function isScalar(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function docOf(field: Field, mode: "effects" | "plain"): string {
  const { kind, options } = field;
  const unit = kind.kind === "integer" && kind.unit !== "" ? `Unit: ${kind.unit}.` : "";
  const words = kind.kind === "oneOf" ? `One of ${kind.values.map((value) => `\`${value}\``).join(", ")}.` : "";
  const standard = options.default === undefined ? "" : `Default: \`${JSON.stringify(options.default)}\`.`;
  const effect = mode === "effects" ? effects[options.onChange ?? "update"] : "";
  const removed = mode === "effects" && options.onRemoved !== undefined ? removal[options.onRemoved] : "";
  return [options.doc ?? "", unit, words, standard, effect, removed].filter((part) => part !== "").join(" ");
}

function typeSchema(field: Field, typeToken: (name: string) => string, types: Types): JsonObject {
  const { kind } = field;
  switch (kind.kind) {
    case "text":
    case "oneOf":
      return { type: "string" };
    case "integer":
    case "number":
    case "boolean":
      return { type: kind.kind };
    case "list":
      return { type: "array", items: typeSchema(kind.element, typeToken, types) };
    case "map":
      return { type: "object", additionalProperties: typeSchema(kind.element, typeToken, types) };
    case "object": {
      const token = typeToken(kind.name);
      types.set(token, { type: "object", ...objectSchema(kind.fields, typeToken, types, "plain") });
      return { $ref: `#/types/${token}` };
    }
  }
}

/** Sorted by token, so that the generated file does not depend on the order of registration. */
function sorted(entries: Iterable<readonly [string, JsonObject]>): JsonObject {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
