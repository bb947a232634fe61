/** What an emulated Ceph cluster is made of before anybody uses it. */
export interface CephSeed {
  readonly hosts: readonly SeedHost[];
  /** Realm of the object gateway. Absent: none, as `ceph orch apply rgw` alone leaves it; nothing can be committed then. */
  readonly realm?: string;
  /** Configuration that differs from Ceph's defaults. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface SeedHost {
  readonly name: string;
  readonly address: string;
  readonly rack?: string;
  /** `mon`, `mgr`, `mds`, `rgw`: without an `rgw` anywhere the object gateway's part of the API fails. */
  readonly services: readonly string[];
  readonly osds: readonly {
    readonly deviceClass: "ssd" | "hdd" | "nvme";
    readonly count: number;
    readonly sizeGib: number;
  }[];
}

const gateway = ["mds", "rgw"];
const monitor = ["mon", "mgr"];

function hosts(count: number, osds: SeedHost["osds"]): SeedHost[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `ceph${index + 1}`,
    // The addresses at which the profiles look for monitors.
    address: `10.0.6.${201 + index}`,
    rack: `rack${index + 1}`,
    services: [...(index < 3 ? monitor : []), ...(index < 2 ? gateway : [])],
    osds,
  }));
}

/** Seeds by name. */
export const cephSeeds = {
  /** Three hosts, 12 SSD and 6 HDD OSDs: three copies fit, erasure coding 4+2 over hosts does not. */
  default: {
    realm: "seoul",
    hosts: hosts(3, [
      { deviceClass: "ssd", count: 4, sizeGib: 1024 },
      { deviceClass: "hdd", count: 2, sizeGib: 4096 },
    ]),
  },
  /** Six hosts: 21 TiB of SSD hold more than 5 TB in three copies, 36 TiB of HDD more than 5 TB in 4+2. */
  enterprise: {
    realm: "seoul",
    // Off in a real cluster until somebody switches it on: here, so that a demo can be taken down again.
    config: { mon_allow_pool_delete: "true" },
    hosts: hosts(6, [
      { deviceClass: "ssd", count: 2, sizeGib: 1792 },
      { deviceClass: "hdd", count: 3, sizeGib: 2048 },
    ]),
  },
} as const satisfies Record<string, CephSeed>;

export type CephSeedName = keyof typeof cephSeeds;
