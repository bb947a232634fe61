import { text } from "../../core/fields.ts";
import {
  asItIs,
  byNameOrNumber,
  filesystemName,
  filesystemReference,
  infiniteIfNone,
  infoOf,
  mode,
  quota,
  refuseSizeBelowUse,
  usedBytes,
  whereIs,
} from "../cephfs.ts";
import { defineResource } from "../resource.ts";
import { bodyOf } from "../wire.ts";

const inputs = {
  filesystem: filesystemReference,
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
    const [filesystem = "", group] = reference.split("/");
    return infoOf(context, { filesystem, group }, "group");
  },
  id: ({ filesystem, group_name: name }) => `${filesystem}/${name}`,

  ...byNameOrNumber,

  async make(context, given) {
    const { size, ...body } = bodyOf(inputs, given);
    await context.api.send("POST", "cephfs/subvolume/group", {
      body: {
        vol_name: await filesystemName(context, given.filesystem),
        ...body,
        ...(given.sizeGib === 0 ? {} : { size }),
      },
      signal: context.signal,
    });
  },

  async change({ api, signal }, row, { after, changed }) {
    if (changed.has("sizeGib")) refuseSizeBelowUse(`subvolume group ${after.name}`, row, after.sizeGib);
    if (changed.has("mode")) {
      const body = asItIs(row, after.mode);
      await api.send("POST", "cephfs/subvolume/group", { body, repeatable: true, signal });
    }
    if (!changed.has("sizeGib")) return;
    const { path, names } = whereIs(row);
    const body = { ...names, size: infiniteIfNone(after.sizeGib) };
    await api.send("PUT", "cephfs/subvolume/group/{filesystem}", { path, body, signal });
  },

  remove({ api, signal }, row) {
    const { path, names } = whereIs(row);
    return api.send("DELETE", "cephfs/subvolume/group/{filesystem}", { path, query: names, signal });
  },

  // No room for a mark. One that is equal and empty is what an interrupted create leaves.
  leftover: { isUsed: (row) => usedBytes(row) > 0 },
});
