import { afterAll, beforeAll, expect, test } from "vitest";
import { ceph } from "../../../provider/ceph/provider.ts";
import { Secret } from "../../../provider/core/values.ts";
import { TestEngine } from "../engine.ts";
import { type Cluster, failureOf, startCluster } from "./cluster.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ seed: "enterprise" });
});
afterAll(() => cluster.close());

test("getHealth tells status, checks and version", async () => {
  const well = await cluster.engine.invoke("ceph:cluster:getHealth", {});
  expect(well).toMatchObject({ status: "HEALTH_OK", checks: [], version: expect.stringContaining("19.2.1") });
  await cluster.control("POST", "osds", { host: "ceph2", up: false });
  const ill = await (await cluster.nextRun()).invoke("ceph:cluster:getHealth", {});
  expect(ill).toMatchObject({
    status: "HEALTH_WARN",
    checks: expect.arrayContaining([expect.objectContaining({ type: "OSD_DOWN" })]),
  });
  await cluster.control("POST", "osds", { host: "ceph2", up: true });
});

test("getCapacity tells raw space by class of devices, also beyond the first page of OSDs", async () => {
  expect(await cluster.engine.invoke("ceph:cluster:getCapacity", {})).toEqual({
    totalGib: 6 * (2 * 1792 + 3 * 2048),
    usedGib: 0,
    availableGib: 6 * (2 * 1792 + 3 * 2048),
    deviceClasses: [
      { name: "hdd", osds: 18, totalGib: 36864, usedGib: 0, availableGib: 36864 },
      { name: "ssd", osds: 12, totalGib: 21504, usedGib: 0, availableGib: 21504 },
    ],
  });
});

test("getFailureDomains names those that have running devices of a class", async () => {
  const hosts = ["ceph1", "ceph2", "ceph3", "ceph4", "ceph5", "ceph6"];
  const names = async (args: Record<string, string>) =>
    (await (await cluster.nextRun()).invoke("ceph:cluster:getFailureDomains", args)).names;
  expect(await names({})).toEqual(hosts);
  expect(await names({ deviceClass: "hdd" })).toEqual(hosts);
  expect(await names({ deviceClass: "nvme" })).toEqual([]);
  expect(await names({ domain: "osd", deviceClass: "ssd" })).toHaveLength(12);
  expect(await names({ domain: "rack" })).toEqual(["rack1", "rack2", "rack3", "rack4", "rack5", "rack6"]);
  expect(await names({ root: "elsewhere" })).toEqual([]);
  await cluster.control("POST", "osds", { host: "ceph4", up: false });
  expect(await names({ deviceClass: "ssd" })).toEqual(hosts.filter((name) => name !== "ceph4"));
  await cluster.control("POST", "osds", { host: "ceph4", up: true });
});

test("getPool finds by name, and names what there is otherwise", async () => {
  await cluster.control("POST", "use", { pool: "cloudstack", bytes: 2 ** 31 });
  const found = await (await cluster.nextRun()).invoke("ceph:pool:getPool", { name: "cloudstack" });
  expect(found).toMatchObject({ name: "cloudstack", type: "replicated", size: 3, storedGib: 2, quotaGib: 0 });
  const failure = await failureOf(cluster.engine.invoke("ceph:pool:getPool", { name: "nope" }));
  expect(failure.details).toMatch(/look-up of a pool failed \(nope\): there is none\n.*there are: .*cloudstack/);
});

test("the configuration takes several addresses, as text or as a list, and tells all that is wrong at once", async () => {
  const { urls, username, password } = cluster.emulator;
  for (const url of [` ${urls.join("/ , ")}/`, JSON.stringify(urls)]) {
    const engine = await TestEngine.start(ceph, { url, username, password: new Secret(password) });
    expect((await engine.invoke("ceph:cluster:getHealth", {})).status).toBe("HEALTH_OK");
    engine.close();
  }
  const failure = await failureOf(TestEngine.start(ceph, { url: "https://a:8443,ftp://b", timeout: 0 }));
  expect(failure.details).toMatch(/ceph:url .*"ftp:\/\/b" must be an http or https address/);
  expect(failure.details).toMatch(/ceph:username is required.*CEPH_DASHBOARD_USERNAME/);
  expect(failure.details).toMatch(/ceph:password is required.*--secret ceph:password.*CEPH_DASHBOARD_PASSWORD/);
  expect(failure.details).toMatch(/ceph:timeout 0: at least 1 s/);
  const open = await failureOf(TestEngine.start(ceph, { url: "https://me:hidden@a:8443", username, password }));
  expect(open.details).toMatch(/url must not hold a password/);
  expect(open.details).not.toContain("hidden");
});
