import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listedCommand } from "../../../emulator/cloudstack/api/listing.ts";
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

test("a list that is sent in one text, with commas between, takes no element with a comma", () => {
  const wrong = cloudstack.resources.flatMap(({ token, inputs }) =>
    Object.entries(inputs).flatMap(([name, { kind, options }]) => {
      if (kind.kind !== "list" || kind.element.kind.kind !== "text" || options.param === false) return [];
      const { format } = kind.element.kind;
      const isRefused = format?.test("a,b") === false || kind.element.options.rule?.("a,b") !== undefined;
      return isRefused ? [] : [`${token}.${name}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test("texts are as long as the API takes them, and no longer", () => {
  const creates: Record<string, string> = {
    Instance: "deployVirtualMachine",
    SshKeyPair: "registerSSHKeyPair",
    Template: "registerTemplate",
    UserData: "registerUserData",
    Setting: "updateConfiguration",
    Vpc: "createVPC",
    NetworkAclList: "createNetworkACLList",
  };
  const wrong = cloudstack.resources.flatMap(({ token, inputs }) => {
    const type = token.split(":")[2] ?? "";
    const command = listedCommand(creates[type] ?? `create${type}`);
    return Object.entries(inputs).flatMap(([name, { kind, options }]) => {
      const parameter = command?.parameters.get(typeof options.param === "string" ? options.param : name.toLowerCase());
      if (kind.kind !== "text" || kind.format !== undefined || parameter === undefined) return [];
      // User data is sent in base64.
      const most = name === "userData" ? (parameter.length / 4) * 3 : parameter.length;
      return kind.max > most ? [`${token}.${name}: ${kind.max}, the API takes ${most}`] : [];
    });
  });
  expect(wrong).toEqual([]);
});
