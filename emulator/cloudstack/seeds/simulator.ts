import type { Seed, SeedGpu } from "../seed.ts";

const size4k = { maxHeads: 1, maxResolution: { x: 4096, y: 2160 } };
const sizeHd = { maxHeads: 1, maxResolution: { x: 1920, y: 1080 } };

const basicCard = { deviceId: "5678", deviceName: "Graphics Card Basic", memoryMib: 8192, ...size4k };
const proCard = {
  deviceId: "89ab",
  deviceName: "Graphics Card Pro",
  memoryMib: 16384,
  ...size4k,
  slices: [
    { profile: "sim-8q", count: 1, memoryMib: 8192, maxPerCard: 2, ...size4k, maxHeads: 4 },
    { profile: "sim-4q", count: 1, memoryMib: 4096, maxPerCard: 4, ...sizeHd, maxHeads: 2 },
    { profile: "sim-2q", count: 2, memoryMib: 2048, maxPerCard: 8, ...sizeHd },
  ],
};

/** What each simulated host reports: four whole cards and four that carry four mediated devices each (`MockAgentManagerImpl`). */
const gpus: readonly SeedGpu[] = [
  { address: "00:01.0", numaNode: 0, pciRoot: "pci0000:00" },
  { address: "00:02.0", numaNode: 0, pciRoot: "pci0000:00" },
  { address: "00:03.0", numaNode: 1, pciRoot: "pci0000:17" },
  { address: "00:04.0", numaNode: 1, pciRoot: "pci0000:5d" },
  { address: "00:05.0", numaNode: 0, pciRoot: "pci0000:00" },
  { address: "00:06.0", numaNode: 0, pciRoot: "pci0000:00" },
  { address: "00:07.0", numaNode: 1, pciRoot: "pci0000:17" },
  { address: "00:08.0", numaNode: 1, pciRoot: "pci0000:3a" },
].map((place, index) => ({
  ...place,
  vendorId: "1234",
  vendorName: "Simulator",
  ...(index < 4 ? basicCard : proCard),
}));

const iops = { capacity: 1_000_000, used: 500_000 };

/** The zone in which the recordings were made: CloudStack's simulator hypervisor, four hosts of 4 × 8 GHz and 8 GiB, overcommitted. */
export const simulatorSeed: Seed = {
  zone: { name: "zone1", dns1: "8.8.8.8", internalDns1: "10.0.0.2", guestCidr: "10.1.1.0/24" },
  pod: {
    name: "pod1",
    gateway: "172.16.15.1",
    netmask: "255.255.255.0",
    startIp: "172.16.15.2",
    endIp: "172.16.15.200",
  },
  cluster: { name: "c0", cpuOvercommit: 20, memoryOvercommit: 30 },
  hypervisor: "Simulator",
  hosts: [1, 2, 3, 4].map((n) => ({
    name: `SimulatedAgent.${n}`,
    ip: `172.16.15.${n + 3}`,
    cores: 4,
    cpuSpeedMhz: 8000,
    memoryGib: 8,
    gpus,
  })),
  physicalNetwork: { name: "physical1", vlans: "500-1000" },
  publicRange: {
    gateway: "192.168.2.1",
    netmask: "255.255.255.0",
    startIp: "192.168.2.2",
    endIp: "192.168.2.200",
    vlan: "untagged",
  },
  primaryStorage: [
    { name: "ps0", url: "nfs://10.147.28.6/export/home/sandbox/primary0", sizeGib: 1024, iops },
    { name: "rec-rbd-39668", url: "rbd://10.0.6.1/pool-x", sizeGib: 1024, tags: ["tenant-x"], iops },
  ],
  settings: {
    "max.domain.user.vms": "-1",
    "max.domain.public.ips": "-1",
    "max.domain.volumes": "-1",
    "max.domain.snapshots": "-1",
    "max.domain.templates": "-1",
    "max.domain.networks": "-1",
    "max.domain.vpcs": "-1",
    "max.domain.cpus": "-1",
    "max.domain.memory": "-1",
    "max.domain.primary.storage": "-1",
    "max.domain.secondary.storage": "-1",
    "vpc.max.networks": "10",
    "allow.user.expunge.recover.vm": "true",
    "guest.domain.suffix": "cs1cloud.internal",
  },
  templates: [
    {
      name: "CentOS 5.6 (64-bit) no GUI (Simulator)",
      displayText: "CentOS 5.6 (64-bit) no GUI (Simulator)",
      osType: "CentOS 5.6 (64-bit)",
      format: "VHD",
      sizeGib: 2,
    },
  ],
};
