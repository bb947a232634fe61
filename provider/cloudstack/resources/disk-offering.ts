import type { Issue } from "../../core/errors.ts";
import { boolean, integer, list, oneOf, text } from "../../core/fields.ts";
import { type PlainObject, UNKNOWN } from "../../core/values.ts";
import { word } from "../fields.ts";
import { call, defineResource, rows } from "../resource.ts";
import { together } from "../rules.ts";
import { positive, visibility } from "./offering.ts";

export const diskOffering = defineResource({
  token: "cloudstack:storage:DiskOffering",
  doc: "A kind of data volume: its size and where it lives. Deleting one that is in use makes it inactive; its volumes stay.",

  inputs: {
    name: text({ min: 1, doc: "Shown to users; need not be unique." }),
    displayText: text({
      optional: true,
      serverChooses: true,
      max: 4096,
      doc: "Longer text for users. Default: the name.",
    }),
    sizeGib: integer({
      optional: true,
      min: 1,
      param: "disksize",
      unit: "GiB",
      onChange: "replace",
      decode: (row) => positive(row.disksize),
      doc: "Size of every volume. This, or `customized`.",
    }),
    customized: boolean({
      default: false,
      from: "iscustomized",
      onChange: "replace",
      doc: "Each volume names its own size.",
    }),
    storageType: oneOf(["shared", "local"], { default: "shared", onChange: "replace", doc: "Where volumes live." }),
    provisioningType: oneOf(["thin", "sparse", "fat"], {
      default: "thin",
      onChange: "replace",
      doc: "How volumes are provisioned.",
    }),
    storageTags: list(word(), {
      optional: true,
      set: true,
      param: "tags",
      cleared: "",
      doc: "Tags a storage pool must carry.",
    }),
    encrypt: boolean({ default: false, onChange: "replace", doc: "Encrypt volumes on the host." }),
    diskSizeStrictness: boolean({
      default: false,
      onChange: "replace",
      doc: "Forbid other sizes when a volume changes its offering.",
    }),
    displayOffering: boolean({ default: true, doc: "Show it to users." }),
    minIops: integer({
      optional: true,
      min: 1,
      onChange: "replace",
      // Without the word that volumes do not choose for themselves the server drops both.
      encode: (miniops) => ({ miniops, customizediops: false }),
      doc: "Guaranteed operations per second, together with `maxIops`.",
    }),
    maxIops: integer({
      optional: true,
      min: 1,
      onChange: "replace",
      doc: "Most operations per second, together with `minIops`.",
    }),
    cacheMode: oneOf(["none", "writeback", "writethrough", "hypervisor_default"], {
      optional: true,
      from: "cacheMode",
      onChange: "replace",
      doc: "Write cache of the hypervisor.",
    }),
    ...visibility,
  },
  outputs: {
    state: text({ doc: "Active or Inactive." }),
  },

  check: (given) => [...checkSize(given), ...checkOperations(given)],

  api: {
    create: call("createDiskOffering", { answer: "diskoffering" }),
    read: rows("listDiskOfferings"),
    update: call("updateDiskOffering"),
    delete: call("deleteDiskOffering"),
  },

  // No room for a mark: createDiskOffering drops details that it does not know. An offering that is equal in everything,
  // the domains that see it included, and that no volume has, is taken over with a warning.
  leftover: { isUsed: ({ api, signal }, { id }) => api.any("listVolumes", { diskofferingid: String(id) }, { signal }) },
});

function checkSize({ sizeGib, customized }: PlainObject): Issue[] {
  if (sizeGib === UNKNOWN || customized === UNKNOWN) return [];
  if (sizeGib === undefined && customized !== true) {
    return [
      { path: "sizeGib", reason: "is required unless `customized` is true → give the size of its volumes in GiB" },
    ];
  }
  const both = sizeGib !== undefined && customized === true;
  return both
    ? [{ path: "customized", reason: "true: the size is fixed by `sizeGib` already → leave one of them out" }]
    : [];
}

function checkOperations(given: PlainObject): Issue[] {
  const { minIops, maxIops } = given;
  const issues = [...together(given, "minIops", "maxIops"), ...together(given, "maxIops", "minIops")];
  if (typeof minIops !== "number" || typeof maxIops !== "number" || minIops <= maxIops) return issues;
  return [...issues, { path: "minIops", reason: `${minIops}: more than maxIops, ${maxIops} → guarantee at most that` }];
}
