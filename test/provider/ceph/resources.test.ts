import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalCap } from "../../../provider/ceph/caps.ts";
import { Secret } from "../../../provider/core/values.ts";
import { type Kept, plain } from "../engine.ts";
import { type Cluster, failureOf, startCluster } from "./cluster.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.control("POST", "config", { name: "mon_allow_pool_delete", value: "true" });
});
afterAll(() => cluster.close());

describe("ErasureCodeProfile", () => {
  const EC = "ceph:pool:ErasureCodeProfile";

  test("is made, quiet, adopted only if equal, and goes", async () => {
    const given = { name: "ec21", k: 2, m: 1, crushDeviceClass: "hdd" };
    const kept = await cluster.engine.create(EC, given);
    expect(await cluster.drift(EC, kept)).toEqual({});
    const next = await cluster.nextRun();
    expect((await next.create(EC, given)).id).toBe("ec21");
    const foreign = await failureOf((await cluster.nextRun()).create(EC, { ...given, crushDeviceClass: "ssd" }));
    expect(foreign.details).toMatch(/there is one already.*\n.*pulumi import/);
    const imported = (await cluster.engine.import(EC, "ec21")) as Kept;
    expect(plain(imported.inputs)).toMatchObject({ k: 2, m: 1, crushFailureDomain: "host", crushDeviceClass: "hdd" });
    expect(await cluster.drift(EC, imported)).toEqual({});
    await cluster.engine.delete(EC, kept);
    expect(await cluster.drift(EC, kept)).toBe("gone");
  });

  test("4+2 on three hosts is refused before anything is made, and says which hosts there are", async () => {
    const failure = await failureOf(cluster.engine.create(EC, { name: "ec42", k: 4, m: 2 }));
    expect(failure.details).toMatch(/k 4 \+ m 2\): needs 6 failure domains \(host\), there are 3: ceph1, ceph2, ceph3/);
    expect(await cluster.engine.import(EC, "ec42")).toBeUndefined();
    const osds = await cluster.engine.create(EC, { name: "ec42", k: 4, m: 2, crushFailureDomain: "osd" });
    await cluster.engine.delete(EC, osds);
  });

  test("every change replaces, and under the same name is refused: the pool on it would be lost", async () => {
    const kept = await cluster.engine.create(EC, { name: "fixed", k: 2, m: 1 });
    const { changes, deleteBeforeReplace } = await cluster.engine.diff(EC, kept, {
      name: "fixed",
      k: 2,
      m: 1,
      plugin: "isa",
    });
    expect([changes, deleteBeforeReplace]).toEqual([{ plugin: "update_replace" }, false]);
    const failure = await failureOf(cluster.engine.create(EC, { name: "fixed", k: 2, m: 1, plugin: "isa" }));
    expect(failure.details).toMatch(/this stack has it already; it cannot be replaced under its own name/);
    await cluster.engine.delete(EC, kept);
  });
});

describe("CrushRule", () => {
  const RULE = "ceph:pool:CrushRule";

  test("says where copies lie; a pool moves to it in place", async () => {
    const kept = await cluster.engine.create(RULE, { name: "fast", deviceClass: "ssd" });
    expect(plain(kept.state)).toMatchObject({ root: "default", failureDomain: "host", deviceClass: "ssd" });
    expect(await cluster.drift(RULE, kept)).toEqual({});
    const pool = await cluster.engine.create("ceph:pool:Pool", { name: "moving" });
    const moved = await cluster.engine.update("ceph:pool:Pool", pool, { name: "moving", crushRule: "fast" });
    expect(await cluster.pool("moving")).toMatchObject({ crush_rule: "fast" });
    expect((await failureOf(cluster.engine.delete(RULE, kept))).details).toMatch(/code 16[\s\S]*still uses it/);
    await cluster.engine.delete("ceph:pool:Pool", moved);
    await cluster.engine.delete(RULE, kept);
    expect(await cluster.drift(RULE, kept)).toBe("gone");
  });

  test("a device class that is not there is refused", async () => {
    const failure = await failureOf(cluster.engine.create(RULE, { name: "none", deviceClass: "nvme" }));
    expect(failure.details).toMatch(/host with nvme devices\), there are none/);
  });
});

describe("User", () => {
  const USER = "ceph:auth:User";
  const caps = { mon: "profile rbd", osd: "profile rbd pool=tenant-a", mgr: "profile rbd pool=tenant-a" };

  test("has a key, which is secret everywhere, and keeps it through changes", async () => {
    const kept = await cluster.engine.create(USER, { entity: "client.tenant-a", caps });
    expect(kept.state.key).toBeInstanceOf(Secret);
    const { key } = plain(kept.state);
    expect(key).toMatch(/^AQ\w+.*==$/);
    expect(await cluster.drift(USER, kept)).toEqual({});
    const { mgr: _, ...fewer } = caps;
    const after = await cluster.engine.update(USER, kept, { entity: "client.tenant-a", caps: fewer });
    const users = (await cluster.hand.send("GET", "cluster/user")) as { entity: string; caps: object }[];
    expect(users.find(({ entity }) => entity === "client.tenant-a")?.caps).toEqual(fewer);
    expect(plain(after.state).key).toBe(key);
    const imported = (await cluster.engine.import(USER, "client.tenant-a")) as Kept;
    expect(plain(imported.state).key).toBe(key);
    expect(await cluster.drift(USER, imported)).toEqual({});
    await cluster.engine.delete(USER, after);
    expect(await cluster.drift(USER, after)).toBe("gone");
  });

  test("another spelling of the same capabilities is no difference; more capabilities are", async () => {
    const given = { entity: "client.b", caps: { mon: "allow  r", osd: 'allow rw pool="b" ,profile rbd' } };
    const kept = await cluster.engine.create(USER, given);
    const put = (osd: string) => {
      const capabilities = [
        { entity: "mon", cap: "allow r" },
        { entity: "osd", cap: osd },
      ];
      return cluster.hand.send("PUT", "cluster/user", { body: { user_entity: "client.b", capabilities } });
    };
    await put("profile rbd, allow rw pool=b");
    expect(await cluster.drift(USER, kept)).toEqual({});
    await put("allow *");
    expect(await cluster.drift(USER, kept)).toEqual({ "caps.osd": "update" });
    await cluster.engine.delete(USER, kept);
  });

  test.each([
    ["allow rw pool=a, profile rbd", " profile  rbd ,allow rw pool = 'a'", true],
    ["allow rw pool=a", "allow rw pool=b", false],
    ["allow r", "allow rw", false],
    ["allow rw path=/a uid=7 gids=7,8, allow r path=/b", "allow r path=/b; allow rw path=/a uid=7 gids=7,8", true],
    ["allow rw uid=7 gids=7, allow r path=/b", "allow rw uid=7 gids=7,8, allow r path=/b", false],
    ['allow command "osd, pool"', "allow command osd, pool", false],
  ])("%s and %s: the same is %s", (left, right, equal) => {
    expect(canonicalCap(left) === canonicalCap(right)).toBe(equal);
  });

  test("a list of groups within a grant stays one, in its place", async () => {
    const mds = "allow rw fsname=shared path=/volumes/a uid=1000 gids=1000,1001, allow r fsname=shared path=/volumes/b";
    const kept = await cluster.engine.create(USER, { entity: "client.groups", caps: { mds } });
    expect(await cluster.drift(USER, kept)).toEqual({});
    const users = (await cluster.hand.send("GET", "cluster/user")) as { entity: string; caps: unknown }[];
    const sent = users.find(({ entity }) => entity === "client.groups")?.caps as { mds: string };
    expect(sent.mds.split(/,\s*(?=allow)/).sort()).toEqual(mds.split(/,\s*(?=allow)/).sort());
    await cluster.engine.delete(USER, kept);
  });

  test("one with other capabilities is foreign; capabilities that Ceph cannot read are told in its words", async () => {
    const body = { user_entity: "client.foreign", capabilities: [{ entity: "mon", cap: "allow r" }] };
    await cluster.hand.send("POST", "cluster/user", { body });
    const failure = await failureOf(cluster.engine.create(USER, { entity: "client.foreign", caps }));
    expect(failure.details).toMatch(/there is one already.*\n.*pulumi import/);
    const wrong = await failureOf(cluster.engine.create(USER, { entity: "client.c", caps: { mon: "allaw r" } }));
    expect(wrong.details).toMatch(/POST \/api\/cluster\/user: .*parse failed.*allaw/);
  });

  test("has rules", async () => {
    const { failures } = await cluster.engine.check(USER, { entity: "mds.x", caps: {} });
    expect(Object.keys(failures).sort()).toEqual(["caps", "entity"]);
  });
});

describe("Filesystem, SubvolumeGroup, Subvolume", () => {
  const FS = "ceph:fs:Filesystem";
  const GROUP = "ceph:fs:SubvolumeGroup";
  const VOLUME = "ceph:fs:Subvolume";

  test("a file system with a tenant's isolated share lives, changes and goes", async () => {
    const fs = await cluster.engine.create(FS, { name: "shared", placementHosts: ["ceph1"] });
    expect(plain(fs.state)).toMatchObject({ metadataPool: "cephfs.shared.meta", dataPools: ["cephfs.shared.data"] });
    expect(await cluster.drift(FS, fs)).toEqual({});
    const group = await cluster.engine.create(GROUP, {
      filesystem: "shared",
      name: "tenant-a",
      sizeGib: 20,
      mode: "750",
    });
    expect(group.id).toBe("shared/tenant-a");
    expect(await cluster.drift(GROUP, group)).toEqual({});
    const given = { filesystem: "shared", group: "tenant-a", name: "home", sizeGib: 10, namespaceIsolated: true };
    const volume = await cluster.engine.create(VOLUME, given);
    expect(volume.id).toBe("shared/tenant-a/home");
    expect(plain(volume.state)).toMatchObject({
      path: expect.stringMatching(/^\/volumes\/tenant-a\/home\//),
      poolNamespace: "fsvolumens_home",
      poolLayout: "cephfs.shared.data",
    });
    expect(await cluster.drift(VOLUME, volume)).toEqual({});

    const bigger = await cluster.engine.update(VOLUME, volume, { ...given, sizeGib: 12 });
    expect(await cluster.drift(VOLUME, bigger)).toEqual({});
    const { sizeGib: _, ...unlimited } = given;
    const free = await cluster.engine.update(VOLUME, bigger, unlimited);
    expect(plain(free.state).sizeGib).toBe(0);
    expect(await cluster.drift(VOLUME, free)).toEqual({});
    const groupFree = await cluster.engine.update(GROUP, group, {
      filesystem: "shared",
      name: "tenant-a",
      mode: "750",
    });
    expect(plain(groupFree.state).sizeGib).toBe(0);

    expect((await failureOf(cluster.engine.delete(GROUP, groupFree))).details).toMatch(/not empty/);
    await cluster.engine.delete(VOLUME, free);
    expect(await cluster.drift(VOLUME, free)).toBe("gone");
    await cluster.engine.delete(GROUP, groupFree);
    await cluster.engine.delete(FS, fs);
    expect(await cluster.drift(FS, fs)).toBe("gone");
    expect(await cluster.drift(VOLUME, free)).toBe("gone");
    expect(await cluster.drift(GROUP, group)).toBe("gone");
  });

  test("name and number of a file system mean the same: no share is made anew for it, whichever it was imported by", async () => {
    const fs = await cluster.engine.create(FS, { name: "spelled" });
    const group = { filesystem: "spelled", name: "g", sizeGib: 4 };
    const volume = { filesystem: "spelled", group: "g", name: "v", sizeGib: 2 };
    const all = [
      [GROUP, await cluster.engine.create(GROUP, group), group],
      [VOLUME, await cluster.engine.create(VOLUME, volume), volume],
    ] as const;
    for (const [token, kept, given] of all) {
      const byNumber = { ...given, filesystem: fs.id };
      expect((await cluster.engine.diff(token, kept, byNumber)).changes).toEqual({ filesystem: "update" });
      const after = await cluster.engine.update(token, kept, byNumber);
      expect(plain(after.state)).toMatchObject(byNumber);
      expect(await cluster.drift(token, after)).toEqual({});

      const imported = (await (await cluster.nextRun()).import(token, kept.id)) as Kept;
      expect(imported.id).toBe(kept.id.replace("spelled", fs.id));
      expect((await cluster.engine.diff(token, imported, byNumber)).changes).toEqual({});
      expect((await cluster.engine.diff(token, imported, given)).changes).toEqual({ filesystem: "update" });
      const spelled = await cluster.engine.update(token, imported, given);
      expect(await cluster.drift(token, spelled)).toEqual({});
      const elsewhere = await cluster.engine.diff(token, kept, { ...given, filesystem: "nowhere" });
      expect(elsewhere.changes).toEqual({ filesystem: "update_replace" });
    }
    await cluster.engine.delete(FS, fs);
  });

  test("permissions that a guest has given the folder it mounts are its own; those that the program names come back", async () => {
    const fs = await cluster.engine.create(FS, { name: "mounted" });
    const open = await cluster.engine.create(GROUP, { filesystem: fs.id, name: "open", sizeGib: 7 });
    const given = { filesystem: fs.id, group: "open", name: "v", sizeGib: 5, mode: "0750", namespaceIsolated: true };
    const strict = await cluster.engine.create(VOLUME, given);
    expect(await cluster.drift(VOLUME, strict)).toEqual({});
    // What `chown` and `chmod` in a guest do.
    const byGuest = { mode: "2777", uid: 1000, gid: 1001 };
    const names = { vol_name: "mounted", group_name: "open" };
    await cluster.hand.send("POST", "cephfs/subvolume/group", { body: { ...names, ...byGuest } });
    const body = { ...names, subvol_name: "v", namespace_isolated: true, ...byGuest };
    await cluster.hand.send("POST", "cephfs/subvolume", { body });
    expect(await cluster.drift(GROUP, open)).toEqual({});
    expect(await cluster.drift(VOLUME, strict)).toEqual({ mode: "update" });

    const next = await cluster.nextRun();
    const live = (await next.read(VOLUME, strict)) as Kept;
    const back = await next.update(VOLUME, live, { ...given, sizeGib: 6 });
    const query = { subvol_name: "v", group_name: "open" };
    const info = await cluster.hand.send("GET", "cephfs/subvolume/{v}/info", { path: { v: "mounted" }, query });
    const kept = { uid: 1000, gid: 1001, bytes_quota: 6 * 2 ** 30, pool_namespace: "fsvolumens_v" };
    expect(info).toMatchObject({ mode: 0o40750, ...kept });
    expect(await cluster.drift(VOLUME, back)).toEqual({});
    const shut = await cluster.engine.update(GROUP, open, {
      filesystem: fs.id,
      name: "open",
      sizeGib: 7,
      mode: "700",
    });
    expect(await cluster.drift(GROUP, shut)).toEqual({});
    expect(plain(shut.state)).toMatchObject({ mode: "700", sizeGib: 7 });
    await cluster.engine.delete(FS, fs);
  });

  test("a file system is renamed in place, and found by its number", async () => {
    const kept = await cluster.engine.create(FS, { name: "old" });
    const renamed = await cluster.engine.update(FS, kept, { name: "new" });
    expect(renamed.id).toBe(kept.id);
    expect(await cluster.drift(FS, renamed)).toEqual({});
    expect((await cluster.engine.import(FS, "new"))?.id).toBe(kept.id);
    expect(plain(renamed.state).dataPools).toEqual(["cephfs.new.data"]);
    await cluster.engine.delete(FS, renamed);
  });

  test("groups and subvolumes that go by the file system's id outlive its renaming", async () => {
    const fs = await cluster.engine.create(FS, { name: "first" });
    const group = await cluster.engine.create(GROUP, { filesystem: fs.id, name: "g" });
    const volume = await cluster.engine.create(VOLUME, { filesystem: fs.id, group: "g", name: "v", sizeGib: 1 });
    expect(volume.id).toBe(`${fs.id}/g/v`);
    await cluster.engine.update(FS, fs, { name: "second" });
    expect(await cluster.drift(GROUP, group)).toEqual({});
    expect(await cluster.drift(VOLUME, volume)).toEqual({});
    const after = await cluster.engine.update(VOLUME, volume, { filesystem: fs.id, group: "g", name: "v", sizeGib: 2 });
    expect(await cluster.drift(VOLUME, after)).toEqual({});
    await cluster.engine.delete(VOLUME, after);
    await cluster.engine.delete(GROUP, group);
    await cluster.engine.delete(FS, fs);
    const missing = await failureOf(cluster.engine.create(GROUP, { filesystem: "nowhere", name: "g" }));
    expect(missing.details).toMatch(/\(nowhere\): there is no such file system/);
  });

  test("one that is used is foreign; an unused one of the same name is what an interrupted run left", async () => {
    const fs = await cluster.engine.create(FS, { name: "left" });
    // The manager itself is its client by now: it has looked for groups.
    expect(await cluster.hand.send("GET", "cephfs/{id}", { path: { id: fs.id } })).toMatchObject({
      cephfs: { client_count: 1 },
    });
    expect((await (await cluster.nextRun()).create(FS, { name: "left" })).id).toBe(fs.id);
    await cluster.control("POST", "use", { pool: "cephfs.left.data", bytes: 4096 });
    expect((await failureOf((await cluster.nextRun()).create(FS, { name: "left" }))).details).toMatch(/pulumi import/);
    await cluster.control("POST", "use", { pool: "cephfs.left.data", bytes: 0 });
    await cluster.engine.create(GROUP, { filesystem: "left", name: "g" });
    expect((await failureOf((await cluster.nextRun()).create(FS, { name: "left" }))).details).toMatch(/pulumi import/);
    await cluster.engine.delete(FS, fs);
  });

  test("without mon_allow_pool_delete a file system stays", async () => {
    const fs = await cluster.engine.create(FS, { name: "kept" });
    await cluster.control("POST", "config", { name: "mon_allow_pool_delete", value: "false" });
    expect((await failureOf(cluster.engine.delete(FS, fs))).details).toMatch(
      /ceph config set mon mon_allow_pool_delete/,
    );
    await cluster.control("POST", "config", { name: "mon_allow_pool_delete", value: "true" });
    await cluster.engine.delete(FS, fs);
  });

  test("a subvolume with other properties is foreign, and Ceph's create would have changed it", async () => {
    const fs = await cluster.engine.create(FS, { name: "other" });
    const volume = await cluster.engine.create(VOLUME, { filesystem: "other", name: "v", sizeGib: 3 });
    const failure = await failureOf(
      (await cluster.nextRun()).create(VOLUME, { filesystem: "other", name: "v", sizeGib: 9 }),
    );
    expect(failure.details).toMatch(/other\/v\): there is one already/);
    expect(await cluster.drift(VOLUME, volume)).toEqual({});
    const { changes } = await cluster.engine.diff(VOLUME, volume, {
      filesystem: "other",
      name: "v",
      sizeGib: 3,
      mode: "700",
      namespaceIsolated: true,
    });
    expect(changes).toEqual({ mode: "add", namespaceIsolated: "update_replace" });
    await cluster.engine.delete(FS, fs);
  });
});
