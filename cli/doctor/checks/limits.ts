import { type Kind, numberOf as numberOfKind } from "../../../provider/cloudstack/limits.ts";
import { callerOf, domainsOf } from "../caller.ts";
import type { Exam } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { type Ours, oursIn } from "../ours.ts";
import { amountOf, numberOf, type Row } from "../questions.ts";
import { cmk } from "../remedies.ts";

type Amounts = Partial<Record<Kind, number>>;

/** How accounts and domains show what is left of each kind: `cpuavailable`, or "Unlimited". */
const words: Partial<Record<Kind, string>> = {
  instances: "vm",
  publicIps: "ip",
  volumes: "volume",
  networks: "network",
  vpcs: "vpc",
  cpus: "cpu",
  memoryMib: "memory",
  primaryStorageGib: "primarystorage",
  gpus: "gpu",
};

/**
 * Whether the limits above the plan leave room for it: those of the caller's account, which the platform's own machines
 * count against, and those of each domain up to ROOT, where the tenants' limits come on top.
 */
export const limits = {
  name: "limits",
  subject: "limits",
  async ask(exam: Exam): Promise<Result[]> {
    const caller = await callerOf(exam);
    if (caller === undefined) return [];
    const ours = await oursIn(exam);
    const platform = platformNeeds(exam);
    const tenants = tenantNeeds(exam);
    const accounts = await exam.cloud.rows("listAccounts", { listall: true });
    const own = accounts.filter(({ name, domainid }) => name === caller.account && domainid === caller.domainId);
    const chain = await domainsOf(exam, caller.domainId);
    const holders = [
      ...own.map((row) => ({ row, what: `account ${caller.account}`, needs: platform, account: caller.account })),
      // New domains stand below ROOT, wherever the caller does.
      ...chain.map((row) => ({
        row,
        what: `domain ${row.path ?? row.name}`,
        needs: row.parentdomainid === undefined ? sumOf(platform, tenants) : platform,
        account: undefined,
      })),
    ];
    return holders.map(({ row, what, needs, account }) => {
      const domainid = account === undefined ? String(row.id) : caller.domainId;
      return judged(row, { what, needs: less(needs, ours, exam), target: { domainid, account } });
    });
  },
} as const;

interface Holder {
  what: string;
  needs: Amounts;
  target: { domainid: string; account: string | undefined };
}

function judged(row: Row, { what, needs, target }: Holder): Result {
  const asked = `limits of ${what}`;
  const short = Object.entries(needs).flatMap(([kind, need]) => {
    const word = words[kind as Kind] ?? "";
    const left = numberOf(row[`${word}available`]);
    return Number.isNaN(left) || left >= need ? [] : [{ kind: kind as Kind, need, left, limit: row[`${word}limit`] }];
  });
  if (short.length === 0) return ok(asked, "room for the plan", { requirement: "P1.7" });
  const value = short.map(({ kind, left, limit }) => `${left} of ${limit} ${kind} left`).join(", ");
  const rule = short.map(({ kind, need }) => `${need} ${kind}`).join(", ");
  const remedy = short
    .map(({ kind, need, left, limit }) => {
      const max = amountOf(limit) - left + need;
      return cmk("update resourcelimit", { ...target, resourcetype: numberOfKind(kind), max });
    })
    .join("; ");
  return fixable({ asked, value, rule: `room for ${rule} more`, remedy, requirement: "P1.7" });
}

/** What lands in the caller's own account. */
function platformNeeds({ plan }: Exam): Amounts {
  const machines = [plan.gate, plan.sharedAi, plan.edge].flatMap((layer) => layer.machines);
  const sum = (pick: (machine: (typeof machines)[number]) => number) =>
    machines.reduce((total, machine) => total + pick(machine), 0);
  return {
    instances: machines.length,
    // The entrance, and what the VPC translates to.
    publicIps: 2,
    volumes: sum(({ data }) => (data === undefined ? 1 : 2)),
    networks: plan.network.zones.length,
    vpcs: 1,
    cpus: sum(({ cpus }) => cpus),
    memoryMib: sum(({ memoryGib }) => memoryGib * 1024),
    primaryStorageGib: sum(({ rootDiskGib, data }) => rootDiskGib + (data?.sizeGib ?? 0)),
    gpus: sum(({ gpu }) => gpu?.count ?? 0),
  };
}

/** What the tenants may use at most: their limits must hold beside each other. */
function tenantNeeds({ plan }: Exam): Amounts {
  const networks = plan.tenants.filter(({ zone }) => zone !== undefined).length;
  return plan.tenants.reduce<Amounts>((sum, { limits: one }) => sumOf(sum, { ...one }), { networks });
}

function sumOf(one: Amounts, other: Amounts): Amounts {
  const kinds = [...new Set([...Object.keys(one), ...Object.keys(other)])] as Kind[];
  return Object.fromEntries(kinds.map((kind) => [kind, (one[kind] ?? 0) + (other[kind] ?? 0)]));
}

/** Without what is there already: exactly for instances, wholly for what comes before the first of them. */
function less(needs: Amounts, ours: Ours, { plan, machines }: Exam): Amounts {
  if (ours.vpc === undefined) return needs;
  const known = new Set(plan.tenants.flatMap((tenant) => tenant.machines.map(({ name }) => name)));
  const counts =
    needs.instances === machines.length - known.size ? (row: Row) => !known.has(String(row.name)) : () => true;
  const present = ours.instances.filter(counts);
  const sum = (field: string) => present.reduce((total, row) => total + amountOf(row[field]), 0);
  const rest: Amounts = {
    instances: (needs.instances ?? 0) - present.length,
    cpus: (needs.cpus ?? 0) - sum("cpunumber"),
    memoryMib: (needs.memoryMib ?? 0) - sum("memory"),
  };
  return Object.fromEntries(Object.entries(rest).map(([kind, need]) => [kind, Math.max(0, need)]));
}
