import { integer, text } from "../../core/fields.ts";
import { needFailureDomains, stepsOf } from "../crush.ts";
import { defineResource } from "../resource.ts";
import { bodyOf, rowsOf } from "../wire.ts";

const inputs = {
  name: text({ min: 1, max: 128, onChange: "replace", from: "rule_name", doc: "Unique in the cluster." }),
  root: text({
    default: "default",
    min: 1,
    onChange: "replace",
    decode: (row) => stepsOf(row).root,
    doc: "Where in the CRUSH tree to begin.",
  }),
  failureDomain: text({
    default: "host",
    min: 1,
    onChange: "replace",
    decode: (row) => stepsOf(row).failureDomain,
    doc: "Kind of bucket of which each holds one copy at most: osd, host, rack, …",
  }),
  deviceClass: text({
    optional: true,
    onChange: "replace",
    decode: (row) => stepsOf(row).deviceClass,
    doc: "Only devices of this class: ssd, hdd, nvme. Not given = all.",
  }),
} as const;

export const crushRule = defineResource({
  token: "ceph:pool:CrushRule",
  doc: "Where the copies of replicated pools lie. Immutable: a change needs a new name; pools then move to it in place. Erasure pools have a rule of their own. Import by name.",
  inputs,
  outputs: { ruleId: integer({ doc: "Ceph's number of the rule." }) },

  reference: ({ name }) => name,
  async find({ api, signal }, name) {
    const rules = rowsOf(await api.list("crush_rule", { version: "2.0", signal }));
    return rules.find((row) => row.rule_name === name);
  },
  id: ({ rule_name: name }) => String(name),

  async make(context, given) {
    const { failureDomain: domain, root, deviceClass } = given;
    await needFailureDomains(context, { needed: 1, why: "a rule", domain, root, deviceClass });
    await context.api.send("POST", "crush_rule", { body: bodyOf(inputs, given), signal: context.signal });
  },

  remove: ({ api, signal }, { rule_name: name }) =>
    api.send("DELETE", "crush_rule/{name}", { path: { name: String(name) }, signal }),

  // It holds no data, cannot be changed, and is not deleted while a pool uses it: one that is equal serves as well.
  leftover: {},
});
