import * as ceph from "@pulumi/ceph";
import type { Mistake } from "../../kit/errors.ts";
import { formatGib } from "../../kit/units.ts";
import type { Plan } from "../../plan/plan.ts";
import { type DeviceClass, type StoredThing, storedThings } from "../../plan/stored.ts";
import { lookUp } from "../look-up.ts";
import { findPool } from "./find-pool.ts";

/** From here on Ceph warns, and stops writing not much later (`mon_osd_nearfull_ratio`). */
const usableShare = 0.85;

interface Space {
  on: DeviceClass | "all devices";
  totalGib: number;
  usedGib: number;
  things: readonly StoredThing[];
}

/**
 * Quotas that the cluster's devices cannot keep with their copies or chunks (P6.2), by class of devices: a quota is a promise,
 * and one of them is kept with another's space. Judged only when pools are to be made or to grow: what others have filled since
 * is no reason to refuse a platform that stands.
 */
export async function tooLittleRoom(plan: Plan): Promise<Mistake[]> {
  const things = storedThings(plan);
  if (things.length === 0) return [];
  const { deviceClasses, totalGib, usedGib } = await lookUp(ceph.cluster.getCapacity());
  const classes = [...new Set(things.flatMap(({ deviceClass }) => deviceClass ?? []))].sort();
  const spaces = classes.map((name): Space => {
    const { totalGib: total = 0, usedGib: used = 0 } = deviceClasses.find((one) => one.name === name) ?? {};
    const own = things.filter(({ deviceClass }) => deviceClass === name);
    return { on: name, totalGib: total, usedGib: used, things: own };
  });
  // What the plan leaves to the gateway's own pools lies anywhere.
  const isOpen = things.some(({ deviceClass }) => deviceClass === undefined);
  const all: Space = { on: "all devices", totalGib, usedGib, things };
  return (await Promise.all([...spaces, ...(isOpen ? [all] : [])].map(shortfallOf))).flat();
}

async function shortfallOf({ on, totalGib, usedGib, things }: Space): Promise<Mistake[]> {
  const free = Math.floor(totalGib * usableShare - usedGib);
  if (rawOf(things, () => 0) <= free) return [];
  const pools = await Promise.all(things.map(async ({ pool }) => (pool === undefined ? undefined : findPool(pool))));
  const found = new Map(things.map((thing, index) => [thing, pools[index]]));
  const grows = things.filter((thing) => thing.pool !== undefined && (found.get(thing)?.quotaGib ?? 0) < thing.sizeGib);
  const needed = Math.ceil(rawOf(things, (thing) => found.get(thing)?.storedGib ?? 0));
  if (grows.length === 0 || needed <= free) return [];
  const sizes = things.map(({ name, sizeGib, redundancy }) => `${name} ${formatGib(sizeGib)} in ${redundancy}`);
  return [
    {
      path: `pools on ${on}`,
      value: `${needed} GiB of raw space`,
      rule: `at most ${free} GiB, so ${needed - free} GiB are missing: ${usableShare * 100} % of ${Math.floor(totalGib)} GiB, less ${Math.ceil(usedGib)} GiB in use. Asked for: ${sizes.join(", ")}`,
      remedy: "smaller sizes in storage.pools and of tenants' storage, fewer copies, or more devices",
    },
  ];
}

/** Raw GiB that the things may still come to take, given what each of them has stored already. */
function rawOf(things: readonly StoredThing[], storedOf: (thing: StoredThing) => number): number {
  return things.reduce((sum, thing) => sum + Math.max(0, thing.sizeGib - storedOf(thing)) * thing.overhead, 0);
}
