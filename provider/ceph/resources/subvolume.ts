import { boolean, text } from "../../core/fields.ts";
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
    return infoOf(context, { filesystem, group, name: parts.at(-1) ?? "" }, "subvolume");
  },
  id: ({ filesystem, group_name: group, subvol_name: name }) =>
    [filesystem, ...(group === undefined ? [] : [group]), name].join("/"),

  ...byNameOrNumber,

  async make(context, given) {
    const { size, ...body } = bodyOf(inputs, given);
    await context.api.send("POST", "cephfs/subvolume", {
      body: {
        vol_name: await filesystemName(context, given.filesystem),
        ...body,
        ...(given.sizeGib === 0 ? {} : { size }),
      },
      signal: context.signal,
    });
  },

  async change({ api, signal }, row, { after, changed }) {
    if (changed.has("sizeGib")) refuseSizeBelowUse(`subvolume ${after.name}`, row, after.sizeGib);
    if (changed.has("mode")) {
      const body = { ...asItIs(row, after.mode), namespace_isolated: after.namespaceIsolated };
      await api.send("POST", "cephfs/subvolume", { body, repeatable: true, signal });
    }
    if (!changed.has("sizeGib")) return;
    const { path, names } = whereIs(row);
    const body = { ...names, size: infiniteIfNone(after.sizeGib) };
    await api.send("PUT", "cephfs/subvolume/{filesystem}", { path, body, signal });
  },

  remove({ api, signal }, row) {
    const { path, names } = whereIs(row);
    return api.send("DELETE", "cephfs/subvolume/{filesystem}", { path, query: names, signal });
  },

  // No room for a mark. One that is equal and empty is what an interrupted create leaves.
  leftover: { isUsed: (row) => usedBytes(row) > 0 },
});
