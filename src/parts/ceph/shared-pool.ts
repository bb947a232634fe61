import * as ceph from "@pulumi/ceph";
import type { CustomResourceOptions, Input, Resource } from "@pulumi/pulumi";
import type { SharedPool } from "../../plan/storage.ts";

type Files = Extract<SharedPool, { kind: "files" }>;
type Objects = Extract<SharedPool, { kind: "objects" }>;

/** Where a pool lies. */
export interface Ground {
  /** Copies of what is not erasure coded. */
  copies: number;
  /** Name of the tier's CRUSH rule. */
  crushRule: Input<string>;
  deviceClass: "ssd" | "hdd";
  /** True keeps what holds data from being destroyed. */
  protect: boolean;
}

/** A pool of the platform that is no volume: a file system with one quota and its user, or a bucket with a pool behind it (P6.1). */
export function createSharedPool(plan: SharedPool, ground: Ground, parent: Resource): void {
  if (plan.kind === "files") createFiles(plan, ground, parent);
  else createObjects(plan, ground, parent);
}

/** One group holds everything, because guests see a group's quota as the size of their disk; the pool's holds for all of them. */
function createFiles(plan: Files, { copies, crushRule, protect }: Ground, parent: Resource): void {
  const { key, name, sizeGib, compression, mount } = plan;
  const filesystem = new ceph.fs.Filesystem(
    key,
    {
      name,
      crushRule,
      size: copies,
      quotaGib: sizeGib,
      metadataCrushRule: crushRule,
      metadataSize: copies,
      ...(compression !== "none" && { compressionMode: "aggressive", compressionAlgorithm: compression }),
    },
    { parent, protect },
  );
  new ceph.fs.SubvolumeGroup(key, { filesystem: filesystem.id, name: "data", sizeGib }, { parent });
  if (mount !== undefined) createUser(key, name, mount.user, { parent, dependsOn: [filesystem] });
}

/** By name, not by the file system's output: what a user may do must be readable before anything is there. */
function createUser(key: string, filesystem: string, entity: string, options: CustomResourceOptions): void {
  const caps = {
    mon: `allow r fsname=${filesystem}`,
    mds: `allow rw fsname=${filesystem} path=/volumes/data`,
    osd: `allow rw tag cephfs data=${filesystem}`,
  };
  new ceph.auth.User(key, { entity, caps }, options);
}

function createObjects(plan: Objects, { copies, crushRule, deviceClass, protect }: Ground, parent: Resource): void {
  const { key, name, sizeGib, erasure, compressAfterDays } = plan;
  const profile = erasure && {
    type: "erasure",
    erasureCodeProfile: new ceph.pool.ErasureCodeProfile(
      key,
      { name, k: erasure.data, m: erasure.coding, crushFailureDomain: "host", crushDeviceClass: deviceClass },
      { parent },
    ).name,
  };
  const pool = new ceph.pool.Pool(
    key,
    { name, quotaGib: sizeGib, applications: ["rgw"], ...(profile ?? { size: copies, crushRule }) },
    { parent, protect },
  );
  const uid = `${name}-owner`;
  const owner = new ceph.rgw.RgwUser(key, { uid, displayName: name, quotaGib: sizeGib }, { parent });
  const lifecycle = compressAfterDays !== undefined && {
    lifecycle: [{ id: "compress", transitionDays: compressAfterDays, transitionStorageClass: "COMPRESSED" }],
  };
  new ceph.rgw.RgwBucket(key, { name, owner: owner.uid, ...lifecycle }, { parent, protect, dependsOn: [pool] });
}
