import type { Plan } from "../../../src/plan/plan.ts";
import { ownerOf } from "../../../src/plan/storage.ts";
import { type StoredThing, storedThings } from "../../../src/plan/stored.ts";
import { isOurPool, poolsOf } from "../ceph-pools.ts";
import type { CephQuestions } from "../ceph-questions.ts";
import type { CephCheck } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { oursIn } from "../ours.ts";
import { some } from "../remedies.ts";

/** Pools, file systems, buckets and users of the plan's names: whose they are, and whether what they hold fits their quotas. */
export const cephNames: CephCheck = {
  name: "ceph-names",
  async ask(exam) {
    const { ceph, plan } = exam;
    const things = storedThings(plan);
    const pools = await poolsOf(ceph);
    const wanted = new Map(things.map((thing) => [thing.name, thing]));
    const there = pools.filter(({ pool_name: name }) => wanted.has(String(name)));
    const foreign = there.filter((pool) => !isOurPool(pool)).map(({ pool_name: name }) => `pool ${name}`);
    const hasStack = there.length > foreign.length;
    // These carry no mark: they are taken for ours where pools of ours are there.
    const others = hasStack
      ? []
      : [...(await filesystems(ceph, things)), ...(await buckets(ceph, things)), ...(await users(ceph, plan))];
    const isWhole = hasStack && (await oursIn(exam)).vpc !== undefined;
    return [...taken([...foreign, ...others], { hasStack, isWhole }), ...overfull(there.filter(isOurPool), wanted)];
  },
};

function taken(found: readonly string[], { hasStack, isWhole }: { hasStack: boolean; isWhole: boolean }): Result[] {
  const asked = "names of pools, file systems, buckets and users";
  const requirement = "P1.3";
  if (found.length === 0 && hasStack && !isWhole) {
    const advice =
      "of a run that was broken off, or of another stack, whose pools need other names (storage.tenantPool, storage.pools)";
    return [ok(asked, "in use by this program, but the platform's VPC is not there", { advice, requirement })];
  }
  if (found.length === 0) return [ok(asked, hasStack ? "in use by this platform" : "all free", { requirement })];
  const rule = "free, or made by this program: what somebody else stores there is not touched";
  const remedy =
    "other names in storage.tenantPool and storage.pools (strata:overrides), or take it over with pulumi import";
  return [fixable({ asked, value: `there already: ${some(found)}`, rule, remedy, requirement })];
}

async function filesystems(ceph: CephQuestions, things: readonly StoredThing[]): Promise<string[]> {
  const wanted = namesOf(things, "files");
  if (wanted.size === 0) return [];
  const rows = await ceph.rows("cephfs");
  const names = rows.map(({ mdsmap }) => String((mdsmap as { fs_name?: unknown } | undefined)?.fs_name));
  return names.filter((name) => wanted.has(name)).map((name) => `file system ${name}`);
}

async function buckets(ceph: CephQuestions, things: readonly StoredThing[]): Promise<string[]> {
  const wanted = new Set([...namesOf(things, "objects"), ...namesOf(things, "bucket")]);
  const { rgw } = await ceph.object("health/minimal");
  if (wanted.size === 0 || Number(rgw) === 0) return [];
  const names = await ceph.api.list("rgw/bucket", { version: "1.1" });
  const all = Array.isArray(names) ? names.map((one) => String((one as { bucket?: unknown })?.bucket ?? one)) : [];
  return all.filter((name) => wanted.has(name)).map((name) => `bucket ${name}`);
}

/** Users with other capabilities or settings would stop `up` half-way; equal ones it takes over, with the keys that others know. */
async function users(ceph: CephQuestions, { storage, tenants }: Plan): Promise<string[]> {
  const own = tenants.map((tenant) => tenant.storage);
  const mounts = storage.shared.flatMap((pool) => (pool.kind === "files" && pool.mount ? pool.mount : []));
  const pools = [...Object.values(storage.blocks), ...own.flatMap((one) => (one.kind === "pool" ? one : []))];
  const cephx = new Set([...pools, ...mounts].map(({ user }) => user));
  const entities = (await ceph.rows("cluster/user")).map(({ entity }) => String(entity));
  const uids = new Set([
    ...own.flatMap((one) => (one.kind === "bucket" ? one.user : [])),
    ...storage.shared.flatMap((pool) => (pool.kind === "objects" ? ownerOf(pool.name) : [])),
  ]);
  const { rgw } = await ceph.object("health/minimal");
  const there = uids.size === 0 || Number(rgw) === 0 ? [] : await ceph.api.list("rgw/user");
  return [
    ...entities.filter((entity) => cephx.has(entity)).map((entity) => `cephx user ${entity}`),
    ...(Array.isArray(there) ? there.map(String) : [])
      .filter((uid) => uids.has(uid))
      .sort()
      .map((uid) => `gateway user ${uid}`),
  ];
}

function namesOf(things: readonly StoredThing[], kind: StoredThing["kind"]): Set<string> {
  return new Set(things.flatMap((thing) => (thing.kind === kind ? thing.name : [])));
}

function overfull(pools: Awaited<ReturnType<typeof poolsOf>>, wanted: ReadonlyMap<string, StoredThing>): Result[] {
  return pools.flatMap((pool) => {
    const name = String(pool.pool_name);
    const stored = Math.ceil(pool.stored / 2 ** 30);
    const quota = wanted.get(name)?.sizeGib ?? Number.POSITIVE_INFINITY;
    if (stored <= quota) return [];
    const wrong = {
      asked: `quota of pool ${name}`,
      value: `${quota} GiB`,
      rule: `at least the ${stored} GiB that are stored`,
    };
    return [
      fixable({
        ...wrong,
        remedy: "a larger size in the profile (strata:overrides), or remove data",
        requirement: "P1.3",
      }),
    ];
  });
}
