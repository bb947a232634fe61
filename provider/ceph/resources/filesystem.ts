import { integer, list, text } from "../../core/fields.ts";
import { findFilesystem, hasClientsOrGroups } from "../cephfs.ts";
import { defineResource } from "../resource.ts";

const inputs = {
  name: text({
    min: 1,
    max: 128,
    doc: "Unique in the cluster. A change renames it and its pools in place; Ceph refuses that while clients are connected. What names it in `caps` must follow.",
  }),
  placementHosts: list(text({ min: 1 }), {
    optional: true,
    set: true,
    param: false,
    from: false,
    onChange: "ignored",
    doc: "Hosts of the metadata servers that Ceph starts for it.",
  }),
  placementLabels: list(text({ min: 1 }), {
    optional: true,
    set: true,
    param: false,
    from: false,
    onChange: "ignored",
    doc: "Labels of the hosts of these metadata servers.",
  }),
} as const;

export const filesystem = defineResource({
  token: "ceph:fs:Filesystem",
  doc: "A CephFS file system with its metadata servers and its two pools, `cephfs.NAME.meta` and `cephfs.NAME.data`. Import by name. Deleting removes the pools with all data and needs the monitors' `mon_allow_pool_delete`.",
  inputs,
  outputs: {
    filesystemId: integer({ from: "id", doc: "Ceph's number of the file system; never used twice." }),
    // Renaming a file system renames its pools (`rename_volume` of the volumes module).
    metadataPool: text({ changesWith: ["name"], doc: "Name of the metadata pool." }),
    dataPools: list(text({}), { changesWith: ["name"], doc: "Names of the data pools, the first one is the default." }),
  },

  reference: ({ name }) => name,
  find: findFilesystem,
  id: ({ id }) => String(id),

  async make({ api, signal }, { name, placementHosts = [], placementLabels = [] }) {
    const placement = {
      ...(placementHosts.length > 0 ? { hosts: placementHosts } : {}),
      ...(placementLabels.length > 0 ? { labels: placementLabels } : {}),
    };
    await api.send("POST", "cephfs", { body: { name, service_spec: { placement } }, signal });
  },

  async change({ api, signal }, row, { after: { name }, changed }) {
    if (!changed.has("name")) return;
    await api.send("PUT", "cephfs/rename", { body: { name: String(row.name), new_name: name }, signal });
  },

  remove: ({ api, signal }, { name }) =>
    api.send("DELETE", "cephfs/remove/{name}", { path: { name: String(name) }, signal }),

  // No room for a mark. One of this name that nobody has used yet is what an interrupted create leaves.
  leftover: { isUsed: hasClientsOrGroups },
});
