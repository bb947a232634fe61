import type { Json } from "../../cloudstack/models/jobs.ts";
import { configOptions, setConfig } from "../models/config.ts";
import { httpError } from "../models/errors.ts";
import type { Tables } from "../models/tables.ts";
import { endpoint } from "./endpoint.ts";
import { object, objects, required, text } from "./fields.ts";

/** `controllers/cluster_configuration.py`, for the options that mean something here. */
export const clusterConfEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/cluster_conf",
    scope: "config-opt",
    fields: {},
    run: ({ tables }) => Object.keys(configOptions).map((name) => shown(tables, name)),
  }),
  endpoint({
    method: "POST",
    path: "/api/cluster_conf",
    scope: "config-opt",
    fields: { name: required(text), value: required(objects) },
    lacks: ["force_update"],
    run({ tables, args }) {
      // What is set in other sections goes: the call names all values of an option.
      for (const section of ["global", "mon", "mgr", "osd", "mds", "client"]) {
        const wanted = args.value.find((entry) => entry.section === section)?.value;
        setConfig(tables, args.name, section, wanted === undefined || wanted === "" ? undefined : String(wanted));
      }
      return null;
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/cluster_conf",
    scope: "config-opt",
    fields: { options: required(object) },
    run({ tables, args }) {
      for (const [name, entry] of Object.entries(args.options)) {
        const { section, value } = entry as { section?: Json; value?: Json };
        setConfig(tables, name, String(section), String(value));
      }
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/cluster_conf/{name}",
    scope: "config-opt",
    fields: { name: required(text) },
    run: ({ tables, args }) => shown(tables, args.name),
  }),
  endpoint({
    method: "DELETE",
    path: "/api/cluster_conf/{name}",
    scope: "config-opt",
    fields: { name: required(text), section: required(text) },
    run({ tables, args }) {
      setConfig(tables, args.name, args.section, undefined);
      return null;
    },
  }),
];

/** `value` and `source` are there only when something is set. */
function shown(tables: Tables, name: string): Json {
  const option = configOptions[name];
  if (!option) throw httpError(404, "The resource could not be found.");
  const values = tables.config.where("name", name).map(({ section, value }) => ({ section, value }));
  return {
    name,
    type: option.type,
    level: "advanced",
    desc: option.desc,
    long_desc: "",
    default: option.default,
    daemon_default: "",
    tags: [],
    services: ["mon"],
    see_also: [],
    enum_values: [],
    min: "",
    max: "",
    can_update_at_runtime: option.runtime,
    flags: [],
    ...(values.length > 0 ? { value: values, source: "mon" } : {}),
  };
}
