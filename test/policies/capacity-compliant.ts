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
  limits,
  machine,
  made,
  many,
  onMachine,
  outputs,
  plain,
  prod,
  profile,
  provider,
  secretPool,
  setting,
  size,
  slice,
  storagePool,
  tagged,
  tenant,
  volume,
  withUserData,
} from "./capacity-parts.ts";
import { unknown } from "./rule-test.ts";

const luks = "#!/bin/sh\ncryptsetup luksFormat --cipher aes-xts-plain64 --key-size 512 /dev/vdb\n";
const tls = "#cloud-config\nx: |\n  listen 443 ssl;\n  ssl_protocols TLSv1.3;\n";
const slices = [
  card,
  profile("8C", 8192, 5),
  device("card-0", "0000:5e:00.0", { type: "VGPUOnly" }),
  slice(1, "8C", { busAddress: "0000:5e:00.4" }),
  slice(2, "8C", { busAddress: "0000:5e:00.5" }),
];
/** Each of a tenant of its own: in one program the shares of a tenant add up. */
const gpuMachineOf = (owner: string) => [
  ...cards,
  size("slice", { gpuCount: 1 }, "A100-8C"),
  machine("m-01", "slice", tenant(owner)),
];
const enough = { instances: 9, volumes: 9, cpus: 9, memoryMib: 99_999, primaryStorageGib: 999, gpus: 9 };
const limited = [domain, limits("d", { limits: enough }), limits("l", { ...tenant("x"), limits: enough })];

/** Rule → resources of its types that are as they should be. */
export const compliant: Record<string, Description[]> = {
  "encryption-verify-tls": [provider({ apiUrl: far("https"), verifyTls: "true" })],
  "encryption-api-in-transit": [provider({ apiUrl: far("https") })],
  "encryption-plain-outputs": [plain, outputs({ url: "https://192.0.2.1", machines: 18 })],
  "encryption-plain-copies": [secretPool, plain],
  "encryption-data-at-rest": [plain, size("2c"), machine("m-01", "2c", { userData: luks }), onMachine(volume("x", {}))],
  "encryption-cipher": withUserData(luks),
  "encryption-key-not-in-user-data": withUserData(
    "#!/bin/sh\ncryptsetup open --key-file /run/strata/data.key /dev/vdb\n",
  ),
  "encryption-key-per-tenant": [
    storagePool("y", { user: "client.y", secretKey: "eQ==" }),
    storagePool("z", { user: "client.z", secretKey: "eg==" }),
  ],
  "encryption-data-keys": [plain, dataKeys(key(64, "one"), key(64, "two"))],
  "encryption-tls-version": withUserData(tls),
  "encryption-tls-termination": [balancer({})],
  "quota-tenant-within-limits": [...limited, size("2c"), machine("m-01", "2c", tenant("x"))],
  "quota-tenant-gpu-memory": gpuMachineOf("a"),
  "quota-limits-complete": limited,
  "quota-limits-exist": [...limited, account("strata-tenant-x")],
  "quota-limits-once": limited,
  "quota-overcommit": [setting("cpu.overprovisioning.factor", "2")],
  "quota-storage-threshold": [setting("pool.storage.capacity.disablethreshold", "0.8")],
  "quota-slices-fit-card": [card, profile("8C", 8192, 5)],
  "quota-one-slice-size": slices,
  "quota-gpu-supply": gpuMachineOf("b"),
  "quota-no-time-slicing": gpuMachineOf("c"),
  "quota-passthrough-exclusive": [
    ...slices,
    size("2c"),
    machine("m-01", "2c", tenant("u")),
    hostDevice("d1", "m-01", "0000:86:00.0"),
  ],
  "quota-burst-within-pool": [
    ...gpuMachineOf("d"),
    size("whole", { gpuCount: 1 }, "passthrough"),
    machine("p-01", "whole"),
  ],
  "quota-ceph-limited": [cephPool("bound", {})],
  "quota-ceph-raw-capacity": [crushRule, cephPool("small", { crushRule: "ssd" })],
  "quota-storage-headroom": [
    cephPool("tenant-s-data", { quotaGib: 100 }),
    storagePool("s", {}),
    made("diskOffering", "s", { storageTags: ["tenant-s"] }),
    volume("data", { sizeGib: 80 }, "s"),
  ],
  "availability-replicas-apart": [
    size("2c"),
    made("affinityGroup", "apart", { type: "host anti-affinity" }),
    ...many(2, (n) => {
      const one = machine(`gw-0${n}`, "2c", { affinityGroupIds: [unknown] });
      return { ...one, dependencies: { ...one.dependencies, affinityGroupIds: [urnOf(types.affinityGroup, "apart")] } };
    }),
  ],
  "availability-ha-offering": [size("ha"), machine("m-01", "ha", { tags: { layer: "service-edge" } })],
  "availability-protect-data": [plain, volume("free", {})],
  "availability-snapshots": [
    plain,
    volume("db", { tags: { snapshots: "required" } }),
    made(
      "snapshotPolicy",
      "daily",
      { name: undefined, intervalType: "daily", schedule: "02:00", timezone: "Asia/Seoul", maxSnapshots: 7 },
      { volumeId: ["volume", "db"] },
    ),
  ],
  "availability-survives-host": [size("2c"), machine("m-01", "2c")],
  "availability-host-ha": [made("hostHa", "h1", { name: undefined, enabled: true })],
  "availability-ceph-survives-host": [cephPool("three", {}), crushRule],
  "availability-shared-disks": [size("2c", { storageType: "shared" })],
  "availability-edge-members": [
    size("2c"),
    machine("m-01", "2c"),
    {
      ...balancer({ instanceIds: [unknown] }),
      dependencies: { instanceIds: [urnOf(types.instance, "m-01")] },
    },
  ],
  "hygiene-names": [size("two"), machine("ai-a-train-01", "two")],
  "hygiene-tags": [plain, volume("x", { tags: tagged })],
  "hygiene-tags-agree": [
    plain,
    size("2c"),
    machine("m-01", "2c", { tags: prod }),
    onMachine(volume("x", { tags: prod })),
  ],
  "hygiene-pinned-template": [
    made("template", "t", { url: "https://images.example/22.04.5.img", checksum: `{SHA-256}${"ab".repeat(32)}` }),
  ],
  "hygiene-no-deprecated-offering": [size("2c"), machine("m-01", "2c")],
  "hygiene-acl-description": [
    made("aclList", "l", {
      rules: [
        {
          number: 1,
          action: "deny",
          trafficType: "egress",
          protocol: "all",
          cidrs: ["0.0.0.0/0"],
          description: "P1.5",
        },
      ],
    }),
  ],
};
