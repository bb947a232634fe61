import { boolean, text } from "../../core/fields.ts";
import { infiniteIfNone, infoOf, mode, quota, refuseSizeBelowUse, usedBytes, volumeOf } from "../cephfs.ts";
import { defineResource } from "../resource.ts";
import { bodyOf } from "../wire.ts";

const inputs = {
  filesystem: text({ min: 1, onChange: "replace", param: "vol_name", doc: "Name of the file system." }),
  group: text({
    optional: true,
    min: 1,
    onChange: "replace",
    param: "group_name",
    doc: "Name of its subvolume group. Not given = none.",
  }),
  name: text({ min: 1, onChange: "replace", param: "subvol_name", doc: "Unique in its group." }),
  sizeGib: quota("Most data that it may hold. Refused below what is used."),
  namespaceIsolated: boolean({
    default: false,
    onChange: "replace",
    decode: ({ pool_namespace: namespace }) => typeof namespace === "string" && namespace !== "",
    doc: "Objects in a RADOS namespace of its own, to which a user's capabilities can be confined.",
  }),
  mode,
  poolLayout: text({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    from: "data_pool",
    doc: "Data pool of its files.",
  }),
} as const;

export const subvolume = defineResource({
  token: "ceph:fs:Subvolume",
  doc: "A folder of a file system with a quota, for one purpose of one tenant. Import by `FILESYSTEM/GROUP/NAME`, without a group by `FILESYSTEM/NAME`. Deleting removes its files.",
  inputs,
  outputs: {
    path: text({ max: 4096, doc: "What clients mount, and what the capabilities of a user name." }),
    poolNamespace: text({ optional: true, doc: "Its RADOS namespace, if it is isolated." }),
  },

  reference: ({ filesystem, group, name }) => [filesystem, ...(group === undefined ? [] : [group]), name].join("/"),
  async find(context, reference) {
    const parts = reference.split("/");
    const [filesystem = "", group] = parts.length > 2 ? parts : [parts[0]];
    const name = parts.at(-1) ?? "";
    const info = await infoOf(context, { filesystem, group, name }, "subvolume");
    return info && { ...info, vol_name: filesystem, group_name: group, subvol_name: name };
  },
  id: ({ vol_name: filesystem, group_name: group, subvol_name: name }) =>
    [filesystem, ...(group === undefined ? [] : [group]), name].join("/"),

  make: ({ api, signal }, given) => {
    const { size, ...body } = bodyOf(inputs, given);
    return api.send("POST", "cephfs/subvolume", {
      body: given.sizeGib === 0 ? body : { ...body, size },
      signal,
    });
  },

  async change({ api, signal }, row, { after, changed }) {
    if (!changed.has("sizeGib")) return;
    refuseSizeBelowUse(`subvolume ${after.name}`, row, after.sizeGib);
    await api.send("PUT", "cephfs/subvolume/{filesystem}", {
      path: { filesystem: after.filesystem },
      body: { subvol_name: after.name, group_name: after.group, size: infiniteIfNone(after.sizeGib) },
      signal,
    });
  },

  remove: ({ api, signal }, row) => api.send("DELETE", "cephfs/subvolume/{filesystem}", { ...volumeOf(row), signal }),

  // No room for a mark. One that is equal and empty is what an interrupted create leaves.
  leftover: { isUsed: (row) => usedBytes(row) > 0 },
});
