import type { Description } from "../../policies/core/subject.ts";
import { urnOf } from "../../policies/core/subject.ts";
import { types } from "../../policies/model/types.ts";
import {
  account,
  balancer,
  card,
  cards,
  cephPool,
  crushRule,
  dataKeys,
  device,
  domain,
  far,
  hostDevice,
  key,
  keyPair,
  limits,
  machine,
  made,
  many,
  onMachine,
  outputs,
  plain,
  poolKey,
  prod,
  profile,
  provider,
  secretPool,
  setting,
  size,
  slice,
  storagePool,
  tenant,
  volume,
  withUserData,
} from "./capacity-parts.ts";
import { unknown } from "./rule-test.ts";

const few = { limits: { cpus: 1 } };

/**
 * Rule → two violations of it, each with all that it refers to, for the real engine. Sums over everything cannot be wrong
 * twice in one program, so the first ones make one program and the second ones another.
 */
export const violations: Record<string, readonly [Description[], Description[]]> = {
  "encryption-verify-tls": [
    [provider({ apiUrl: far("https"), verifyTls: "false" })],
    [made("cephProvider", "far", { url: "https://192.0.2.1:8443", username: "x", password: "y", verifyTls: "false" })],
  ],
  "encryption-api-in-transit": [
    [provider({ apiUrl: far("http") })],
    [made("cephProvider", "far", { url: "http://192.0.2.1:8080", username: "x", password: "y" })],
  ],
  "encryption-plain-outputs": [
    [plain, outputs({ adminPassword: "correct-horse" })],
    [plain, outputs({ key: `AQ${"A".repeat(36)}==` })],
  ],
  "encryption-plain-copies": [
    [secretPool, size("2c"), machine("m-01", "2c", { tags: { note: poolKey } })],
    [secretPool, made("diskOffering", "d", { displayText: `the key is ${poolKey}`, customized: true })],
  ],
  "encryption-data-at-rest": [
    [plain, volume("data", { tags: { env: "prod" } })],
    [plain, volume("data", {}, "plain"), ...withUserData("#cloud-config\n")],
  ],
  "encryption-cipher": [
    withUserData("#!/bin/sh\ncryptsetup luksFormat /dev/vdb\n"),
    [made("userData", "shared", { userData: "#!/bin/sh\ncryptsetup luksFormat -c aes-xts-plain64 -s 256 /dev/vdb\n" })],
  ],
  "encryption-key-not-in-user-data": [
    withUserData("#cloud-config\nwrite_files:\n  - path: /run/strata/data.key\n    content: x\n"),
    withUserData("#!/bin/sh\necho x | cryptsetup open /dev/vdb data\n"),
  ],
  "encryption-key-per-tenant": [
    [storagePool("y", { secretKey: "a2V5" }), storagePool("z", { secretKey: "a2V5" })],
    [
      keyPair("y", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILJpC1bzbn3mCd8mNqZ9ExcZBbgQdPGZdBoBYBNv+KxG y"),
      keyPair("z", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILJpC1bzbn3mCd8mNqZ9ExcZBbgQdPGZdBoBYBNv+KxG z"),
    ],
  ],
  "encryption-data-keys": [
    [plain, dataKeys(key(64, "one"), key(64, "one"))],
    [plain, dataKeys(key(64, "one"), key(8, "two"))],
  ],
  "encryption-tls-version": [
    withUserData("#cloud-config\n# listen 443 ssl;\nx: |\n  ssl_protocols TLSv1.2 TLSv1.3;\n"),
    withUserData("#cloud-config\nx: |\n  bind :443 ssl crt /x\n"),
  ],
  "encryption-tls-termination": [[balancer({ protocol: "ssl" })], [balancer({ privatePort: 80 })]],
  "quota-tenant-within-limits": [
    [domain, size("2c"), machine("m-01", "2c", tenant("x")), limits("l", { ...tenant("x"), limits: { cpus: 1 } })],
    [
      domain,
      plain,
      volume("data", { ...tenant("x"), sizeGib: 99 }),
      limits("l", { limits: { primaryStorageGib: 98 } }),
    ],
  ],
  "quota-tenant-gpu-memory": [
    [...cards, size("whole", { gpuCount: 1 }, "passthrough"), machine("m-01", "whole", tenant("p"))],
    [...cards, size("slices", { gpuCount: 3 }, "A100-8C"), machine("m-01", "slices", tenant("p"))],
  ],
  "quota-limits-complete": [
    [domain, limits("l", { limits: { cpus: 1 } })],
    [
      domain,
      limits("l", {
        limits: { instances: 1, volumes: 1, cpus: -1, memoryMib: 1, primaryStorageGib: 1, gpus: 1 },
      }),
    ],
  ],
  "quota-limits-once": [
    [domain, limits("l", { ...tenant("x"), ...few }), limits("more", { ...tenant("x"), limits: { cpus: 800 } })],
    [domain, limits("l", few), limits("more", few)],
  ],
  "quota-limits-exist": [[made("domain", "strata-tenant-q")], [domain, account("strata-tenant-q")]],
  "quota-overcommit": [[setting("cpu.overprovisioning.factor", "3")], [setting("mem.overprovisioning.factor", "1.2")]],
  "quota-storage-threshold": [
    [setting("pool.storage.capacity.disablethreshold", "0.9")],
    [setting("cluster.storage.capacity.notificationthreshold", "0.85")],
  ],
  "quota-slices-fit-card": [
    [card, profile("8C", 8192, 6)],
    [card, profile("20C", 20_480, 3)],
  ],
  "quota-one-slice-size": [
    [
      card,
      profile("8C", 8192, 5),
      profile("4C", 4096, 10),
      device("card-0", "0000:3b:00.0", { type: "VGPUOnly" }),
      slice(1, "8C"),
      slice(2, "4C"),
    ],
    [
      card,
      profile("20C", 20_480, 2),
      device("card-0", "0000:3b:00.0", { type: "VGPUOnly" }),
      ...many(3, (n) => slice(n, "20C")),
    ],
  ],
  "quota-gpu-supply": [
    [...cards, size("slice", { gpuCount: 1 }, "A100-8C"), ...many(6, (n) => machine(`m-0${n}`, "slice"))],
    [...cards, size("whole", { gpuCount: 3 }, "passthrough"), ...many(3, (n) => machine(`m-0${n}`, "whole"))],
  ],
  "quota-no-time-slicing": [
    [
      card,
      profile("A100-timesliced", 4096, 8),
      size("ts", { gpuCount: 1 }, "A100-timesliced"),
      machine("m-01", "ts", tenant("r")),
    ],
    [size("2c"), machine("m-01", "2c", { ...tenant("r"), userData: "#!/bin/sh\nnvidia-cuda-mps-control -d\n" })],
  ],
  "quota-passthrough-exclusive": [
    [
      size("2c"),
      machine("m-01", "2c", tenant("u")),
      machine("m-02", "2c", tenant("u")),
      hostDevice("d1", "m-01", "0000:af:00.0"),
      hostDevice("d2", "m-02", "af:00.0"),
    ],
    [card, profile("8C", 8192, 5), device("card-0", "0000:d8:00.0"), slice(1, "8C", { busAddress: "0000:d8:00.4" })],
  ],
  "quota-burst-within-pool": [
    [...cards, size("slice", { gpuCount: 1 }, "A100-8C"), machine("m-01", "slice", tenant("burst1"))],
    [...cards, size("slice", { gpuCount: 2 }, "A100-8C"), machine("m-01", "slice", tenant("burst2"))],
  ],
  "quota-ceph-limited": [
    [cephPool("open", { quotaGib: 0 })],
    [made("bucketUser", "open", { name: undefined, uid: "open", displayName: "open" })],
  ],
  "quota-ceph-raw-capacity": [
    [crushRule, cephPool("vast", { crushRule: "ssd", quotaGib: 6000 })],
    [cephPool("vast", { quotaGib: 9000 })],
  ],
  "quota-storage-headroom": [
    [
      cephPool("tenant-s-data", { quotaGib: 100 }),
      storagePool("s", {}),
      made("diskOffering", "s", { storageTags: ["tenant-s"] }),
      volume("data", { sizeGib: 81 }, "s"),
    ],
    [
      cephPool("tenant-t-data", { quotaGib: 10 }),
      storagePool("t", {}),
      made("diskOffering", "t", { storageTags: ["tenant-t"] }),
      ...many(2, (n) => volume(`data-${n}`, { sizeGib: 5 }, "t")),
    ],
  ],
  "availability-replicas-apart": [
    [size("2c"), machine("gw-01", "2c"), machine("gw-02", "2c")],
    [
      size("2c"),
      made("affinityGroup", "near", { type: "host affinity" }),
      ...many(2, (n) => {
        const one = machine(`gw-0${n}`, "2c", { affinityGroupIds: [unknown] });
        return {
          ...one,
          dependencies: { ...one.dependencies, affinityGroupIds: [urnOf(types.affinityGroup, "near")] },
        };
      }),
    ],
  ],
  "availability-ha-offering": [
    [size("fixed", { offerHa: false }), machine("m-01", "fixed", { tags: { layer: "service-edge" } })],
    [size("fixed", { offerHa: false }), machine("m-01", "fixed", { tags: { "restart-priority": "high" } })],
  ],
  "availability-protect-data": [
    [plain, volume("half", { deleteProtection: true })],
    [plain, volume("half", { deleteProtection: true, tags: { env: "demo" } })],
  ],
  "availability-host-ha": [
    [made("hostHa", "h1", { name: undefined, enabled: false })],
    [made("outOfBand", "h1", { name: undefined, enabled: false })],
  ],
  "availability-survives-host": [
    [size("vast", { memoryMib: 600 * 1024 }), ...many(2, (n) => machine(`m${n}-01`, "vast"))],
    [size("wide", { cpuNumber: 200 }), ...many(2, (n) => machine(`m${n}-01`, "wide"))],
  ],
  "availability-snapshots": [
    [plain, volume("db", { tags: { snapshots: "required" } })],
    [plain, volume("db", { tags: { snapshots: "required", env: "demo" } })],
  ],
  "availability-ceph-survives-host": [
    [cephPool("two", { size: 2 })],
    [made("crushRule", "narrow", { failureDomain: "osd" })],
  ],
  "availability-shared-disks": [
    [size("local", { storageType: "local" })],
    [made("diskOffering", "local", { storageType: "local" })],
  ],
  "availability-edge-members": [[balancer({})], [balancer({ publicPort: 8443 })]],
  "hygiene-names": [
    [size("2c"), machine("m", "2c", { name: "Test" })],
    [plain, volume("x", { name: "My-Volume" })],
  ],
  "hygiene-tags": [[plain, volume("x", {})], [balancer({ tags: { env: "prod" } })]],
  "hygiene-tags-agree": [
    [plain, size("2c"), machine("m-01", "2c", { tags: prod }), onMachine(volume("x", { tags: { env: "demo" } }))],
    [
      size("2c"),
      machine("m-01", "2c"),
      made(
        "tags",
        "laid",
        { name: undefined, resourceType: "UserVm", resourceIds: [unknown], tags: { tenant: "b" } },
        { resourceIds: ["instance", "m-01"] },
      ),
    ],
  ],
  "hygiene-pinned-template": [
    [made("template", "t", { url: "https://images.example/22.04.5.img" })],
    [
      made("template", "t", {
        url: "https://images.example/current/jammy.img",
        checksum: `{SHA-256}${"ab".repeat(32)}`,
      }),
    ],
  ],
  "hygiene-no-deprecated-offering": [
    [size("old", { name: "2c-deprecated" }), machine("m-01", "old")],
    [made("diskOffering", "old", { displayText: "Legacy: do not use" }), volume("x", {}, "old")],
  ],
  "hygiene-acl-description": [
    [
      made("aclList", "l", {
        rules: [{ number: 1, action: "deny", trafficType: "ingress", protocol: "all", cidrs: ["0.0.0.0/0"] }],
      }),
    ],
    [
      made("aclList", "l", {
        rules: [
          { number: 1, action: "deny", trafficType: "egress", protocol: "all", cidrs: ["0.0.0.0/0"], description: "x" },
        ],
      }),
    ],
  ],
};

/** Parameters that the samples need to be told. */
export const settings = {
  "quota-burst-within-pool": { burstGib: { burst1: 4000, burst2: 4000 } },
  "encryption-api-in-transit": "mandatory",
};
