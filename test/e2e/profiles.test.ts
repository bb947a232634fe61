import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CloudSeedName } from "../../emulator/cloudstack/seeds/seeds.ts";
import { deployedBuckets, expectedBuckets } from "../requirements/buckets.ts";
import {
  deployedGroups,
  deployedMachines,
  deployedPools,
  expectedMachines,
  expectedPools,
} from "../requirements/deployed.ts";
import { apartIn, requirements } from "../requirements/profiles.ts";
import { deployedSecrets, secretsOf } from "../requirements/secrets.ts";
import { CephCloud, staysInCeph } from "../support/ceph.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";

/** Profiles whose pools lie in Ceph. */
const withCeph = new Set(["enterprise", "civil-complaint"]);
/** First part of each platform's names. */
const prefixes: Record<string, string> = {
  enterprise: "strata",
  "demo-gpu": "strata-gpu",
  "civil-complaint": "complaint",
  "document-tagging": "tagging",
};
/** T1 and T6 as settings of the cluster, and the watch over its hosts. */
const withCluster = { infrastructure: { cluster: "all", hostHa: {} } };

// demo-cpu has tests of its own that look closer (lifecycle.test.ts).
const profiles = Object.entries(requirements).filter(([profile]) => profile !== "demo-cpu");

describe.each(profiles)("%s", (profile, required) => {
  let cloud: Cloud;
  let ceph: CephCloud | undefined;
  let stack: EngineStack;
  let seeded: unknown;
  const state = async () => ({ cloud: await cloud.inventory(), ceph: await ceph?.inventory() });

  beforeAll(async () => {
    cloud = await Cloud.start({ seed: profile as CloudSeedName });
    ceph = withCeph.has(profile) ? await CephCloud.start({ seed: "enterprise" }) : undefined;
    stack = new EngineStack({ profile, env: { ...cloud.env, ...ceph?.env } });
    if (profile === "document-tagging") await cloudWithServiceProcessors(cloud);
    seeded = await state();
  });

  afterAll(async () => {
    stack.remove();
    await cloud.close();
    await ceph?.close();
  });

  async function run(operation: "preview" | "up" | "refresh" | "destroy") {
    const result = await stack[operation]();
    expect(result.text.replaceAll(staysInCeph, "")).not.toMatch(/warning|error:/i);
    expect(result.code).toBe(0);
    return result;
  }

  test("goes up", async () => {
    const { steps } = await run("up");
    expect(Object.keys(steps)).toEqual(["create"]);
  });

  test("is exactly the machines of the requirements: sizes, shares, cards, disks, owners, groups, HA and guests", async () => {
    expect(await deployedMachines(cloud)).toEqual(expectedMachines(required, prefixes[profile] ?? ""));
  });

  test("stands in the VLANs of the requirements", async () => {
    const rows = await cloud.list("listNetworks");
    const found = rows.map((row) => [Number(row.vlan), row.cidr ?? required.vlans[Number(row.vlan)]]);
    expect(Object.fromEntries(found)).toEqual(required.vlans);
  });

  test("has the affinity groups of the requirements, and keeps replicas on hosts of their own", async () => {
    expect(await deployedGroups(cloud)).toEqual(required.groups);
    const rows = await cloud.list("listVirtualMachines");
    const hostOf = new Map(rows.map((row) => [row.name, row.hostid]));
    for (const members of apartIn(required)) {
      expect(new Set(members.map((name) => hostOf.get(name))).size).toBe(members.length);
    }
  });

  test.runIf(withCeph.has(profile))(
    "has the pools of the requirements in Ceph, those for volumes in CloudStack",
    async () => {
      const { ceph: before } = seeded as { ceph: unknown };
      expect(deployedPools(await ceph?.inventory(), before)).toEqual(expectedPools(required));
      const pools = (await cloud.rows("listStoragePools")).filter(({ type }) => type === "RBD");
      expect(pools.map(({ path }) => String(path).replace(/^\//, "")).sort()).toEqual(
        Object.keys(required.pools).sort(),
      );
    },
  );

  test.runIf(profile === "document-tagging")("has the server mail when a threshold is passed (T11)", async () => {
    const rows = await cloud.rows("listConfigurations", { keyword: "alert." });
    const found = rows.flatMap(({ name, value }) =>
      /^alert\.(smtp\.(host|port)|email)/.test(String(name)) ? [[name, value]] : [],
    );
    expect(Object.fromEntries(found)).toEqual({
      "alert.smtp.host": "mail.ai.internal",
      "alert.smtp.port": "25",
      "alert.email.sender": "mold@ai.internal",
      "alert.email.addresses": "platform-admin@ai.internal",
    });
  });

  test.runIf(profile === "document-tagging")(
    "sets overcommit and detection within 30 s on the cluster, and has every host watched (T1, T6)",
    async () => {
      stack.overrides = withCluster;
      const { steps } = await run("up");
      expect(steps).toEqual({ create: 6 + 3, same: expect.any(Number) });
      expect(await clusterSettings(cloud)).toEqual({
        "cpu.overprovisioning.factor": 2,
        "mem.overprovisioning.factor": 1,
        "kvm.ha.health.check.timeout": 10,
        "kvm.ha.activity.check.interval": 10,
        "kvm.ha.activity.check.timeout": 10,
        "kvm.ha.activity.check.max.attempts": 3,
      });
      const hosts = await cloud.rows("listHosts", { type: "Routing" });
      const watched = { haenable: true, hastate: "Available", haprovider: "kvmhaprovider" };
      expect(hosts.map(({ hostha }) => hostha)).toEqual([watched, watched, watched]);
    },
  );

  test.runIf(required.buckets)("has its buckets in pools of their own, where they are compressed in time", async () => {
    expect(await deployedBuckets(ceph as CephCloud)).toEqual(expectedBuckets(required));
  });

  test("has a key for each owner of encrypted volumes and the tokens of its tenants, and shows them to nobody", async () => {
    const { dataKeys, apiTokens } = secretsOf[profile] ?? {};
    expect(await deployedSecrets(stack, cloud)).toEqual({
      ...(dataKeys && { dataKeys }),
      ...(apiTokens && { apiTokens }),
      keyBits: dataKeys ? [512] : [],
      shared: 0,
      leaks: 0,
    });
  });

  test("shows no change and no drift afterwards", async () => {
    expect((await run("preview")).changes).toEqual([]);
    expect((await run("refresh")).drift).toEqual([]);
  });

  test("goes down and leaves nothing behind", async () => {
    await run("destroy");
    const left = await state();
    // The server has no command to forget who watches a host: he is only told not to.
    const { hostHa = [], ...rest } = left.cloud;
    expect({ ...left, cloud: rest }).toEqual(seeded);
    expect(hostHa.map(({ enabled }) => enabled)).toEqual(hostHa.map(() => false));
  });
});

/** Host HA needs a way to switch a host off: whoever runs the site has told the server of it. */
async function cloudWithServiceProcessors(cloud: Cloud): Promise<void> {
  for (const { id } of await cloud.rows("listHosts", { type: "Routing" })) {
    const processor = { driver: "ipmitool", address: "10.9.0.1", port: "623", username: "ADMIN", password: "secret" };
    await cloud.by("configureOutOfBandManagement", { hostid: String(id), ...processor });
    await cloud.by("enableOutOfBandManagementForHost", { hostid: String(id) });
  }
}

/** What the cluster says of overcommit and of its watch over hosts, as numbers: 2 and 2.0 are the same. */
async function clusterSettings(cloud: Cloud): Promise<Record<string, number>> {
  const [cluster] = await cloud.rows("listClusters");
  const rows: Row[] = await cloud.rows("listConfigurations", { clusterid: String(cluster?.id) });
  const wanted =
    /^(cpu|mem)\.overprovisioning\.factor$|^kvm\.ha\.(health\.check\.timeout|activity\.check\.(interval|timeout|max\.attempts))$/;
  const found = rows.filter(({ name }) => wanted.test(String(name)));
  return Object.fromEntries(found.map(({ name, value }) => [name, Number(value)]));
}
