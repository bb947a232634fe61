import type { Row } from "../../cloudstack/models/table.ts";
import { refuse } from "./errors.ts";
import type { Tables } from "./tables.ts";

/** A way to cut objects into chunks. It cannot be changed: pools that use it would be unreadable. */
export interface ErasureCodeProfile extends Row {
  readonly name: string;
  /** As the monitors keep it: `k`, `m`, `plugin`, `crush-failure-domain` …, all texts. */
  readonly values: Readonly<Record<string, string>>;
}

const defaults: Readonly<Record<string, string>> = {
  "crush-device-class": "",
  "crush-failure-domain": "host",
  "crush-root": "default",
  plugin: "jerasure",
};

const pluginDefaults: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  jerasure: { technique: "reed_sol_van", w: "8", "jerasure-per-chunk-alignment": "false" },
  isa: { technique: "reed_sol_van" },
  shec: { c: "1", technique: "multiple", w: "8" },
  clay: { d: "", scalar_mds: "jerasure", technique: "reed_sol_van" },
  lrc: {},
};

export function findProfile(tables: Tables, name: string): ErasureCodeProfile | undefined {
  return tables.erasureCodeProfiles.find((profile) => profile.name === name);
}

/** Data and coding chunks of a profile. */
export function chunksOf({ values }: ErasureCodeProfile): { k: number; m: number } {
  return { k: Number(values.k), m: Number(values.m) };
}

/** The values given, completed as the plugin completes them. @throws EINVAL for chunk counts that no plugin takes */
export function completeProfile(given: Readonly<Record<string, string>>): Record<string, string> {
  const plugin = given.plugin ?? "jerasure";
  const extra = pluginDefaults[plugin];
  if (!extra)
    throw refuse("ENOENT", `failed to load plugin using profile ${given.name ?? ""}: unknown plugin ${plugin}`);
  const values: Record<string, string> = { ...defaults, k: "2", m: "2", ...extra, ...given };
  const { k = "", m = "" } = values;
  if (!(Number.isInteger(Number(k)) && Number(k) >= 2)) throw refuse("EINVAL", `k=${k} must be >= 2`);
  if (!(Number.isInteger(Number(m)) && Number(m) >= 1)) throw refuse("EINVAL", `m=${m} must be >= 1`);
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `{k=4,m=2}`, as the monitors print a profile. */
export function printed(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(",")}}`;
}
