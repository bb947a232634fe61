import type { Json } from "../../cloudstack/models/jobs.ts";
import { bucketTypes, type CrushRule, checkPlacement, defaultRoot, findRule, insertRule } from "../models/crush.ts";
import { findProfile } from "../models/erasure-code.ts";
import { httpError, refuse } from "../models/errors.ts";
import { endpoint } from "./endpoint.ts";
import { required, text } from "./fields.ts";

/** `controllers/crush_rule.py`. Reading is version 2.0, writing 1.0. */
export const crushRuleEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/crush_rule",
    scope: "pool",
    version: "2.0",
    fields: {},
    run: ({ tables }) => [...tables.crushRules.live()].map(shown),
  }),
  endpoint({
    method: "POST",
    path: "/api/crush_rule",
    scope: "pool",
    fields: {
      name: required(text),
      failure_domain: required(text),
      root: text,
      device_class: text,
      profile: text,
      pool_type: text,
    },
    run({ tables, args }) {
      if (findRule(tables, args.name)) return null;
      const isErasure = args.pool_type === "erasure";
      const profile = isErasure ? findProfile(tables, args.profile ?? "default") : undefined;
      if (isErasure && !profile) throw refuse("ENOENT", `erasure-code-profile ${args.profile} does not exist`);
      const values = profile?.values ?? {};
      const place = {
        root: values["crush-root"] ?? args.root ?? defaultRoot,
        failureDomain: values["crush-failure-domain"] ?? args.failure_domain,
        deviceClass: (values["crush-device-class"] ?? args.device_class) || undefined,
      };
      checkPlacement(tables, place);
      insertRule(tables, { name: args.name, type: isErasure ? "erasure" : "replicated", ...place });
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/crush_rule/{name}",
    scope: "pool",
    version: "2.0",
    fields: { name: required(text) },
    run({ tables, args }) {
      const rule = findRule(tables, args.name);
      if (!rule) throw httpError(404, "No such crush rule");
      return shown(rule);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/crush_rule/{name}",
    scope: "pool",
    fields: { name: required(text) },
    run({ tables, args }) {
      const rule = findRule(tables, args.name);
      if (!rule) return null;
      if (tables.pools.find((pool) => pool.rule === rule.name)) {
        throw refuse("EBUSY", `crush rule ${rule.name} (${rule.ruleId}) is in use`);
      }
      tables.crushRules.erase(rule);
      return null;
    },
  }),
];

const poolTypes = { replicated: 1, erasure: 3 } as const;

function shown(rule: CrushRule): Json {
  const { root, deviceClass, failureDomain, type } = rule;
  const op = `${failureDomain === "osd" ? "choose" : "chooseleaf"}_${type === "erasure" ? "indep" : "firstn"}`;
  return {
    rule_id: rule.ruleId,
    rule_name: rule.name,
    type: poolTypes[type],
    steps: [
      ...(type === "erasure"
        ? [
            { op: "set_chooseleaf_tries", num: 5 },
            { op: "set_choose_tries", num: 100 },
          ]
        : []),
      { op: "take", item: -1, item_name: deviceClass ? `${root}~${deviceClass}` : root },
      { op, num: 0, type: failureDomain in bucketTypes ? failureDomain : "host" },
      { op: "emit" },
    ],
  };
}
