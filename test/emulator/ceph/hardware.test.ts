import { afterEach, beforeEach, expect, it } from "vitest";
import { type CephEmulator, startCephEmulator } from "../../../emulator/ceph/server.ts";
import { Client } from "./client.ts";

let emulator: CephEmulator;
let client: Client;

beforeEach(async () => {
  emulator = await startCephEmulator({ seed: "enterprise" });
  client = await Client.logIn(emulator);
});

afterEach(() => emulator.close());

const gib = 1024 ** 3;

it("lists five hosts and ten OSDs, unless asked for more", async () => {
  const listed = async (path: string, version: string) => {
    const { headers, body } = await client.call("GET", path, undefined, { version });
    return [(body as object[]).length, headers.get("x-total-count")];
  };
  expect(await listed("/api/host", "1.3")).toEqual([5, "6"]);
  expect(await listed("/api/host?limit=-1", "1.1")).toEqual([6, "6"]);
  expect(await listed("/api/osd", "1.1")).toEqual([10, "30"]);
  expect(await listed("/api/osd?offset=25&limit=10", "1.0")).toEqual([5, "30"]);
});

it("tells device classes, sizes and the tree above them", async () => {
  const osds = await client.get<{ tree: { device_class: string }; stats: { stat_bytes: number } }[]>(
    "/api/osd?limit=-1",
    "1.1",
  );
  const sum = (wanted: string) =>
    osds.filter(({ tree }) => tree.device_class === wanted).reduce((bytes, { stats }) => bytes + stats.stat_bytes, 0) /
    gib;
  expect([sum("ssd"), sum("hdd")]).toEqual([12 * 1792, 18 * 2048]);
  const full = await client.get<{ osd_map: { tree: { nodes: { id: number; type: string; children?: number[] }[] } } }>(
    "/api/health/full",
  );
  const nodes = full.osd_map.tree.nodes;
  const count = (type: string) => nodes.filter((node) => node.type === type).length;
  expect(["root", "rack", "host", "osd"].map(count)).toEqual([1, 6, 6, 30]);
  const children = nodes.flatMap((node) => node.children ?? []);
  expect(new Set(children).size).toBe(nodes.length - 1);
  expect(children.every((id) => nodes.some((node) => node.id === id))).toBe(true);
});

it("warns of OSDs that are down, and of pools that lack failure domains by it", async () => {
  await client.control("POST", "osds", { host: "ceph1", up: false });
  for (const host of ["ceph2", "ceph3", "ceph4"]) await client.control("POST", "osds", { host, up: false });
  const { health } = await client.get<{ health: { checks: { type: string }[] } }>("/api/health/minimal");
  expect(health.checks.map(({ type }) => type)).toEqual(["OSD_DOWN", "PG_DEGRADED"]);
  expect(await client.get("/api/summary")).toMatchObject({ health_status: "HEALTH_WARN", mgr_id: "a" });
});

it("refuses configuration that is not for now or not at all", async () => {
  const set = (name: string) =>
    client.call("PUT", "/api/cluster_conf", { options: { [name]: { section: "mon", value: 1 } } });
  expect((await set("fsid")).body).toMatchObject({ code: "config_option_not_updatable_at_runtime" });
  expect((await set("colour")).status).toBe(404);
  await client.call("POST", "/api/cluster_conf", {
    name: "mon_max_pg_per_osd",
    value: [{ section: "global", value: 500 }],
  });
  expect(await client.get("/api/cluster_conf/mon_max_pg_per_osd")).toMatchObject({
    value: [{ section: "global", value: "500" }],
  });
  expect((await client.call("DELETE", "/api/cluster_conf/mon_max_pg_per_osd?section=global")).status).toBe(204);
  expect(await client.get("/api/cluster_conf/mon_max_pg_per_osd")).not.toHaveProperty("value");
});
