import { stableUuid } from "../../cloudstack/models/random.ts";
import type { CephSeed } from "../seed.ts";
import { newKey } from "./cephx.ts";
import { fsidOf } from "./cluster.ts";
import { defaultRoot, defaultRule, insertRule } from "./crush.ts";
import { completeProfile } from "./erasure-code.ts";
import { createPool } from "./pool.ts";
import { setApplications } from "./pool-settings.ts";
import { newRgwKey, noQuota } from "./rgw.ts";
import { seedSite } from "./rgw-site.ts";
import { seedTokenSecret } from "./sessions.ts";
import type { World } from "./world.ts";

/** Milliseconds of the instant at which everything seeded was made. */
const seededAt = Date.parse("2026-01-01T00:00:00Z");
const gib = 1024 ** 3;

/** The user of the dashboard that CloudStack's administrator uses, and one who may only look. */
export const dashboardUsers = { administrator: "admin", viewer: "viewer" } as const;
/** The cephx user whose key CloudStack's own primary storage pool carries. */
export const cloudstackEntity = "client.cloudstack";

/** What a reset keeps, so that who holds credentials can go on: it is the same cluster. */
export interface KeptSecrets {
  readonly adminPassword: string;
  readonly viewerPassword: string;
  readonly adminKey: string;
  readonly cloudstackKey: string;
  readonly fsid: string;
}

export function newSecrets({ random }: World): KeptSecrets {
  const password = () => random.bytes(12).toString("base64url");
  return {
    adminPassword: password(),
    viewerPassword: password(),
    adminKey: newKey(random, seededAt),
    cloudstackKey: newKey(random, seededAt),
    fsid: random.uuid(),
  };
}

/** The secrets of a cluster that was seeded before. */
export function secretsOf({ tables }: World): KeptSecrets {
  const password = (username: string) => tables.dashboardUsers.find((user) => user.username === username)?.password;
  const key = (entity: string) => tables.cephxUsers.find((user) => user.entity === entity)?.key;
  return {
    adminPassword: password(dashboardUsers.administrator) ?? "",
    viewerPassword: password(dashboardUsers.viewer) ?? "",
    adminKey: key("client.admin") ?? "",
    cloudstackKey: key(cloudstackEntity) ?? "",
    fsid: fsidOf(tables),
  };
}

/** Fills an empty cluster. */
export function seedWorld(world: World, seed: CephSeed, secrets: KeptSecrets): void {
  world.store.transaction(() => {
    world.tables.cluster.insert({ fsid: secrets.fsid });
    seedTokenSecret(world);
    seedHardware(world, seed);
    seedUsers(world, secrets);
    seedPools(world, seed);
    if (hasGateway(seed)) seedSite(world.tables, seed.realm ?? "");
    for (const [name, value] of Object.entries(seed.config ?? {})) {
      world.tables.config.insert({ name, section: "global", value });
    }
  });
}

/** What a state lacks that an earlier version has written. */
export function completeWorld({ store, tables, random }: World, seed: CephSeed): void {
  store.transaction(() => {
    if (tables.cluster.size === 0) tables.cluster.insert({ fsid: random.uuid() });
    if (tables.rgwZones.size === 0 && hasGateway(seed)) seedSite(tables, seed.realm ?? "");
  });
}

function hasGateway({ hosts }: CephSeed): boolean {
  return hosts.some(({ services }) => services.includes("rgw"));
}

function seedHardware({ tables }: World, seed: CephSeed): void {
  let osdId = 0;
  for (const { name, address, rack, services, osds } of seed.hosts) {
    const uuid = stableUuid(`host/${name}`);
    const labels = services.includes("mon") ? ["_admin"] : [];
    const place = rack === undefined ? {} : { rack };
    tables.hosts.insert({ uuid, created: seededAt, hostname: name, address, labels, services, ...place });
    for (const { deviceClass, count, sizeGib } of osds) {
      for (let n = 0; n < count; n += 1) {
        const row = { osdId, hostname: name, deviceClass, bytes: sizeGib * gib, up: true, in: true };
        tables.osds.insert({ uuid: stableUuid(`osd/${osdId}`), created: seededAt, ...row });
        osdId += 1;
      }
    }
  }
}

function seedUsers({ tables }: World, secrets: KeptSecrets): void {
  const person = { enabled: true, attempts: 0 };
  tables.dashboardUsers.insert({
    username: dashboardUsers.administrator,
    password: secrets.adminPassword,
    role: "administrator",
    ...person,
  });
  tables.dashboardUsers.insert({
    username: dashboardUsers.viewer,
    password: secrets.viewerPassword,
    role: "read-only",
    ...person,
  });
  const all = { mds: "allow *", mgr: "allow *", mon: "allow *", osd: "allow *" };
  tables.cephxUsers.insert({ entity: "client.admin", key: secrets.adminKey, caps: all });
  tables.cephxUsers.insert({
    entity: cloudstackEntity,
    key: secrets.cloudstackKey,
    caps: { mgr: "profile rbd pool=cloudstack", mon: "profile rbd", osd: "profile rbd pool=cloudstack" },
  });
}

function seedPools({ tables, random }: World, seed: CephSeed): void {
  insertRule(tables, { name: defaultRule, type: "replicated", root: defaultRoot, failureDomain: "host" });
  tables.erasureCodeProfiles.insert({ name: "default", values: completeProfile({}) });
  const pool = (name: string, application: string, pgNum: number) =>
    setApplications(tables, createPool(tables, { name, type: "replicated", pgNum }), [application]);
  pool(".mgr", "mgr", 1);
  pool("cloudstack", "rbd", 32);
  if (!hasGateway(seed)) return;
  for (const name of [".rgw.root", "default.rgw.log", "default.rgw.control", "default.rgw.meta"]) pool(name, "rgw", 8);
  pool("default.rgw.buckets.index", "rgw", 8);
  pool("default.rgw.buckets.data", "rgw", 32);
  const uid = "dashboard";
  tables.rgwUsers.insert({
    uid,
    displayName: "Ceph Dashboard",
    email: "",
    maxBuckets: 1000,
    suspended: false,
    system: true,
    keys: [newRgwKey(random, uid)],
    userQuota: noQuota,
    bucketQuota: noQuota,
  });
}
