import { integer, oneOf, text } from "../../core/fields.ts";
import { needFailureDomains } from "../crush.ts";
import { defineResource } from "../resource.ts";
import { bodyOf, rowsOf } from "../wire.ts";

const inputs = {
  name: text({ min: 1, max: 128, onChange: "replace", doc: "Unique in the cluster." }),
  k: integer({ min: 2, max: 32, onChange: "replace", doc: "Data chunks." }),
  m: integer({ min: 1, max: 32, onChange: "replace", doc: "Coding chunks: so many failure domains may be lost." }),
  plugin: oneOf(["jerasure", "isa", "lrc", "shec", "clay"], {
    default: "jerasure",
    onChange: "replace",
    doc: "The implementation.",
  }),
  technique: text({ optional: true, serverChooses: true, onChange: "replace", doc: "The plugin's technique." }),
  crushFailureDomain: text({
    default: "host",
    min: 1,
    onChange: "replace",
    param: "crush-failure-domain",
    doc: "Kind of bucket of which each holds one chunk at most: osd, host, rack, … There must be k + m of them.",
  }),
  crushRoot: text({
    default: "default",
    min: 1,
    onChange: "replace",
    param: "crush-root",
    doc: "Where in the CRUSH tree to begin.",
  }),
  crushDeviceClass: text({
    optional: true,
    onChange: "replace",
    param: "crush-device-class",
    doc: "Only devices of this class: ssd, hdd, nvme. Not given = all.",
  }),
} as const;

export const erasureCodeProfile = defineResource({
  token: "ceph:pool:ErasureCodeProfile",
  doc: "How an erasure pool cuts data into chunks. Immutable, and pools keep the one they were made with: a change needs a new name, and new pools. Import by name.",
  inputs,
  outputs: {},

  reference: ({ name }) => name,
  async find({ api, signal }, name) {
    const profiles = rowsOf(await api.list("erasure_code_profile", { signal }));
    return profiles.find((row) => row.name === name);
  },
  id: ({ name }) => String(name),

  async make(context, given) {
    const { k, m, crushFailureDomain: domain, crushRoot: root, crushDeviceClass: deviceClass } = given;
    await needFailureDomains(context, { needed: k + m, why: `k ${k} + m ${m}`, domain, root, deviceClass });
    const { name, ...parameters } = bodyOf(inputs, given);
    // Parameters of a profile are texts.
    const texts = Object.entries(parameters).map(([key, value]) => [key, String(value)]);
    await context.api.send("POST", "erasure_code_profile", {
      body: { name, ...Object.fromEntries(texts) },
      signal: context.signal,
    });
  },

  remove: ({ api, signal }, { name }) =>
    api.send("DELETE", "erasure_code_profile/{name}", { path: { name: String(name) }, signal }),

  // It holds no data, cannot be changed, and is not deleted while a pool uses it: one that is equal serves as well.
  leftover: {},
});
