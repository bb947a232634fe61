import { type Exam, zoneOf } from "./exam.ts";
import { type Row, wordsOf } from "./questions.ts";

export interface PrimaryPools {
  /** Of the zone. */
  readonly all: readonly Row[];
  readonly up: readonly Row[];
  /** Those that root disks, and data without a pool of its own, can land in. */
  readonly usable: readonly Row[];
  /** Up, but a host's own: the offerings ask for shared storage, so that nothing lands there. */
  readonly local: readonly Row[];
}

/** The zone's primary storage as the plan's offerings see it: by state, tag and whether it is shared. @throws CloudStackError */
export async function primaryPools(exam: Exam): Promise<PrimaryPools> {
  const { id: zoneid } = await zoneOf(exam);
  const all = await exam.cloud.rows("listStoragePools", { zoneid });
  const tag = exam.plan.catalogue.storageTag;
  const up = all.filter(({ state }) => state === "Up");
  const local = up.filter(({ scope }) => scope === "HOST");
  const usable = up.filter((row) => !local.includes(row) && (tag === undefined || wordsOf(row.tags).includes(tag)));
  return { all, up, usable, local };
}
