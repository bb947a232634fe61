import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ceph } from "../../../provider/ceph/provider.ts";
import type { Fields } from "../../../provider/core/fields.ts";
import { schemaOf } from "../../../provider/core/schema.ts";
import { type Cluster, startCluster } from "./cluster.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());

test("schema.json is what the descriptors say", () => {
  const file = new URL("../../../provider/ceph/schema.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(schemaOf(ceph))));
});

test("every resource, function and property is described", () => {
  const undescribed = [...ceph.resources, ...ceph.functions].flatMap(({ token, doc, inputs, outputs }) => [
    ...(doc === "" ? [token] : []),
    ...missingIn(token, inputs),
    ...missingIn(token, outputs),
  ]);
  expect(undescribed).toEqual([]);
});

function missingIn(path: string, fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, { kind, options }]) => {
    const element = kind.kind === "list" || kind.kind === "map" ? kind.element.kind : kind;
    const inner = element.kind === "object" ? missingIn(`${path}.${name}`, element.fields) : [];
    return [...(options.doc ? [] : [`${path}.${name}`]), ...inner];
  });
}

test("sizes are in GiB, and their names and units say so", () => {
  const wrong = [...ceph.resources, ...ceph.functions].flatMap(({ token, inputs, outputs }) =>
    Object.entries({ ...inputs, ...outputs }).flatMap(([name, { kind, options }]) => {
      if (/bytes|mib|size_/i.test(name)) return [`${token}.${name}`];
      const saysGib = kind.kind === "integer" ? kind.unit === "GiB" : /GiB/.test(options.doc ?? "");
      return name.endsWith("Gib") && !saysGib ? [`${token}.${name}`] : [];
    }),
  );
  expect(wrong).toEqual([]);
});

/** Valid inputs of each resource, and per property a change with its effect; properties of one row depend on each other. */
const changes: Record<
  string,
  { base: Record<string, unknown>; rows: [Record<string, unknown>, Record<string, string>][] }
> = {
  "ceph:auth:User": {
    base: { entity: "client.a", caps: { mon: "allow r" } },
    rows: [
      [{ entity: "client.b" }, { entity: "update_replace" }],
      [{ caps: { mon: "allow rw", osd: "allow r" } }, { "caps.mon": "update", "caps.osd": "add" }],
    ],
  },
  "ceph:fs:Filesystem": {
    base: { name: "a" },
    rows: [
      [{ name: "b" }, { name: "update" }],
      [{ placementHosts: ["h"] }, {}],
      [{ placementLabels: ["l"] }, {}],
      [{ crushRule: "fast" }, { crushRule: "add" }],
      [{ size: 2 }, { size: "add" }],
      [{ metadataCrushRule: "fast" }, { metadataCrushRule: "add" }],
      [{ metadataSize: 2 }, { metadataSize: "add" }],
      [{ quotaGib: 4 }, { quotaGib: "add" }],
      [
        { compressionMode: "force", compressionAlgorithm: "lz4" },
        { compressionMode: "add", compressionAlgorithm: "add" },
      ],
    ],
  },
  "ceph:fs:Subvolume": {
    base: { filesystem: "f", group: "g", name: "a" },
    rows: [
      [{ filesystem: "x" }, { filesystem: "update_replace" }],
      [{ group: "x" }, { group: "update_replace" }],
      [{ name: "x" }, { name: "update_replace" }],
      [{ sizeGib: 3 }, { sizeGib: "update" }],
      [{ namespaceIsolated: true }, { namespaceIsolated: "update_replace" }],
      [{ mode: "700" }, { mode: "add" }],
      [{ poolLayout: "p" }, { poolLayout: "add_replace" }],
    ],
  },
  "ceph:fs:SubvolumeGroup": {
    base: { filesystem: "f", name: "a" },
    rows: [
      [{ filesystem: "x" }, { filesystem: "update_replace" }],
      [{ name: "x" }, { name: "update_replace" }],
      [{ sizeGib: 3 }, { sizeGib: "update" }],
      [{ mode: "700" }, { mode: "add" }],
      [{ poolLayout: "p" }, { poolLayout: "add_replace" }],
    ],
  },
  "ceph:pool:CrushRule": {
    base: { name: "a" },
    rows: [
      [{ name: "b" }, { name: "update_replace" }],
      [{ root: "r" }, { root: "update_replace" }],
      [{ failureDomain: "rack" }, { failureDomain: "update_replace" }],
      [{ deviceClass: "ssd" }, { deviceClass: "add_replace" }],
    ],
  },
  "ceph:pool:ErasureCodeProfile": {
    base: { name: "a", k: 2, m: 1 },
    rows: [
      [{ name: "b" }, { name: "update_replace" }],
      [{ k: 3 }, { k: "update_replace" }],
      [{ m: 2 }, { m: "update_replace" }],
      [{ plugin: "isa" }, { plugin: "update_replace" }],
      [{ technique: "cauchy_good" }, { technique: "add_replace" }],
      [{ crushFailureDomain: "rack" }, { crushFailureDomain: "update_replace" }],
      [{ crushRoot: "r" }, { crushRoot: "update_replace" }],
      [{ crushDeviceClass: "ssd" }, { crushDeviceClass: "add_replace" }],
    ],
  },
  "ceph:pool:Pool": {
    base: { name: "a", size: 3 },
    rows: [
      [{ name: "b" }, { name: "update" }],
      [
        { type: "erasure", erasureCodeProfile: "p", ecOverwrites: true, size: undefined },
        { type: "update_replace", erasureCodeProfile: "add_replace", ecOverwrites: "update" },
      ],
      [{ size: 2 }, { size: "update" }],
      [{ minSize: 1 }, { minSize: "add" }],
      [{ crushRule: "fast" }, { crushRule: "add" }],
      [
        { pgAutoscaleMode: "off", pgNum: 64 },
        { pgAutoscaleMode: "update", pgNum: "add" },
      ],
      [{ quotaGib: 4 }, { quotaGib: "update" }],
      [{ quotaObjects: 4 }, { quotaObjects: "update" }],
      [
        { compressionMode: "force", compressionAlgorithm: "lz4", compressionRequiredRatio: 0.5 },
        { compressionMode: "add", compressionAlgorithm: "add", compressionRequiredRatio: "add" },
      ],
      [{ applications: ["rbd"] }, { applications: "add" }],
    ],
  },
  "ceph:rgw:RgwBucket": {
    base: { name: "abc", owner: "t$a" },
    rows: [
      [{ name: "abd" }, { name: "update_replace" }],
      [{ owner: "t$b" }, { owner: "update" }],
      [{ placementTarget: "p" }, { placementTarget: "add_replace" }],
      [{ versioning: true }, { versioning: "add" }],
      [
        { lockEnabled: true, lockMode: "GOVERNANCE", lockRetentionDays: 3 },
        { lockEnabled: "update_replace", lockMode: "add", lockRetentionDays: "add" },
      ],
      [{ lifecycle: [{ id: "a", expirationDays: 3 }] }, { lifecycle: "add" }],
      [{ purgeObjectsOnDelete: true }, { purgeObjectsOnDelete: "update" }],
    ],
  },
  "ceph:rgw:RgwPlacementTarget": {
    base: { name: "a", indexPool: "i", dataPool: "d", dataExtraPool: "e" },
    rows: [
      [{ name: "b" }, { name: "update_replace" }],
      [{ indexPool: "j" }, { indexPool: "update_replace" }],
      [{ dataPool: "f" }, { dataPool: "update_replace" }],
      [{ dataExtraPool: "f" }, { dataExtraPool: "update_replace" }],
      [{ compression: "zstd" }, { compression: "update" }],
    ],
  },
  "ceph:rgw:RgwStorageClass": {
    base: { placementTarget: "a", name: "B", dataPool: "d" },
    rows: [
      [{ placementTarget: "b" }, { placementTarget: "update_replace" }],
      [{ name: "C" }, { name: "update_replace" }],
      [{ dataPool: "e" }, { dataPool: "update_replace" }],
      [{ compression: "lz4" }, { compression: "update" }],
    ],
  },
  "ceph:rgw:RgwUser": {
    base: { uid: "a", displayName: "A" },
    rows: [
      [{ uid: "b" }, { uid: "update_replace" }],
      [{ displayName: "B" }, { displayName: "update" }],
      [{ email: "a@b" }, { email: "add" }],
      [{ maxBuckets: 3 }, { maxBuckets: "update" }],
      [{ suspended: true }, { suspended: "update" }],
      [{ quotaGib: 4 }, { quotaGib: "update" }],
      [{ quotaObjects: 4 }, { quotaObjects: "update" }],
    ],
  },
};

test.each(ceph.resources.map((resource) => [resource.token, resource] as const))(
  "what a change of each property of %s does",
  async (token, resource) => {
    const { base, rows } = changes[token] ?? { base: {}, rows: [] };
    const changed = new Set(rows.flatMap(([change]) => Object.keys(change)));
    expect([...changed].sort()).toEqual(Object.keys(resource.inputs).sort());
    const { engine } = cluster;
    const { inputs } = await engine.check(token, base as never);
    const kept = { id: "1", inputs, state: inputs };
    for (const [change, effect] of rows) {
      expect((await engine.diff(token, kept, { ...base, ...change } as never)).changes, JSON.stringify(change)).toEqual(
        effect,
      );
    }
  },
);
