import { types } from "../../policies/model/types.ts";
import { changeRule, type Mutation, point, remove, set, tag, write } from "./mutations-edits.ts";
import { refer } from "./mutations-platform.ts";

const limits = { instances: 3, volumes: 6, cpus: 8, memoryMib: 32_768, primaryStorageGib: 560, gpus: 2 };

const quota: Mutation[] = [
  { edit: "no limits for A's account", rule: "quota-limits-exist", change: remove(types.limits, "tenant-a-account") },
  { edit: "no limits for B's domain", rule: "quota-limits-exist", change: remove(types.limits, "tenant-b-domain") },
  {
    edit: "no limits for a department",
    rule: "quota-limits-exist",
    program: "tagging",
    change: remove(types.limits, "tenant-c-account"),
  },
  {
    edit: "A's vCPU unlimited",
    rule: "quota-limits-complete",
    change: set(types.limits, "tenant-a-account", { limits: { ...limits, cpus: -1 } }),
  },
  {
    edit: "A's storage not limited",
    rule: "quota-limits-complete",
    change: set(types.limits, "tenant-a-domain", { limits: { ...limits, primaryStorageGib: undefined } }),
  },
  {
    edit: "A's machine with more vCPU than A may have",
    rule: "quota-tenant-within-limits",
    change: point(types.instance, "ai-a-data-01", "serviceOfferingId", [types.serviceOffering, "4c-16g"]),
  },
  {
    edit: "A's memory limited to less than its machines have",
    rule: "quota-tenant-within-limits",
    change: set(types.limits, "tenant-a-account", { limits: { ...limits, memoryMib: 16_384 } }),
  },
  {
    edit: "A's volume larger than A's limit",
    rule: "quota-tenant-within-limits",
    change: set(types.volume, "ai-a-data-01-data", { sizeGib: 700 }),
  },
  {
    edit: "A takes a whole card",
    rule: "quota-tenant-gpu-memory",
    change: point(types.instance, "ai-a-train-01", "serviceOfferingId", [
      types.serviceOffering,
      "4c-32g-1x-a100-40-fixed",
    ]),
  },
  {
    edit: "C takes three large slices",
    rule: "quota-tenant-gpu-memory",
    change: set(types.serviceOffering, "4c-16g-1x-a100-4c-fixed", { vgpuProfileId: "A100-8C (id)", gpuCount: 3 }),
  },
  {
    edit: "more whole cards than there are",
    rule: "quota-gpu-supply",
    change: set(types.serviceOffering, "8c-64g-2x-a100-40-fixed", { gpuCount: 4 }),
  },
  {
    edit: "no cards to lend to A",
    rule: "quota-burst-within-pool",
    change(platform) {
      for (const name of ["8c-64g-2x-a100-40-fixed", "4c-32g-1x-a100-40-fixed"]) {
        Object.assign(platform.get(types.serviceOffering, name).props, {
          vgpuProfileId: undefined,
          gpuCount: undefined,
        });
      }
    },
  },
  {
    edit: "A's card shared by time",
    rule: "quota-no-time-slicing",
    change: set(types.serviceOffering, "2c-8g-1x-a100-4c-fixed", { vgpuProfileId: "A100-4C-TS (id)" }),
  },
  {
    edit: "A's machine shares its card by MPS",
    rule: "quota-no-time-slicing",
    change: write("ai-a-serve-01", "runcmd:\n  - nvidia-cuda-mps-control -d"),
  },
  {
    edit: "eleven slices of 4 GiB on a card of 40 GiB",
    rule: "quota-slices-fit-card",
    change(platform) {
      const card = platform.add(types.gpuCard, "a100", { name: "A100-40", videoRamMib: 40_960 });
      const props = { name: "A100-4C", videoRamMib: 4096, maxPerCard: 11 };
      const profile = platform.add(types.vgpuProfile, "a100-4c", props);
      [profile.props.gpuCardId] = refer(profile, "gpuCardId", card);
    },
  },
  {
    edit: "slices of 4 and of 8 GiB on one card",
    rule: "quota-one-slice-size",
    change(platform) {
      const card = platform.add(types.gpuDevice, "card", { busAddress: "0000:65:00.0", managed: false });
      for (const name of ["A100-4C", "A100-8C"]) {
        const profile = platform.add(types.vgpuProfile, name, { name, videoRamMib: 4096, maxPerCard: 5 });
        const slice = platform.add(types.gpuDevice, `slice-${name}`, { busAddress: "0000:65:00.4" });
        [slice.props.parentGpuDeviceId] = refer(slice, "parentGpuDeviceId", card);
        [slice.props.vgpuProfileId] = refer(slice, "vgpuProfileId", profile);
      }
    },
  },
  {
    edit: "one card for two machines",
    rule: "quota-passthrough-exclusive",
    change(platform) {
      for (const name of ["ai-train-01", "ai-train-02"]) {
        const device = platform.add(types.hostDevice, name, { hostId: "gpu-1", busAddresses: ["0000:65:00.0"] });
        [device.props.instanceId] = refer(device, "instanceId", platform.get(types.instance, name));
      }
    },
  },
  {
    edit: "CPU overcommitted four times",
    rule: "quota-overcommit",
    program: "tagging",
    overrides: { infrastructure: { cluster: "all", overcommit: { cpu: 4, memory: 1 } } },
  },
  {
    edit: "memory overcommitted",
    rule: "quota-overcommit",
    program: "tagging",
    change: (platform) =>
      void platform.add("cloudstack:management:Setting", "m", { name: "mem.overprovisioning.factor", value: "1.5" }),
  },
  {
    edit: "storage filled up to 95 %",
    rule: "quota-storage-threshold",
    change: (platform) =>
      void platform.add(types.setting, "t", { name: "pool.storage.capacity.disablethreshold", value: "0.95" }),
  },
  {
    edit: "A's pool without a quota",
    rule: "quota-ceph-limited",
    change: set(types.cephPool, "tenant-a", { quotaGib: 0 }),
  },
  {
    edit: "department A's documents without a quota",
    rule: "quota-ceph-limited",
    program: "tagging with Ceph",
    change: set(types.bucketUser, "tenant-a", { quotaGib: undefined }),
  },
  {
    edit: "more quota than there are disks",
    rule: "quota-ceph-raw-capacity",
    change: set(types.filesystem, "training-data", { quotaGib: 8192 }),
  },
  {
    edit: "more copies than there are disks for",
    rule: "quota-ceph-raw-capacity",
    overrides: { storage: { copies: 5 } },
  },
  {
    edit: "A's pool too small for its volumes",
    rule: "quota-storage-headroom",
    change: set(types.cephPool, "tenant-a", { quotaGib: 320 }),
  },
];

const availability: Mutation[] = [
  {
    edit: "gateways without anti-affinity",
    rule: "availability-replicas-apart",
    change: set(types.instance, "ai-gateway-02", { affinityGroupIds: undefined }),
  },
  {
    edit: "training machines on one host",
    rule: "availability-replicas-apart",
    change: set(types.affinityGroup, "platform-strata-train", { type: "host affinity" }),
  },
  {
    edit: "workers apart only if it suits",
    rule: "availability-replicas-apart",
    program: "tagging",
    change: set(types.affinityGroup, "platform-tagging-aa-003", { type: "non-strict host anti-affinity" }),
  },
  {
    edit: "gateways of a size without HA",
    rule: "availability-ha-offering",
    change: set(types.serviceOffering, "2c-4g", { offerHa: false }),
  },
  {
    edit: "the gate switches HA off for itself",
    rule: "availability-ha-offering",
    change: set(types.instance, "dqg-validator-01", { haEnabled: false }),
  },
  {
    edit: "a volume protected by the server only",
    rule: "availability-protect-data",
    change: set(types.volume, "ai-a-data-01-data", { deleteProtection: true }),
  },
  {
    edit: "grade S, and nothing is protected",
    rule: "availability-protect-data",
    given: new Map([["strata-pack", { settings: { n2sf: "S" } }]]),
  },
  {
    edit: "a volume that must have snapshots has none",
    rule: "availability-snapshots",
    change: tag(types.volume, "ai-registry-01-data", { snapshots: "required" }),
  },
  {
    edit: "a size on a host's own disk",
    rule: "availability-shared-disks",
    change: set(types.serviceOffering, "2c-8g", { storageType: "local" }),
  },
  {
    edit: "documents on a host's own disk",
    rule: "availability-shared-disks",
    program: "tagging",
    change: set(types.diskOffering, "data-disk", { storageType: "local" }),
  },
  { edit: "two copies", rule: "availability-ceph-survives-host", overrides: { storage: { copies: 2 } } },
  {
    edit: "copies on one host",
    rule: "availability-ceph-survives-host",
    change: set(types.crushRule, "ssd", { failureDomain: "osd" }),
  },
  {
    edit: "an archive that survives one host only",
    rule: "availability-ceph-survives-host",
    change: set(types.erasureCodeProfile, "archive", { m: 1 }),
  },
  {
    edit: "nobody behind the edge",
    rule: "availability-edge-members",
    change: set(types.loadBalancer, "service-edge", { instanceIds: [] }),
  },
];

const hygiene: Mutation[] = [
  {
    edit: "a rule without a description",
    rule: "hygiene-acl-description",
    change: changeRule("ai-rules", 300, { description: "" }),
  },
  {
    edit: "a rule that is described by a dot",
    rule: "hygiene-acl-description",
    program: "tagging",
    change: changeRule("dmz-rules", 100, { description: "." }),
  },
  {
    edit: "a machine called test",
    rule: "hygiene-names",
    change: set(types.instance, "ai-registry-01", { name: "test" }),
  },
  {
    edit: "a volume with capitals",
    rule: "hygiene-names",
    change: set(types.volume, "ai-registry-01-data", { name: "Registry Data" }),
  },
  {
    edit: "a machine without an owner",
    rule: "hygiene-tags",
    change: tag(types.instance, "ai-registry-01", { owner: undefined }),
  },
  {
    edit: "a network without a data class",
    rule: "hygiene-tags",
    program: "tagging",
    change: tag(types.network, "data-tier", { "data-class": undefined }),
  },
  {
    edit: "A's volume without a tenant",
    rule: "hygiene-tags",
    change: tag(types.volume, "ai-a-data-01-data", { tenant: undefined }),
  },
  {
    edit: "machines of an offering on its way out",
    rule: "hygiene-no-deprecated-offering",
    change: set(types.serviceOffering, "2c-8g", { name: "strata-2c-8g-deprecated" }),
  },
  {
    edit: "a template that is another one tomorrow",
    rule: "hygiene-pinned-template",
    change: (platform) =>
      void platform.add(types.template, "t", {
        name: "ubuntu",
        url: "https://images.ai.internal/ubuntu/current/disk.qcow2",
        checksum: `{SHA-256}${"0".repeat(64)}`,
      }),
  },
  {
    edit: "a template without a checksum",
    rule: "hygiene-pinned-template",
    change: (platform) =>
      void platform.add(types.template, "t", { name: "ubuntu", url: "https://images.ai.internal/ubuntu/22.04.qcow2" }),
  },
];

export const mutations: readonly Mutation[] = [...quota, ...availability, ...hygiene];
