import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Report } from "../../cli/doctor/run.ts";
import { defaultSeed, type Seed } from "../../emulator/cloudstack/seed.ts";
import { demoGpuSeed } from "../../emulator/cloudstack/seeds/platforms.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud } from "../support/cloud.ts";
import { complaints, examined, findingsOf } from "./doctor-support.ts";

const seeds = {
  "demo-cpu": "default",
  "demo-gpu": "demo-gpu",
  enterprise: "enterprise",
  "civil-complaint": "civil-complaint",
  "document-tagging": "document-tagging",
} as const;

/** The demo's cloud, put back before each test. */
let cloud: Cloud;
let clouds: Cloud[] = [];

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "default" });
});
beforeEach(() => cloud.control("POST", "reset"));
afterAll(async () => {
  await Promise.all([cloud, ...clouds].map((one) => one.close()));
  clouds = [];
});

async function cloudOf(options: Parameters<typeof Cloud.start>[0]): Promise<Cloud> {
  const started = await Cloud.start(options);
  clouds.push(started);
  return started;
}

const demo = (more: { overrides?: unknown; cloud?: Cloud } = {}) => examined({ profile: "demo-cpu", cloud, ...more });
/** Of the only row. */
const idOf = async (command: string, there = cloud) => String((await there.rows(command))[0]?.id);
const seedOf = (more: Partial<Seed>): Seed => ({ ...defaultSeed, ...more });

describe.each(Object.entries(seeds))("%s on its own cloud", (profile, seed) => {
  test("is all right, and nothing is changed by asking", async () => {
    const [there, ceph] = [await cloudOf({ seed }), await CephCloud.start({ seed: "enterprise" })];
    const before = [await there.inventory(), await ceph.inventory()];
    const report = await examined({ profile, cloud: there, ceph });
    expect(complaints(report)).toEqual([]);
    expect(report.worst).toBe("ok");
    expect(report.checks.length).toBeGreaterThan(25);
    expect([await there.inventory(), await ceph.inventory()]).toEqual(before);
    const { byCommand } = await there.calls();
    expect(Object.keys(byCommand).filter((command) => !/^(list|get)/.test(command))).toEqual([]);
    const asked = (await ceph.control("GET", "calls")) as Record<string, unknown>;
    expect(JSON.stringify(asked)).not.toMatch(/(PUT|DELETE) \/api|POST \/api\/(?!auth)/);
    await ceph.close();
  });
});

test("tells product, version and how GPUs are given: CloudStack by offerings, Mold by host devices", async () => {
  const api = await examined({ profile: "demo-gpu", cloud: await cloudOf({ seed: "demo-gpu" }) });
  expect(findingsOf(api, "server").map(({ value }) => value)).toEqual([
    expect.stringMatching(/^Apache CloudStack 4\.22/),
    expect.stringContaining("GPU API"),
  ]);
  expect(findingsOf(api, "connection")[0]?.value).toContain("HMAC-SHA1");

  const mold = await examined({ profile: "demo-gpu", cloud: await cloudOf({ seed: "demo-gpu", flavor: "mold" }) });
  expect(findingsOf(mold, "connection")[0]?.value).toContain("HMAC-SHA256");
  expect(findingsOf(mold, "server").map(({ value }) => value)).toEqual([
    expect.stringMatching(/^ABLESTACK Mold/),
    expect.stringContaining("host devices"),
  ]);
  expect(findingsOf(mold, "permissions").filter(({ state }) => state !== "ok")).toEqual([]);
  expect(complaints(mold).map(({ check }) => check)).toContain("host-devices");
  expect(findingsOf(mold, "settings").find(({ state }) => state === "fixable")).toMatchObject({
    asked: "enable.additional.vm.configuration",
    value: "false",
    remedy: "cmk update configuration name=enable.additional.vm.configuration value=true",
  });
});

test("host devices of Mold: those that the profile names must be on their host and free", async () => {
  const slices = [1, 2, 3, 4, 5].map((number) => `0000:ca:00.${number}`);
  const hosts = demoGpuSeed.hosts.map((host) => {
    const pciDevices = slices.map((name) => ({ name: `${name} 3D controller`, text: "GA100 [A100 PCIe 40GB] (VF)" }));
    return host.gpus === undefined ? host : { ...host, pciDevices };
  });
  const settings = { ...demoGpuSeed.settings, "enable.additional.vm.configuration": "true" };
  const there = await cloudOf({ flavor: "mold", seed: { ...demoGpuSeed, hosts, settings } });
  const cards = ["0000:17:00", "0000:31:00", "0000:b1:00", "0000:ca:00"];
  const named = (last: string) => {
    const devices = [...cards.slice(0, 3), last].map((card, index) => ({
      address: `${card}.0`,
      slices: index === 3 ? slices.map((slice) => slice.replace("0000:ca:00", last)) : [],
    }));
    return {
      infrastructure: {
        hosts: { gpu: { server: "gpu", gpus: [{ card: "A100-40", count: 4, numa: [0, 0, 1, 1], devices }] } },
      },
    };
  };
  const right = await examined({ profile: "demo-gpu", cloud: there, overrides: named("0000:ca:00") });
  expect(complaints(right)).toEqual([]);
  const { gpu } = named("0000:ca:00").infrastructure.hosts;
  const elsewhere = { infrastructure: { hosts: { gpu: { ...gpu, server: "gpu-9" } } } };
  const stranger = await examined({ profile: "demo-gpu", cloud: there, overrides: elsewhere });
  expect(complaints(stranger)[0]).toMatchObject({
    asked: "host gpu on the server",
    value: "gpu-9",
    rule: "a host of the server: cpu-1, cpu-2, gpu",
  });
  const wrong = await examined({ profile: "demo-gpu", cloud: there, overrides: named("0000:cb:00") });
  expect(wrong.worst).toBe("blocking");
  expect(complaints(wrong)[0]).toMatchObject({
    check: "host-devices",
    value: expect.stringMatching(/cb:00.* is not there/),
  });
});

test("a zone, template, VPC offering, hypervisor or physical network that is not there: what there is, and how to say it", async () => {
  const report = await demo({
    overrides: {
      infrastructure: {
        template: "Ubuntu 24.04",
        vpcOffering: "Other",
        physicalNetworkId: "11111111-1111-4111-8111-111111111111",
      },
    },
  });
  expect(complaints(report)).toMatchObject([
    {
      check: "images",
      remedy: "npx pulumi config set --path 'strata:overrides.infrastructure.template' 'Ubuntu 22.04'",
    },
    { check: "images", remedy: expect.stringContaining("infrastructure.vpcOffering' 'Default VPC offering'") },
    { check: "physical-network", remedy: expect.stringMatching(/physicalNetworkId' [0-9a-f-]{36}$/) },
  ]);
  expect(report.worst).toBe("fixable");

  const elsewhere = await demo({ overrides: { infrastructure: { zone: "suwon" } } });
  expect(complaints(elsewhere)).toMatchObject([
    {
      check: "zone",
      value: "there is none of this name",
      rule: "a zone of the server: zone1",
      remedy: "npx pulumi config set --path 'strata:overrides.infrastructure.zone' zone1",
    },
  ]);
  const other = await demo({ overrides: { infrastructure: { hypervisor: "VMware" } } });
  expect(findingsOf(other, "zone").at(-1)).toMatchObject({
    state: "fixable",
    remedy: expect.stringContaining("hypervisor' KVM"),
  });
  expect(findingsOf(other, "images")[0]).toMatchObject({ state: "fixable", value: "not for VMware" });
});

test("a template larger than root disks", async () => {
  const templates = defaultSeed.templates.map((template) => ({ ...template, sizeGib: 60 }));
  const report = await demo({ cloud: await cloudOf({ seed: seedOf({ templates }) }) });
  expect(complaints(report)).toMatchObject([
    { check: "images", value: "60 GiB", rule: expect.stringContaining("ai-a-ml-01") },
  ]);
});

test("VLANs in the dynamic range: the range without them", async () => {
  const physicalNetwork = { name: "physical1", vlans: "15-50,500-1000" };
  const report = await demo({ cloud: await cloudOf({ seed: seedOf({ physicalNetwork }) }) });
  expect(complaints(report)).toMatchObject([
    {
      check: "vlans",
      value: "15-50,500-1000, with 50 (ai), 20 (tenant-a), 21 (tenant-b), 22 (tenant-c) in it",
      remedy: expect.stringMatching(/^cmk update physicalnetwork id=\S+ vlan=15-19,23-49,500-1000, or/),
      requirement: "P7",
    },
  ]);
});

test("a VLAN that another network has, and address ranges that overlap", async () => {
  const zoneid = await idOf("listZones");
  const l2 = { name: "theirs-l2", displaytext: "l2", guestiptype: "L2", specifyvlan: "true", traffictype: "GUEST" };
  const { networkoffering } = (await cloud.by("createNetworkOffering", l2)) as { networkoffering: { id: string } };
  await cloud.by("updateNetworkOffering", { id: networkoffering.id, state: "Enabled" });
  await cloud.by("createNetwork", { name: "theirs", zoneid, networkofferingid: networkoffering.id, vlan: "55" });
  const vpcofferingid = await idOf("listVPCOfferings");
  await cloud.by("createVPC", { name: "old", displaytext: "old", cidr: "10.0.32.0/20", zoneid, vpcofferingid });
  const report = await demo();
  expect(complaints(report)).toMatchObject([
    { check: "vlans", asked: "VLAN 55 of service", value: "used by network theirs of admin" },
    { check: "addresses", value: "VPC old (10.0.32.0/20) overlaps 10.0.0.0/16", state: "fixable" },
  ]);
});

test("vpc.max.networks as shipped, and too little room for user data", async () => {
  const settings = { "vpc.max.networks": "3", "vm.userdata.max.length": "1024" };
  const report = await demo({ cloud: await cloudOf({ seed: seedOf({ settings }) }) });
  expect(complaints(report)).toMatchObject([
    {
      asked: "vpc.max.networks",
      value: "3",
      remedy: expect.stringContaining("name=vpc.max.networks value=7, then restart"),
    },
    { asked: "vm.userdata.max.length", value: "1024", rule: expect.stringMatching(/^at least \d+ characters for/) },
  ]);
});

test("hosts that are down, too small, too few or too slow", async () => {
  await cloud.control("POST", "hosts", { name: "host2", state: "Down" });
  expect(complaints(await demo())).toMatchObject([
    { check: "hosts", asked: "host host2", value: "Down, Enabled", state: "fixable" },
    { check: "hosts", value: "not there: 1 × host (16 cores, 64 GiB)", requirement: "P5.2" },
  ]);
  const slow = defaultSeed.hosts.map((host) => ({ ...host, cpuSpeedMhz: 1500 }));
  const report = await demo({ cloud: await cloudOf({ seed: seedOf({ hosts: slow }) }) });
  expect(findingsOf(report, "hosts").at(-1)).toMatchObject({
    state: "fixable",
    value: "host1 1500 MHz, host2 1500 MHz, host3 1500 MHz",
    remedy: "npx pulumi config set --path 'strata:overrides.infrastructure.cpuSpeedMhz' 1500",
  });
});

test("memory, processors and places that are not there, by zone and by machine", async () => {
  const hosts = defaultSeed.hosts.map((host) => ({ ...host, memoryGib: 12, cores: 4 }));
  const report = await demo({ cloud: await cloudOf({ seed: seedOf({ hosts }) }) });
  expect(report.worst).toBe("blocking");
  expect(findingsOf(report, "capacity")).toMatchObject([
    { state: "blocking", value: "36 of 36 GiB free", rule: "76 GiB for what is not there yet" },
    { state: "blocking", value: "24000 of 24000 MHz free", rule: "48000 MHz for what is not there yet" },
    { state: "ok" },
  ]);
  const places = findingsOf(report, "placement");
  expect(places.map(({ asked }) => asked).join()).toContain("ai-shared-01");
  expect(places.every(({ state, remedy }) => state === "blocking" && remedy !== "")).toBe(true);
});

test("too few public addresses", async () => {
  const publicRange = { ...defaultSeed.publicRange, endIp: defaultSeed.publicRange.startIp };
  const report = await demo({ cloud: await cloudOf({ seed: seedOf({ publicRange }) }) });
  expect(complaints(report)).toMatchObject([
    { check: "capacity", asked: "public addresses", value: "1 of 1 addresses free", state: "blocking" },
  ]);
});

test("overcommit: what is missing for the plan is to be set, memory given out twice is refused", async () => {
  // 18 cores for 24 vCPU.
  const hosts = defaultSeed.hosts.map((host) => ({ ...host, cores: 6 }));
  const overrides = { infrastructure: { hosts: { host: { cores: 6 } } } };
  const report = await demo({ cloud: await cloudOf({ seed: seedOf({ hosts }) }), overrides });
  expect(findingsOf(report, "overcommit")[0]).toMatchObject({
    state: "fixable",
    value: "1, planned with 2",
    remedy: expect.stringMatching(
      /^cmk update configuration name=cpu\.overprovisioning\.factor clusterid=\S+ value=2$/,
    ),
    requirement: "T1",
  });
  const set = await demo({
    cloud: await cloudOf({ seed: seedOf({ hosts, cluster: { ...defaultSeed.cluster, cpuOvercommit: 2 } }) }),
    overrides,
  });
  expect(complaints(set)).toEqual([]);
  const cluster = { ...defaultSeed.cluster, memoryOvercommit: 2 };
  const twice = await demo({ cloud: await cloudOf({ seed: seedOf({ cluster }) }) });
  expect(complaints(twice)).toMatchObject([{ check: "overcommit", asked: "overcommit of memory in cluster1" }]);
});

test("names that somebody else has", async () => {
  await cloud.by("createDomain", { name: "strata-demo-tenant-a" });
  await cloud.by("createRole", { name: "strata-demo-tenant", type: "User" });
  await cloud.by("createDiskOffering", { name: "strata-demo-data", displaytext: "theirs", disksize: "5" });
  expect(complaints(await demo())).toMatchObject([
    { check: "names", asked: "name of domain", value: expect.stringContaining("strata-demo-tenant-a") },
    { check: "names", asked: "name of disk offering", remedy: expect.stringContaining("platform.name") },
    { check: "names", asked: "name of role" },
  ]);
});

test("primary storage: none with the tag of root disks, and too little of it", async () => {
  const ceph = await CephCloud.start({ seed: "enterprise" });
  const there = await cloudOf({ seed: "enterprise" });
  const id = await idOf("listStoragePools", there);
  await there.by("updateStoragePool", { id, tags: "fast" });
  const untagged = await examined({ profile: "enterprise", cloud: there, ceph });
  expect(complaints(untagged)).toMatchObject([
    { check: "primary-storage", remedy: `cmk update storagepool id=${id} tags=fast,system`, requirement: "P1.3" },
  ]);
  await ceph.close();
  const primaryStorage = defaultSeed.primaryStorage.map((pool) => ({ ...pool, sizeGib: 100 }));
  const small = await demo({ cloud: await cloudOf({ seed: seedOf({ primaryStorage }) }) });
  expect(complaints(small)).toMatchObject([
    { check: "primary-storage", state: "blocking", value: expect.stringMatching(/^170 GiB left/) },
  ]);
});

test("live migration: hosts that are not alike, and a host alone, are told; in the way only where the profile asks for it", async () => {
  const [first, second, third] = defaultSeed.hosts;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three hosts are seeded");
  const hosts = [
    { ...first, cpuSpeedMhz: 2050 },
    { ...second, cpuSpeedMhz: 2600, hypervisorVersion: "9.1" },
    { ...third, arch: "aarch64" },
  ];
  const there = await cloudOf({ seed: seedOf({ hosts }) });
  const asking = { platform: { liveMigration: true } };
  const report = await demo({ cloud: there, overrides: asking });
  expect(complaints(report)).toMatchObject([
    { check: "live-migration", asked: "architecture in cluster1", value: "x86_64: host1, host2; aarch64: host3" },
    { asked: "processor speed in cluster1", value: "2000 MHz: host1, host3; 2600 MHz: host2", state: "fixable" },
    {
      asked: "hypervisor version in cluster1",
      value: expect.stringMatching(/^KVM 4\.22\.\S+: host1, host3; KVM 9\.1: host2$/),
      remedy: "bring all hosts of the cluster to the same version of the hypervisor",
      requirement: "T6",
    },
  ]);
  expect(complaints(report)[0]?.remedy).toContain("guest.cpu.model=MODEL");
  const indifferent = await demo({ cloud: there });
  expect(complaints(indifferent)).toEqual([]);
  expect(findingsOf(indifferent, "live-migration")[0]?.advice).toMatch(/^the profile does not ask for live migration/);

  const alone = await cloudOf({ seed: seedOf({ hosts: [{ ...first, cores: 32, memoryGib: 128 }] }) });
  const lonely = await demo({ cloud: alone, overrides: asking });
  expect(findingsOf(lonely, "live-migration").filter(({ state }) => state !== "ok")).toMatchObject([
    { asked: "hosts of cluster1 to move between", value: "host1 alone" },
    { asked: "room for every machine on another host", value: "for 0 of 11" },
  ]);
});

test("live migration: what the hosts' own disks and local offerings would keep in place", async () => {
  const [pool] = defaultSeed.primaryStorage;
  if (pool === undefined) throw new Error("there is primary storage");
  const own = {
    ...pool,
    name: "host1 Local Storage",
    url: "nfs://host1/var/lib/libvirt/images",
    isLocal: true as const,
  };
  const mixed = await cloudOf({ seed: seedOf({ primaryStorage: [pool, own] }) });
  const storage = (report: Report) => findingsOf(report, "live-migration").find(({ asked }) => /^shared/.test(asked));
  expect(storage(await demo({ cloud: mixed }))).toMatchObject({
    state: "ok",
    value: "primary1 (NetworkFilesystem, CLUSTER); not used, because local: host1 Local Storage",
  });

  const onlyLocal = await demo({ cloud: await cloudOf({ seed: seedOf({ primaryStorage: [own] }) }) });
  expect(complaints(onlyLocal)).toMatchObject([
    {
      check: "primary-storage",
      state: "blocking",
      value: "host1 Local Storage (Up, HOST, tags none)",
      rule: expect.stringContaining("scope CLUSTER or ZONE"),
    },
  ]);

  const size = { name: "strata-demo-2c-8g", displaytext: "theirs", cpunumber: "2", cpuspeed: "2000", memory: "8192" };
  await mixed.by("createServiceOffering", { ...size, storagetype: "local" });
  const local = await demo({ cloud: mixed, overrides: { platform: { liveMigration: true } } });
  expect(findingsOf(local, "live-migration")).toContainEqual(
    expect.objectContaining({ asked: "storage of the offerings", value: "local: strata-demo-2c-8g", state: "fixable" }),
  );
});

test("live migration: every machine needs room on another host as they are now, cards aside", async () => {
  const report = await examined({ profile: "demo-gpu", cloud: await cloudOf({ seed: "demo-gpu" }) });
  expect(findingsOf(report, "live-migration").at(-1)).toMatchObject({
    state: "ok",
    value: "for 7 of 7; 5 with GPU stay on their hosts",
  });
});
