import { type ApiError, invalid } from "../models/errors.ts";
import { knows } from "../models/flavor.ts";
import type { Cluster } from "../models/infrastructure.ts";
import {
  type SettingDefinition,
  type SettingScope,
  settingDefinition,
  settingDefinitions,
} from "../models/setting-definitions.ts";
import { changeSetting, everywhere, type Place, resetSetting, settingValue } from "../models/settings.ts";
import type { Row } from "../models/table.ts";
import type { World } from "../models/world.ts";
import { type Command, type JsonObject, listing, sync } from "./command.ts";
import { type Arguments, listParameters, ref, required, text } from "./parameters.ts";

const scopeIds = {
  zoneid: ref("zones"),
  clusterid: ref("clusters"),
  storageid: ref("storagePools"),
  accountid: ref("accounts"),
  domainid: ref("domains"),
};

type ScopeArguments = Arguments<typeof scopeIds>;

function render(definition: SettingDefinition, value: string): JsonObject {
  const { name, type, category, group, subgroup, component, description, isDynamic, scope } = definition;
  return {
    category,
    group,
    subgroup,
    name,
    ...(value !== "" && { value }),
    ...(definition.default !== "" && { defaultvalue: definition.default }),
    scope,
    description,
    isdynamic: isDynamic,
    component,
    displaytext: titled(name),
    type,
  };
}

/** `cpu.overprovisioning.factor` as `Cpu overprovisioning factor`. */
function titled(name: string): string {
  const words = name.replaceAll(".", " ");
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

/** The one place that the arguments name. @throws {ApiError} 431 when they name several. */
function placeOf({ zoneid, clusterid, storageid, accountid, domainid }: ScopeArguments): Place | undefined {
  const given: [SettingScope, Row | undefined][] = [
    ["zone", zoneid],
    ["cluster", clusterid],
    ["storagepool", storageid],
    ["account", accountid],
    ["domain", domainid],
  ];
  const places = given.flatMap(([scope, row]) => (row ? [{ scope, scopeId: row.id }] : []));
  if (places.length > 1) throw invalid("cannot handle multiple IDs, provide only one ID corresponding to the scope");
  return places[0];
}

/** Values that live in a cluster's own row are read from there, as real numbers: `20` comes back as `20.0`. */
const clusterFields = {
  "cpu.overprovisioning.factor": "cpuOvercommit",
  "mem.overprovisioning.factor": "memoryOvercommit",
} as const satisfies Readonly<Record<string, keyof Cluster>>;

function currentValue(world: World, { name }: SettingDefinition, place: Place | undefined): string {
  const cluster = place?.scope === "cluster" ? world.tables.clusters.need(place.scopeId) : undefined;
  const field = Object.hasOwn(clusterFields, name) ? clusterFields[name as keyof typeof clusterFields] : undefined;
  if (!cluster || !field) return settingValue(world, name, place);
  const value = cluster[field];
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function store(world: World, definition: SettingDefinition, place: Place, value: string | undefined): void {
  if (value === undefined) resetSetting(world, definition, place);
  else changeSetting(world, definition, place, value);
  if (place.scope !== "cluster" || !Object.hasOwn(clusterFields, definition.name)) return;
  const field = clusterFields[definition.name as keyof typeof clusterFields];
  world.tables.clusters.update(world.tables.clusters.need(place.scopeId), {
    [field]: Number(value ?? settingValue(world, definition.name)),
  });
}

/** @throws {ApiError} 431 for a value that the setting's type does not allow. */
function checkValue({ name, type }: SettingDefinition, value: string): void {
  const number = Number(value);
  const notA = (javaClass: string): ApiError =>
    invalid(`Value [${value}] is not a valid [class java.lang.${javaClass}].`);
  if (type === "Boolean" && !/^(true|false)$/i.test(value)) throw notA("Boolean");
  if (type === "Number" && !/^-?\d+$/.test(value)) throw notA("Long");
  if (type === "Decimal" && (value.trim() === "" || Number.isNaN(number))) throw notA("Float");
  if (name in clusterFields && number <= 0) {
    throw invalid(`Value for configuration [${name}] should be greater than 0.`);
  }
}

function known(world: World, name: string): SettingDefinition {
  const definition = settingDefinition(name);
  if (!definition || !knows(world, name)) throw invalid(`Config parameter with name ${name} doesn't exist`);
  return definition;
}

function checkScope(definition: SettingDefinition, place: Place): void {
  if (place.scope === "global" || place.scope === definition.scope) return;
  throw invalid(`Invalid scope id provided for the parameter ${definition.name}`);
}

const updateConfiguration = sync({
  name: "updateConfiguration",
  audience: "root-admin",
  parameters: { ...scopeIds, name: required(text), value: text },
  reply: "configuration",
  run({ world, args }) {
    const definition = known(world, args.name);
    const place = placeOf(args) ?? everywhere;
    checkScope(definition, place);
    if (args.value === undefined) return render(definition, currentValue(world, definition, place));
    checkValue(definition, args.value);
    store(world, definition, place, args.value);
    return render(definition, args.value);
  },
});

const resetConfiguration = sync({
  name: "resetConfiguration",
  audience: "root-admin",
  parameters: { ...scopeIds, name: required(text) },
  reply: "configuration",
  run({ world, args }) {
    const definition = known(world, args.name);
    const place = placeOf(args) ?? everywhere;
    checkScope(definition, place);
    store(world, definition, place, undefined);
    return render(definition, currentValue(world, definition, place));
  },
});

const listConfigurations = listing({
  name: "listConfigurations",
  audience: "root-admin",
  parameters: { ...listParameters, ...scopeIds, name: text, category: text, group: text, subgroup: text },
  reply: "configuration",
  rows({ world, args }) {
    const place = placeOf(args);
    const contains = (whole: string, part: string | undefined) => part === undefined || whole.includes(part);
    const equals = (whole: string, part: string | undefined) => part === undefined || whole === part;
    return settingDefinitions().filter(
      (one) =>
        knows(world, one.name) &&
        (!place || one.scope === place.scope) &&
        contains(one.name, args.name) &&
        contains(one.name, args.keyword) &&
        equals(one.category, args.category) &&
        equals(one.group, args.group) &&
        equals(one.subgroup, args.subgroup),
    );
  },
  render: (definition, { world, args }) => render(definition, currentValue(world, definition, placeOf(args))),
});

export const configurationCommands: readonly Command[] = [updateConfiguration, resetConfiguration, listConfigurations];
