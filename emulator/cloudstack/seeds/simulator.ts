import type { Seed } from "../seed.ts";

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
