import { type Exam, zoneOf } from "../exam.ts";
import { blocking, ok, type Result } from "../finding.ts";
import { sharesOf } from "../gpu-way.ts";
import { oursIn, takenBy } from "../ours.ts";
import { amountOf } from "../questions.ts";
import { override } from "../remedies.ts";

/** Number of the kind that came with the GPU API. */
const gpus = 19;

interface Need {
  /** CloudStack's number of the kind (`Capacity.java`). */
  readonly type: number;
  readonly asked: string;
  readonly amount: number;
  readonly unit: string;
  /** Of the server's unit in ours. */
  readonly per: number;
  /** Setting that names the share from which on nothing more is given out. */
  readonly threshold?: string;
  readonly requirement: string;
  readonly remedy: string;
}

/** What the zone as a whole can still give. Where on its hosts is the placement's question. */
export const capacity = {
  name: "capacity",
  subject: "capacity",
  async ask(exam: Exam): Promise<Result[]> {
    const { id: zoneid } = await zoneOf(exam);
    const rows = await exam.cloud.rows("listCapacity", { zoneid });
    const needs = (await needsOf(exam)).filter(
      // Only servers with the GPU API count GPUs; what the others lack is for the checks of their devices to say.
      ({ type, amount }) => type !== gpus || (amount > 0 && rows.some((row) => row.type === gpus)),
    );
    return Promise.all(
      needs.map(async (need) => {
        const row = rows.find(({ type }) => type === need.type);
        const share = need.threshold === undefined ? 1 : Number((await exam.cloud.setting(need.threshold)) ?? 1);
        const total = (amountOf(row?.capacitytotal) * share) / need.per;
        return judged(need, total, amountOf(row?.capacityused) / need.per, share);
      }),
    );
  },
} as const;

function judged(
  { asked, amount, unit, requirement, remedy }: Need,
  total: number,
  used: number,
  share: number,
): Result {
  const free = Math.floor(total - used);
  const value = `${free} of ${Math.floor(total)} ${unit} free`;
  if (free >= amount) return ok(asked, `${value}, ${amount} needed`, { requirement });
  const limit = share < 1 ? ` (the server stops at ${Math.round(share * 100)} %)` : "";
  return blocking({ asked, value, rule: `${amount} ${unit} for what is not there yet${limit}`, remedy, requirement });
}

async function needsOf(exam: Exam): Promise<Need[]> {
  const { plan, machines } = exam;
  const ours = await oursIn(exam);
  const taken = ours.instances.map(takenBy);
  const gib = machines.reduce((sum, { memoryGib }) => sum + memoryGib, 0);
  const mhz = plan.totals.vcpus * plan.infrastructure.cpuSpeedMhz;
  const ownGib = taken.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 30;
  const ownMhz = taken.reduce((sum, one) => sum + one.mhz, 0);
  const shares = sharesOf(exam).reduce((sum, { share }) => sum + share.count, 0);
  // A stopped instance keeps what it has.
  const ownShares = ours.instances.reduce((sum, { gpucount }) => sum + amountOf(gpucount), 0);
  const hosts = "add hosts, free what others use, or ask for less in the profile";
  return [
    {
      type: 0,
      asked: "memory of the zone",
      amount: Math.max(0, Math.ceil(gib - ownGib)),
      unit: "GiB",
      per: 2 ** 30,
      threshold: "cluster.memory.allocated.capacity.disablethreshold",
      requirement: "P8",
      remedy: hosts,
    },
    {
      type: 1,
      asked: "processors of the zone",
      amount: Math.max(0, mhz - ownMhz),
      unit: "MHz",
      per: 1,
      threshold: "cluster.cpu.allocated.capacity.disablethreshold",
      requirement: "P8",
      remedy: `${hosts}; a vCPU takes infrastructure.cpuSpeedMhz: ${override("infrastructure.cpuSpeedMhz", "MHZ")}`,
    },
    {
      type: 4,
      asked: "public addresses",
      // The entrance, and what the VPC translates to.
      amount: ours.vpc === undefined ? 2 : 0,
      unit: "addresses",
      per: 1,
      requirement: "P4.1",
      remedy: "cmk create vlaniprange …: more public addresses for the zone",
    },
    {
      type: gpus,
      asked: "cards and slices of the zone",
      amount: Math.max(0, shares - ownShares),
      unit: "cards and slices",
      per: 1,
      requirement: "P5.2",
      remedy: "add cards or cut some up on the hosts, free what others use, or ask for less in the profile",
    },
  ];
}
