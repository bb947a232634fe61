import { auth, cluster, fs, pool, rgw } from "@pulumi/ceph";
import { interpolate, mergeOptions, runtime } from "@pulumi/pulumi";

// Made by one stack, imported by another: whatever is written down here must be read back just so.

/** ADOPT: ids by logical names, of things to import instead of making them. */
const adopt: Record<string, string> = JSON.parse(process.env.ADOPT ?? "{}");
runtime.registerStackTransformation(({ name, props, opts }) => {
  const id = adopt[name];
  return id === undefined ? undefined : { props, opts: mergeOptions(opts, { import: id }) };
});

const fast = new pool.CrushRule("fast", { name: "fast", deviceClass: "ssd" });
const tenant = new pool.Pool("tenant", {
  name: "tenant-a",
  size: 2,
  minSize: 1,
  crushRule: fast.name,
  quotaGib: Number(process.env.QUOTA ?? 100),
  compressionMode: "aggressive",
  compressionAlgorithm: "zstd",
  applications: ["rbd"],
});
const profile = new pool.ErasureCodeProfile("profile", { name: "ec42", k: 4, m: 2, crushDeviceClass: "hdd" });
new pool.Pool("cold", {
  name: "cold",
  type: "erasure",
  erasureCodeProfile: profile.name,
  ecOverwrites: true,
  applications: ["rbd"],
});
const user = new auth.User("user", {
  entity: "client.tenant-a",
  caps: {
    mon: "profile rbd",
    osd: interpolate`profile rbd pool=${tenant.name}`,
    mgr: interpolate`profile rbd pool=${tenant.name}`,
  },
});
const shared = new fs.Filesystem("shared", { name: "shared" });
const group = new fs.SubvolumeGroup("group", { filesystem: shared.id, name: "tenant-a", sizeGib: 20 });
const home = new fs.Subvolume("home", {
  filesystem: shared.id,
  group: group.name,
  name: "home",
  sizeGib: 10,
  namespaceIsolated: true,
});
const objects = new pool.Pool("objects", {
  name: "objects",
  type: "erasure",
  erasureCodeProfile: profile.name,
  applications: ["rgw"],
});
const index = new pool.Pool("index", { name: "objects.index", crushRule: fast.name, applications: ["rgw"] });
const placement = new rgw.RgwPlacementTarget("placement", {
  name: "objects",
  indexPool: index.name,
  dataPool: objects.name,
  dataExtraPool: index.name,
});
const squeezed = new rgw.RgwStorageClass("squeezed", {
  placementTarget: placement.name,
  name: "SQUEEZED",
  dataPool: objects.name,
  compression: "zstd",
});
const owner = new rgw.RgwUser("owner", { uid: "city$files", displayName: "Files", quotaGib: 50 });
new rgw.RgwBucket("bucket", {
  name: "archive",
  owner: owner.uid,
  placementTarget: placement.name,
  versioning: true,
  lifecycle: [
    { id: "old", prefix: "raw/", expirationDays: 30 },
    { id: "rest", transitionDays: 90, transitionStorageClass: squeezed.name },
  ],
});
// Of an older program, which knew no placement targets: it stays where it is.
const placed = process.env.PLACED === "yes" && { placementTarget: placement.name };
new rgw.RgwBucket("older", { name: "older", owner: owner.uid, ...placed }, { ignoreChanges: ["placementTarget"] });

/** What the key is for: it stays a secret wherever it goes. */
export const storageUrl = interpolate`rbd://tenant-a:${user.key}@mon/${tenant.name}`;
export const path = home.path;
export const domains = cluster.getFailureDomainsOutput({ deviceClass: "hdd" }).names;
