import type { Row } from "../../cloudstack/models/table.ts";
import { dashboardError, httpError } from "./errors.ts";
import type { Tables } from "./tables.ts";

/** A value in the monitors' configuration database. */
export interface ConfigValue extends Row {
  readonly name: string;
  readonly section: string;
  readonly value: string;
}

interface Option {
  readonly type: "bool" | "int" | "uint" | "str";
  readonly default: boolean | number | string;
  readonly desc: string;
  readonly runtime: boolean;
}

/** The options that mean something here, with the defaults of `mon.yaml.in` and `global.yaml.in`. */
export const configOptions: Readonly<Record<string, Option>> = {
  mon_allow_pool_delete: { type: "bool", default: false, desc: "allow pool deletions", runtime: true },
  mon_allow_pool_size_one: {
    type: "bool",
    default: false,
    desc: "allow configuring pool with no replicas",
    runtime: true,
  },
  mon_max_pg_per_osd: {
    type: "uint",
    default: 250,
    desc: "Max number of PGs per OSD the cluster will allow",
    runtime: true,
  },
  osd_pool_default_size: {
    type: "uint",
    default: 3,
    desc: "the number of copies of an object for new replicated pools",
    runtime: true,
  },
  osd_pool_default_pg_autoscale_mode: {
    type: "str",
    default: "on",
    desc: "Default PG autoscaling behavior for new pools",
    runtime: true,
  },
  fsid: { type: "str", default: "", desc: "cluster fsid (uuid)", runtime: false },
};

const sections = ["global", "mon", "mgr", "osd", "mds", "client"];

/** What the monitors go by: their own section first, then `global`, then the default. */
export function monitorSetting(tables: Tables, name: string): string {
  const values = tables.config.where("name", name);
  const value = values.find(({ section }) => section === "mon") ?? values.find(({ section }) => section === "global");
  return value?.value ?? String(configOptions[name]?.default ?? "");
}

export function allowsPoolDeletion(tables: Tables): boolean {
  return monitorSetting(tables, "mon_allow_pool_delete") === "true";
}

/** @throws 404 for an option that does not exist, 400 for one that only counts at start */
export function setConfig(tables: Tables, name: string, section: string, value: string | undefined): void {
  const option = configOptions[name];
  if (!option) throw httpError(404, "The resource could not be found.");
  if (!option.runtime) {
    throw dashboardError(`Config option ${name} is/are not updatable at runtime`, {
      code: "config_option_not_updatable_at_runtime",
      component: "cluster_configuration",
    });
  }
  if (!sections.includes(section)) throw dashboardError(`unrecognized config section '${section}'`, { code: "22" });
  const old = tables.config.where("name", name).find((row) => row.section === section);
  if (value === undefined) {
    if (old) tables.config.erase(old);
  } else if (old) tables.config.update(old, { value });
  else tables.config.insert({ name, section, value });
}
