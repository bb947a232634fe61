import type { StorageKey } from "./models/storage-keys.ts";

/** What an emulated cloud is made of before anybody uses it. Sizes carry their unit in the name. */
export interface Seed {
  readonly zone: {
    readonly name: string;
    readonly dns1: string;
    readonly internalDns1: string;
    /** Default guest CIDR of isolated networks. */
    readonly guestCidr: string;
    readonly networkDomain?: string;
  };
  readonly pod: {
    readonly name: string;
    readonly gateway: string;
    readonly netmask: string;
    readonly startIp: string;
    readonly endIp: string;
  };
  readonly cluster: { readonly name: string; readonly cpuOvercommit: number; readonly memoryOvercommit: number };
  readonly hypervisor: string;
  readonly hosts: readonly SeedHost[];
  /** The physical network of guests; `vlans` is the dynamic range, e.g. `500-1000`. */
  readonly physicalNetwork: { readonly name: string; readonly vlans: string };
  readonly publicRange: {
    readonly gateway: string;
    readonly netmask: string;
    readonly startIp: string;
    readonly endIp: string;
    /** `untagged` or a VLAN id. */
    readonly vlan: string;
  };
  readonly primaryStorage: readonly SeedStoragePool[];
  readonly templates: readonly SeedTemplate[];
  /** The cephx keys that RBD pools let in; absent: every key. The control API can change them. */
  readonly storageKeys?: readonly StorageKey[];
  /** Global settings that differ from CloudStack's defaults. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface SeedHost {
  readonly name: string;
  readonly ip: string;
  readonly cores: number;
  readonly cpuSpeedMhz: number;
  readonly memoryGib: number;
  readonly tags?: readonly string[];
  /** Default x86_64. */
  readonly arch?: string;
  /** Default: the management server's own, as simulated hosts say. */
  readonly hypervisorVersion?: string;
  /** What `lspci` shows beside the GPUs, e.g. `00:1f.2 SATA controller`; ABLESTACK Mold gives such devices to instances. */
  readonly pciDevices?: readonly { readonly name: string; readonly text: string }[];
  /** What the host's agent reports. */
  readonly gpus?: readonly SeedGpu[];
}

/** A GPU in a host. */
export interface SeedGpu {
  /** PCI address. */
  readonly address: string;
  /** PCI ids, four hexadecimal digits. */
  readonly vendorId: string;
  readonly deviceId: string;
  readonly vendorName: string;
  readonly deviceName: string;
  readonly memoryMib: number;
  readonly maxHeads?: number;
  readonly maxResolution?: SeedResolution;
  readonly numaNode: number;
  readonly pciRoot?: string;
  /** The card is carved up into these; absent: it is given away whole. */
  readonly slices?: readonly SeedVgpu[];
}

/** Mediated devices of one profile on a card. */
export interface SeedVgpu {
  readonly profile: string;
  readonly count: number;
  readonly memoryMib: number;
  /** How many of the profile a card of this model can carry. */
  readonly maxPerCard: number;
  readonly maxHeads?: number;
  readonly maxResolution?: SeedResolution;
}

export interface SeedResolution {
  readonly x: number;
  readonly y: number;
}

export interface SeedStoragePool {
  readonly name: string;
  readonly url: string;
  readonly sizeGib: number;
  readonly tags?: readonly string[];
  /** A host's own disks: its listing has the scope HOST. */
  readonly isLocal?: true;
  /** Only where the storage reports them. */
  readonly iops?: { readonly capacity: number; readonly used: number };
}

export interface SeedTemplate {
  readonly name: string;
  readonly displayText: string;
  readonly osType: string;
  readonly format: string;
  readonly sizeGib: number;
}

/** A zone that holds profile demo-cpu (P5.2: three hosts of 16 cores and 64 GiB). */
export const defaultSeed: Seed = {
  zone: { name: "zone1", dns1: "8.8.8.8", internalDns1: "10.0.0.2", guestCidr: "10.1.1.0/24" },
  pod: {
    name: "pod1",
    gateway: "172.16.15.1",
    netmask: "255.255.255.0",
    startIp: "172.16.15.2",
    endIp: "172.16.15.200",
  },
  cluster: { name: "cluster1", cpuOvercommit: 1, memoryOvercommit: 1 },
  hypervisor: "KVM",
  hosts: [1, 2, 3].map((n) => ({
    name: `host${n}`,
    ip: `172.16.15.1${n}`,
    cores: 16,
    cpuSpeedMhz: 2000,
    memoryGib: 64,
  })),
  physicalNetwork: { name: "physical1", vlans: "500-1000" },
  publicRange: {
    gateway: "192.168.2.1",
    netmask: "255.255.255.0",
    startIp: "192.168.2.2",
    endIp: "192.168.2.200",
    vlan: "untagged",
  },
  primaryStorage: [{ name: "primary1", url: "nfs://10.147.28.6/export/primary1", sizeGib: 4096 }],
  templates: [
    {
      name: "Ubuntu 22.04",
      displayText: "Ubuntu 22.04 LTS (cloud image)",
      osType: "Ubuntu 22.04 LTS",
      format: "QCOW2",
      sizeGib: 10,
    },
  ],
  // One tier per tenant and platform zone, in one VPC; a server's own default is 3.
  settings: { "vpc.max.networks": "32" },
};
