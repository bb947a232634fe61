import type { Plan } from "./plan.ts";
import type { Tier } from "./storage.ts";

export type DeviceClass = "ssd" | "hdd";

/** Device class of each tier (P6.1): hot and warm lie on SSD. */
export const deviceClasses: Record<Tier, DeviceClass> = { hot: "ssd", warm: "ssd", cold: "hdd" };

/** A pool, file tree or bucket of the plan, as far as room and redundancy go. */
export interface StoredThing {
  readonly kind: "block" | "files" | "objects" | "index" | "bucket";
  /** In Ceph. */
  readonly name: string;
  /** Name of the pool that its data lies in; absent where that is one of the gateway's own. */
  readonly pool?: string;
  readonly sizeGib: number;
  /** Class of devices; absent where the plan leaves it to the gateway's own pools. */
  readonly deviceClass?: DeviceClass;
  /** Raw GiB for each GiB. */
  readonly overhead: number;
  /** On how many hosts a part of it lies. */
  readonly domains: number;
  /** E.g. `3 copies`, `erasure code 4+2`. */
  readonly redundancy: string;
}

/** Everything of the plan that lies in Ceph. */
export function storedThings({ storage, tenants }: Plan): StoredThing[] {
  const { copies } = storage;
  const copied = { overhead: copies, domains: copies, redundancy: `${copies} copies` };
  const own = tenants.flatMap(({ storage: one }) => (one.kind === "zone" ? [] : [one]));
  const blocks = [...Object.values(storage.blocks), ...own.flatMap((one) => (one.kind === "pool" ? [one] : []))];
  return [
    ...blocks.map(
      ({ name, sizeGib, tier }): StoredThing => ({
        kind: "block",
        name,
        pool: name,
        sizeGib,
        deviceClass: deviceClasses[tier],
        ...copied,
      }),
    ),
    ...storage.shared.map((pool): StoredThing => {
      const { kind, name, sizeGib, tier } = pool;
      const dataPool = kind === "files" ? `cephfs.${name}.data` : name;
      const basics = { kind, name, pool: dataPool, sizeGib, deviceClass: deviceClasses[tier] };
      if (pool.kind === "files" || pool.erasure === undefined) return { ...basics, ...copied };
      const { data, coding } = pool.erasure;
      const redundancy = `erasure code ${data}+${coding}`;
      return { ...basics, overhead: (data + coding) / data, domains: data + coding, redundancy };
    }),
    ...storage.shared.flatMap((pool): StoredThing[] => {
      if (pool.kind !== "objects") return [];
      const { name, tier, sizeGib } = pool.index;
      return [{ kind: "index", name, pool: name, sizeGib, deviceClass: deviceClasses[tier], ...copied }];
    }),
    ...own.flatMap((one): StoredThing[] =>
      one.kind === "bucket" ? [{ kind: "bucket", name: one.name, sizeGib: one.sizeGib, ...copied }] : [],
    ),
  ];
}
