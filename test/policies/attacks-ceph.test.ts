import { describe, expect, test } from "vitest";
import cephCaps from "../../policies/rules/isolation/ceph-caps.ts";
import { changed, landscape, thing } from "./landscape.ts";
import { judge } from "./rule-test.ts";

/** What a Ceph user may do beyond its owner's things, in all the ways in which capabilities can be written. */

const own = "profile rbd pool=tenant-a-ai-data";
const tenants = (caps: object) => changed({ "cephUser a": { caps: { mon: "profile rbd", osd: own, ...caps } } });
const platforms = (caps: object) => [...landscape(), thing("cephUser", "p", { entity: "client.metrics", caps })];
const said = async (resources: ReturnType<typeof landscape>) => (await judge(cephCaps, resources)).violations;

describe("isolation-ceph-caps finds of a tenant's user", () => {
  test.each([
    ["the namespace that everything lies in, of all pools", { osd: `${own}, allow rwx namespace=''` }],
    ["any namespace of all pools", { osd: `${own}; allow rwx namespace=n` }],
    ["a folder, which OSDs know nothing of", { osd: `${own}, allow rwx path=/volumes/tenant-a` }],
    ["pools of an application", { osd: `${own}, allow rwx tag rgw zone=default` }],
    ["pools of a file system, by any key", { osd: `${own}, allow rwx tag cephfs *=ai` }],
    ["the managers' commands", { mgr: "allow rw" }],
    ["and all of them", { mgr: "allow rwx" }],
    ["a module of the managers", { mgr: "allow module orchestrator rw" }],
    ["the managers' commands for another's pool", { mgr: "profile rbd pool=tenant-b-ai-data" }],
    ["everybody's files", { mds: "allow rw" }],
    ["everybody's files of one file system", { mds: "allow rw fsname=tenant-a" }],
    ["another's files by a way round", { mds: "allow rw path=/volumes/tenant-a/../tenant-b" }],
  ])("%s", async (_, caps) => {
    expect(await said(tenants(caps))).not.toEqual([]);
  });
});

test("isolation-ceph-caps has nothing against a tenant's own pool, files and reading of maps", async () => {
  const fs = {
    mds: "allow rw fsname=ai path=/volumes/tenant-a uid=1001 gids=7,8",
    osd: `${own}, allow rw tag cephfs data=tenant-a`,
  };
  expect(await said(tenants(fs))).toEqual([]);
  expect(await said(tenants({ mgr: "allow r" }))).toEqual([]);
  expect(await said(tenants({ osd: 'profile rbd pool = "tenant-a-ai-data"', mgr: own }))).toEqual([]);
});

describe("isolation-ceph-caps finds of a user of the platform's", () => {
  test.each([
    ["the monitors' commands", { mon: "allow rwx" }],
    ["the managers' commands", { mon: "allow r", mgr: "allow rw" }],
    ["keys of others", { mon: "profile role-definer" }],
    ["a tenant's files", { mon: "allow r", mds: "allow rw path=/volumes/tenant-b" }],
    ["pools of a tenant's file system", { osd: "allow rw tag cephfs data=tenant-b" }],
  ])("%s", async (_, caps) => {
    expect(await said(platforms(caps))).not.toEqual([]);
  });

  test("and nothing against what reads, mirrors or mounts the platform's own", async () => {
    expect(await said(platforms({ mon: "allow r", mgr: "allow r" }))).toEqual([]);
    expect(await said(platforms({ mon: "profile rbd-mirror", osd: "profile rbd pool=ai-model-registry" }))).toEqual([]);
    const files = {
      mon: "allow r fsname=ai",
      mds: "allow rw fsname=ai path=/volumes/data",
      osd: "allow rw tag cephfs data=ai",
    };
    expect(await said(platforms(files))).toEqual([]);
  });
});
