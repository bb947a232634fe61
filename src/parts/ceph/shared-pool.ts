import * as ceph from "@pulumi/ceph";
import type { CustomResourceOptions, Input, Resource } from "@pulumi/pulumi";
import { ownerOf, type SharedPool, type Tier } from "../../plan/storage.ts";
import { chunks, copies as spread } from "./redundancy.ts";

type Files = Extract<SharedPool, { kind: "files" }>;
type Objects = Extract<SharedPool, { kind: "objects" }>;

/** Where a pool lies. */
export interface Ground {
  /** Copies of what is not erasure coded. */
  copies: number;
  /** Name of the tier's CRUSH rule. */
  crushRule: Input<string>;
  deviceClass: "ssd" | "hdd";
  /** Name of the CRUSH rule of a tier. */
  ruleOf(tier: Tier): Input<string>;
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

/**
 * A bucket in pools of its own: a placement target leads there, and a second storage class of the same pool compresses what a
 * lifecycle rule moves into it. Where a bucket lies is settled when it is made. So one that an earlier version has put into the
 * gateway's common pools stays there, as `strata doctor` tells; and a pool that is called differently is a new one, because the
 * gateway would go on looking for the old name.
 */
function createObjects(plan: Objects, ground: Ground, parent: Resource): void {
  const { copies, crushRule, deviceClass, protect } = ground;
  const { key, name, sizeGib, erasure, index, placementTarget, compression } = plan;
  const opts = { parent, protect, replaceOnChanges: ["name"] };
  const profile = erasure && {
    type: "erasure",
    ...chunks(erasure),
    erasureCodeProfile: new ceph.pool.ErasureCodeProfile(
      key,
      { name, k: erasure.data, m: erasure.coding, crushFailureDomain: "host", crushDeviceClass: deviceClass },
      { parent },
    ).name,
  };
  const pool = new ceph.pool.Pool(
    key,
    { name, quotaGib: sizeGib, applications: ["rgw"], ...(profile ?? { ...spread(copies), crushRule }) },
    opts,
  );
  const indexPool = new ceph.pool.Pool(
    `${key}-index`,
    {
      name: index.name,
      ...spread(copies),
      crushRule: ground.ruleOf(index.tier),
      quotaGib: index.sizeGib,
      applications: ["rgw"],
    },
    opts,
  ).name;
  const target = new ceph.rgw.RgwPlacementTarget(
    key,
    { name: placementTarget, indexPool, dataPool: pool.name, dataExtraPool: indexPool, compression },
    { parent },
  );
  const owner = new ceph.rgw.RgwUser(key, { uid: ownerOf(name), displayName: name, quotaGib: sizeGib }, { parent });
  const lifecycle = createCompression(plan, { target, pool }, parent);
  new ceph.rgw.RgwBucket(
    key,
    { name, owner: owner.uid, placementTarget: target.name, ...lifecycle },
    { parent, protect, ignoreChanges: ["placementTarget"] },
  );
}

function createCompression(
  { key, compressAfterDays, compressWith }: Objects,
  { target, pool }: { target: ceph.rgw.RgwPlacementTarget; pool: ceph.pool.Pool },
  parent: Resource,
): Pick<ceph.rgw.RgwBucketArgs, "lifecycle"> {
  if (compressAfterDays === undefined || compressWith === undefined) return {};
  const { name } = new ceph.rgw.RgwStorageClass(
    key,
    { placementTarget: target.name, name: "COMPRESSED", dataPool: pool.name, compression: compressWith },
    { parent },
  );
  return { lifecycle: [{ id: "compress", transitionDays: compressAfterDays, transitionStorageClass: name }] };
}
