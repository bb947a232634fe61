import type { Exam } from "../exam.ts";
import { blocking, fixable, ok, type Result } from "../finding.ts";
import { oursIn } from "../ours.ts";
import { primaryPools } from "../primary-pools.ts";
import { amountOf, type Row, wordsOf } from "../questions.ts";
import { cmk, some } from "../remedies.ts";

/** The zone's own primary storage, where root disks lie, and data that has no pool of its own. */
export const primaryStorage = {
  name: "primary-storage",
  subject: "primary storage",
  async ask(exam: Exam): Promise<Result[]> {
    const tag = exam.plan.catalogue.storageTag;
    const { all: pools, up, usable, local } = await primaryPools(exam);
    const shared = up.filter((row) => !local.includes(row));
    if (usable.length > 0) {
      const where = tag === undefined ? "primary storage of the zone" : `primary storage with tag ${tag}`;
      return room(exam, usable, where);
    }
    const shown = some(
      pools.map(({ name, state, scope, tags }) => `${name} (${state}, ${scope}, tags ${tags || "none"})`),
    );
    const requirement = "P1.3";
    if (tag === undefined || shared.length === 0) {
      const remedy = "add shared primary storage to the zone, or enable what it has";
      const rule = "at least one that is up and shared by hosts (scope CLUSTER or ZONE)";
      return [blocking({ asked: "primary storage of the zone", value: shown, rule, remedy })];
    }
    const [first] = shared;
    const tags = [...wordsOf(first?.tags), tag].join(",");
    return [
      fixable({
        asked: `primary storage with tag ${tag}`,
        value: shown,
        rule: "one that is up: offerings without a tag would put root disks into tenants' pools",
        remedy: cmk("update storagepool", { id: String(first?.id), tags }),
        requirement,
      }),
    ];
  },
} as const;

const gib = 2 ** 30;

async function room(exam: Exam, pools: readonly Row[], asked: string): Promise<Result[]> {
  const name = "pool.storage.allocated.capacity.disablethreshold";
  const share = Number((await exam.cloud.setting(name)) ?? 1);
  const free = pools.map(({ disksizetotal, disksizeallocated, overprovisionfactor }) => {
    const promised = amountOf(disksizetotal) * (amountOf(overprovisionfactor) || 1) * share;
    return (promised - amountOf(disksizeallocated)) / gib;
  });
  const volumes = volumesOf(exam);
  const needed = volumes.reduce((sum, { gib: size }) => sum + size, 0) - (await present(exam, pools, volumes));
  const left = Math.floor(free.reduce((sum, one) => sum + Math.max(0, one), 0));
  const largest = volumes.reduce((most, one) => Math.max(most, one.gib), 0);
  const value = `${left} GiB left in ${some(pools.map((row) => String(row.name)))}`;
  const isEnough = left >= needed && (needed <= 0 || Math.max(...free) >= largest);
  if (isEnough) return [ok(asked, `${value}, ${Math.max(0, Math.ceil(needed))} GiB needed`)];
  const rule = `${Math.ceil(needed)} GiB, the largest volume ${largest} GiB (the server stops at ${Math.round(share * 100)} %)`;
  const remedy = "add primary storage, free what others use, or give the machines smaller disks";
  return [blocking({ asked, value, rule, remedy, requirement: "P6.2" })];
}

interface VolumePlan {
  readonly name: string;
  readonly gib: number;
}

/** Volumes that land here: root disks by their machines' names, and data without a pool of its own. */
function volumesOf({ plan, machines }: Exam): VolumePlan[] {
  const pooled = new Set(
    plan.tenants.flatMap((tenant) => (tenant.storage.kind === "pool" ? tenant.machines.map(({ name }) => name) : [])),
  );
  return machines.flatMap(({ name, rootDiskGib, data }) => {
    const hasPool = pooled.has(name) || (data?.pool !== undefined && data.pool in plan.storage.blocks);
    const root = { name, gib: rootDiskGib };
    return data === undefined || hasPool ? [root] : [root, { name: data.name, gib: data.sizeGib }];
  });
}

/** GiB of these that are there already. */
async function present(exam: Exam, pools: readonly Row[], volumes: readonly VolumePlan[]): Promise<number> {
  const { instanceIds } = await oursIn(exam);
  if (instanceIds.size === 0) return 0;
  const rows = await exam.cloud.rows("listVolumes", { listall: true });
  const storages = new Set(pools.map(({ name }) => name));
  const names = new Set(volumes.map(({ name }) => name));
  const own = rows.filter(
    (row) =>
      storages.has(row.storage) &&
      (names.has(String(row.name)) || (row.type === "ROOT" && instanceIds.has(row.virtualmachineid))),
  );
  return own.reduce((sum, { size }) => sum + amountOf(size), 0) / gib;
}
