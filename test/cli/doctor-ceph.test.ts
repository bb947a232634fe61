import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type CephSeed, cephSeeds } from "../../emulator/ceph/seed.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud } from "../support/cloud.ts";
import { complaints, examined, findingsOf, textOf } from "./doctor-support.ts";

let cloud: Cloud;
let ceph: CephCloud;
const others: CephCloud[] = [];

beforeAll(async () => {
  [cloud, ceph] = await Promise.all([Cloud.start({ seed: "enterprise" }), CephCloud.start({ seed: "enterprise" })]);
});
beforeEach(() => ceph.control("POST", "reset"));
afterAll(() => Promise.all([cloud, ceph, ...others].map((one) => one.close())));

async function cephOf(seed: CephSeed): Promise<CephCloud> {
  const started = await CephCloud.start({ seed });
  others.push(started);
  return started;
}

const enterprise = (env: Record<string, string> = {}, storage = ceph, profile = "enterprise") =>
  examined({ profile, cloud, ceph: storage, env });

/** Any call of the dashboard, by its administrator. */
async function send(method: string, path: string, body: unknown): Promise<void> {
  const {
    CEPH_DASHBOARD_URL: urls = "",
    CEPH_DASHBOARD_USERNAME: username,
    CEPH_DASHBOARD_PASSWORD: password,
  } = ceph.env;
  const [url] = urls.split(",");
  const headers = { accept: "application/vnd.ceph.api.v1.0+json", "content-type": "application/json" };
  const login = await fetch(`${url}/api/auth`, {
    method: "POST",
    headers,
    body: JSON.stringify({ username, password }),
  });
  const { token } = (await login.json()) as { token: string };
  const authorization = `Bearer ${token}`;
  const answer = await fetch(`${url}/api/${path}`, {
    method,
    headers: { ...headers, authorization },
    body: JSON.stringify(body),
  });
  expect(answer.status, await answer.text()).toBeLessThan(300);
}

test("without its settings, with a wrong password or with nobody there: CloudStack is looked at all the same", async () => {
  const unset = await examined({ profile: "enterprise", cloud });
  expect(unset.worst).toBe("blocking");
  expect(complaints(unset).map(({ asked }) => asked)).toEqual([
    "setting CEPH_DASHBOARD_URL",
    "setting CEPH_DASHBOARD_USERNAME",
    "setting CEPH_DASHBOARD_PASSWORD",
  ]);
  const refused = await enterprise({ CEPH_DASHBOARD_PASSWORD: "wr0ng-passw0rd" });
  expect(complaints(refused)).toMatchObject([
    { rule: "the dashboard knows the user and the password", state: "blocking" },
  ]);
  expect(textOf(refused)).not.toContain("wr0ng-passw0rd");
  const absent = await enterprise({ CEPH_DASHBOARD_URL: "http://127.0.0.1:1" });
  expect(complaints(absent)).toMatchObject([{ rule: "a dashboard listens at one of the addresses" }]);
  const open = await enterprise({ CEPH_DASHBOARD_URL: "https://admin:pa55word@127.0.0.1:1" });
  expect(complaints(open)).toMatchObject([{ asked: "setting CEPH_DASHBOARD_URL" }]);
  expect(textOf(open)).not.toContain("pa55word");
});

test("which manager is active, and that nobody could take over", async () => {
  await ceph.control("POST", "managers", { name: "a", up: false });
  const report = await enterprise();
  expect(complaints(report)).toEqual([]);
  expect(findingsOf(report, "ceph-connection")[0]?.value).toMatch(/^ceph version 19\.2\.1 squid .*manager b is active/);
  expect(findingsOf(report, "ceph-health")[1]).toMatchObject({
    value: "0",
    advice: expect.stringContaining("ceph orch apply mgr 2"),
  });
});

test("health with the names of the checks", async () => {
  await ceph.control("POST", "osds", { osd: 0, up: false });
  const report = await enterprise();
  expect(complaints(report)).toMatchObject([
    {
      check: "ceph-health",
      state: "fixable",
      value: "HEALTH_WARN: OSD_DOWN (1 osds down)",
      remedy: "ceph health detail",
    },
  ]);
});

test("erasure coding 4+2 on three hosts cannot be", async () => {
  const report = await enterprise({}, await cephOf(cephSeeds.default));
  expect(report.worst).toBe("blocking");
  expect(findingsOf(report, "ceph-domains")).toMatchObject([
    { state: "ok", asked: "hosts for 3 copies on ssd" },
    {
      state: "blocking",
      asked: "hosts for erasure code 4+2 on hdd",
      value: "3: ceph1, ceph2, ceph3",
      rule: "6 hosts with running hdd devices, for ai-archive",
      requirement: "P6.1",
    },
  ]);
  expect(findingsOf(report, "ceph-pool-delete")).toMatchObject([
    { state: "ok", advice: expect.stringContaining("ceph config set mon mon_allow_pool_delete true") },
  ]);
});

test("monitors that are somewhere else than the profile has them", async () => {
  expect(findingsOf(await enterprise(), "ceph-monitors")).toMatchObject([{ state: "ok" }]);
  const hosts = cephSeeds.enterprise.hosts.map((host, index) => ({ ...host, address: `10.7.0.${index + 1}` }));
  expect(
    findingsOf(await enterprise({}, await cephOf({ ...cephSeeds.enterprise, hosts })), "ceph-monitors"),
  ).toMatchObject([
    {
      state: "fixable",
      value: "10.0.6.201, 10.0.6.202, 10.0.6.203",
      rule: "in the quorum, as ceph1 at 10.7.0.1, ceph2 at 10.7.0.2, ceph3 at 10.7.0.3 are",
      remedy: expect.stringContaining("'strata:overrides.infrastructure.ceph.monitors[2]' 10.7.0.3"),
    },
  ]);
});

test("quotas that the devices cannot hold, a class that is not there, and daemons that are missing", async () => {
  const hosts = cephSeeds.enterprise.hosts.map((host) => ({
    ...host,
    services: host.services.filter((service) => service !== "mds" && service !== "rgw"),
    osds: [{ deviceClass: "ssd" as const, count: 2, sizeGib: 512 }],
  }));
  const report = await enterprise({}, await cephOf({ hosts }));
  expect(complaints(report)).toMatchObject([
    { check: "ceph-services", asked: "metadata servers (MDS)", remedy: expect.stringContaining("ceph orch apply mds") },
    { check: "ceph-services", asked: "object gateways (RGW)", remedy: expect.stringContaining("ceph orch apply rgw") },
    { check: "ceph-domains", state: "blocking", value: "0: none" },
    { check: "ceph-room", asked: "room on hdd", value: "0 GiB free up to 85 % of 0 devices" },
    {
      check: "ceph-room",
      asked: "room on ssd",
      value: "5222 GiB free up to 85 % of 12 devices",
      rule: expect.stringContaining("14772 GiB"),
    },
  ]);
});

test("a bucket is told from 80 % of its quota on, and blocks at 100 % (T5)", async () => {
  await send("POST", "rgw/user", { uid: "somebody", display_name: "Somebody" });
  await send("POST", "rgw/bucket", { bucket: "ai-archive", uid: "somebody" });
  const used = async (share: number) => {
    await ceph.control("POST", "use", { bucket: "ai-archive", bytes: Math.ceil(share * 5 * 2 ** 40) });
    return findingsOf(await enterprise(), "ceph-bucket-use");
  };
  expect(await used(0.79)).toMatchObject([
    { state: "ok", asked: "use of bucket ai-archive", value: "79 % of 5120 GiB" },
  ]);
  expect(await used(0.8)).toMatchObject([{ state: "fixable", value: "80 % of 5120 GiB", rule: "less than 80 %" }]);
  expect(await used(1)).toMatchObject([{ state: "blocking", rule: expect.stringContaining("uploads are refused") }]);
});

test("where buckets can be put, where one lies, and what it takes to compress them", async () => {
  expect(findingsOf(await enterprise(), "ceph-placement")).toMatchObject([
    {
      state: "ok",
      asked: "placement target strata-archive for pool ai-archive",
      value: expect.stringContaining("seoul"),
    },
  ]);
  const { realm: _, ...withoutRealm } = cephSeeds.enterprise;
  const bare = await cephOf(withoutRealm);
  expect(complaints(await enterprise({}, bare))).toMatchObject([
    {
      check: "ceph-placement",
      state: "fixable",
      value: "the gateways of zone default have no realm",
      remedy: expect.stringMatching(/zone placement add .*--index-pool ai-archive.index .*ceph orch restart/),
    },
  ]);
  await send("POST", "rgw/user", { uid: "somebody", display_name: "Somebody" });
  await send("POST", "rgw/bucket", { bucket: "ai-archive", uid: "somebody" });
  const report = await enterprise();
  expect(findingsOf(report, "ceph-placement")[1]).toMatchObject({
    state: "fixable",
    asked: "where bucket ai-archive lies",
    value: "in placement target default-placement",
  });
  const reef = await CephCloud.start({ seed: "enterprise", release: "reef" });
  others.push(reef);
  expect(complaints(await enterprise({}, reef))).toMatchObject([
    { check: "ceph-placement", asked: "lifecycles of buckets", value: "Ceph 18" },
  ]);
});

test("pools of somebody else are not ours to use; ours count as there", async () => {
  const pool = { pool: "tenant-a-ai-data", pool_type: "replicated", pg_num: 8, size: 3 };
  await send("POST", "pool", { ...pool, application_metadata: ["rbd"] });
  const foreign = await enterprise();
  expect(complaints(foreign)).toMatchObject([
    { check: "ceph-names", state: "fixable", value: "there already: pool tenant-a-ai-data", requirement: "P1.3" },
  ]);
  await ceph.control("POST", "reset");
  await send("POST", "cluster/user", {
    user_entity: "client.tenant-a",
    capabilities: [{ entity: "mon", cap: "allow r" }],
  });
  await send("POST", "rgw/user", { uid: "ai-archive-owner", display_name: "Another" });
  expect(complaints(await enterprise())).toMatchObject([
    {
      check: "ceph-names",
      state: "fixable",
      value: "there already: cephx user client.tenant-a, gateway user ai-archive-owner",
      requirement: "P1.3",
    },
  ]);
  await ceph.control("POST", "reset");
  await send("POST", "pool", { ...pool, application_metadata: ["rbd", "pulumi.0123456789abcdef"] });
  const begun = await enterprise();
  expect(complaints(begun)).toEqual([]);
  expect(findingsOf(begun, "ceph-names")[0]?.advice).toContain("a run that was broken off, or of another stack");
  await ceph.control("POST", "use", { pool: "tenant-a-ai-data", bytes: 600 * 2 ** 30 });
  expect(complaints(await enterprise())).toMatchObject([
    { asked: "quota of pool tenant-a-ai-data", value: "500 GiB", rule: "at least the 600 GiB that are stored" },
  ]);
});
