import { text } from "../../core/fields.ts";
import { groupOf, infiniteIfNone, infoOf, mode, quota, refuseSizeBelowUse, usedBytes } from "../cephfs.ts";
import { defineResource } from "../resource.ts";
import { bodyOf } from "../wire.ts";

const inputs = {
  filesystem: text({ min: 1, onChange: "replace", param: "vol_name", doc: "Name of the file system." }),
  name: text({ min: 1, onChange: "replace", param: "group_name", doc: "Unique in the file system." }),
  sizeGib: quota("All its subvolumes together hold at most so much. Refused below what is used."),
  mode,
  poolLayout: text({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    from: "data_pool",
    doc: "Data pool of the group's files.",
  }),
} as const;

export const subvolumeGroup = defineResource({
  token: "ceph:fs:SubvolumeGroup",
  doc: "A folder of subvolumes, with a quota of its own: one tenant's share of a file system. Import by `FILESYSTEM/GROUP`. Only an empty group can be deleted.",
  inputs,
  outputs: {},

  reference: ({ filesystem, name }) => `${filesystem}/${name}`,
  async find(context, reference) {
    const [filesystem = "", group = ""] = reference.split("/");
    const info = await infoOf(context, { filesystem, group }, "group");
    return info && { ...info, vol_name: filesystem, group_name: group };
  },
  id: ({ vol_name: filesystem, group_name: name }) => `${filesystem}/${name}`,

  make: ({ api, signal }, given) => api.send("POST", "cephfs/subvolume/group", { body: withoutNoSize(given), signal }),

  async change({ api, signal }, row, { after, changed }) {
    if (!changed.has("sizeGib")) return;
    refuseSizeBelowUse(`subvolume group ${after.name}`, row, after.sizeGib);
    await api.send("PUT", "cephfs/subvolume/group/{filesystem}", {
      path: { filesystem: after.filesystem },
      body: { group_name: after.name, size: infiniteIfNone(after.sizeGib) },
      signal,
    });
  },

  remove: ({ api, signal }, row) =>
    api.send("DELETE", "cephfs/subvolume/group/{filesystem}", { ...groupOf(row), signal }),

  // No room for a mark. One that is equal and empty is what an interrupted create leaves.
  leftover: { isUsed: (row) => usedBytes(row) > 0 },
});

function withoutNoSize(given: { sizeGib: number }) {
  const { size, ...body } = bodyOf(inputs, given);
  return given.sizeGib === 0 ? body : { ...body, size };
}
