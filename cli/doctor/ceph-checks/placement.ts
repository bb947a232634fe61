import { knownToGateway, type Site, siteOf, targetOf } from "../../../provider/ceph/placement.ts";
import type { SharedPool } from "../../../src/plan/storage.ts";
import type { CephQuestions } from "../ceph-questions.ts";
import type { CephCheck } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";

type Objects = Extract<SharedPool, { kind: "objects" }>;

const requirement = "P6.1";
/** The first Ceph whose dashboard sets lifecycles of buckets. */
const oldestForLifecycles = 19;

/** Whether the object gateway can put each bucket into the pool that is meant for it, and whether one that is there lies there. */
export const placement: CephCheck = {
  name: "ceph-placement",
  async ask({ ceph, plan }) {
    const objects = plan.storage.shared.flatMap((pool) => (pool.kind === "objects" ? pool : []));
    const { rgw } = await ceph.object("health/minimal");
    // Without a gateway there is nobody to ask, as ceph-services says.
    if (objects.length === 0 || Number(rgw ?? 0) === 0) return [];
    const [site, { names }] = await Promise.all([siteOf(ceph), knownToGateway(ceph)]);
    const buckets = await ceph.rows("rgw/bucket", { version: "1.1", query: { stats: "true" } });
    const placed = objects.flatMap((pool): Result[] => {
      const bucket = buckets.find(({ bid }) => bid === pool.name);
      const target = targetOf(bucket?.placement_rule);
      return bucket === undefined || target === pool.placementTarget
        ? [offered(pool, site, names)]
        : [offered(pool, site, names), elsewhere(pool, target)];
    });
    return [...placed, ...(await lifecycles(ceph, objects))];
  },
};

function offered(pool: Objects, site: Site, names: readonly string[]): Result {
  const { placementTarget: target, name } = pool;
  const asked = `placement target ${target} for pool ${name}`;
  if (names.includes(target)) return ok(asked, "known to the object gateway", { requirement });
  if (site.realm !== "") return ok(asked, `can be made in zone ${site.zone} of realm ${site.realm}`, { requirement });
  return fixable({
    asked,
    value: `the gateways of zone ${site.zone} have no realm`,
    rule: "a realm, to which the dashboard can commit it, or the placement target itself",
    remedy: byHand(pool, site).join(" && "),
    requirement,
  });
}

/** Nothing of it needs the pools to be there, and what is there is taken over. */
function byHand({ placementTarget: target, name, index, compressWith }: Objects, { zone, zonegroup }: Site): string[] {
  const add = (level: "zonegroup" | "zone", more = "") =>
    `radosgw-admin ${level} placement add --rgw-${level} ${level === "zone" ? zone : zonegroup} --placement-id ${target}${more}`;
  const compressed = " --storage-class COMPRESSED";
  return [
    add("zonegroup"),
    add("zone", ` --data-pool ${name} --index-pool ${index.name} --data-extra-pool ${index.name}`),
    ...(compressWith === undefined
      ? []
      : [add("zonegroup", compressed), add("zone", `${compressed} --data-pool ${name} --compression ${compressWith}`)]),
    "ceph orch restart rgw.NAME",
  ];
}

function elsewhere({ name, placementTarget }: Objects, target: string): Result {
  return fixable({
    asked: `where bucket ${name} lies`,
    value: `in placement target ${target}`,
    rule: `in ${placementTarget}, whose pool is ${name}; a bucket stays where it was made`,
    remedy: `it works on as it is, but not in its pool, and is not compressed; copy its objects elsewhere, delete it, \`pulumi up\`, and copy them back (S3: sync)`,
    requirement,
  });
}

async function lifecycles(ceph: CephQuestions, objects: readonly Objects[]): Promise<Result[]> {
  if (objects.every(({ compressAfterDays }) => compressAfterDays === undefined)) return [];
  const { version } = await ceph.object("summary");
  const major = Number(/ceph version (\d+)\./.exec(String(version))?.[1] ?? oldestForLifecycles);
  if (major >= oldestForLifecycles) return [];
  return [
    fixable({
      asked: "lifecycles of buckets",
      value: `Ceph ${major}`,
      rule: "Ceph 19.2, whose dashboard can set them",
      remedy: "upgrade Ceph, or leave compressAfter out of storage.pools (strata:overrides)",
      requirement,
    }),
  ];
}
