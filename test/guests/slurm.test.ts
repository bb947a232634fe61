import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { cloudInit } from "../../src/guests/cloud-init.ts";
import { machinesOf, planProfile } from "../../src/plan/plan.ts";
import { type Cluster, runsSlurm, startSlurm } from "./cluster.ts";
import { contentOf, read } from "./support.ts";

/** The scheduler of the enterprise profile (P5.4, P5.5): what is written for it, and Slurm itself with that. */
const plan = planProfile(loadProfile({ profile: "enterprise" }));
const guestOf = (name: string) => {
  const machine = machinesOf(plan).find((candidate) => candidate.name === name);
  if (machine === undefined) throw new Error(`no ${name}`);
  return read(cloudInit(machine, plan.guests));
};
const scheduler = guestOf("ai-scheduler-01");
const accounts = contentOf(scheduler, "/usr/local/sbin/slurm-accounts");
const configuration = contentOf(scheduler, "/etc/slurm/slurm.conf");

test("classes, and who gives way to whom, are those of P5.5", () => {
  expect(accounts).toMatch(
    /^manage modify qos critical set Priority=100 Preempt=high,normal,low,tenant-a,tenant-b,tenant-c .*GraceTime=300 MaxWall=48:00:00/m,
  );
  expect(accounts).toMatch(/^manage modify qos high set Priority=50 Preempt=normal,low,tenant-a,tenant-b,tenant-c /m);
  expect(accounts).toMatch(/^manage modify qos normal set Priority=10 Flags/m);
  expect(accounts).toMatch(/^manage modify qos low set Priority=1 Flags/m);
});

test("each tenant has its quota beyond its own slices, in whole cards, and lent ones at low priority (P5.4)", () => {
  for (const [key, share, jobs] of [
    ["a", 24, 2],
    ["b", 24, 2],
    ["c", 16, 1],
  ] as const) {
    expect(accounts).toMatch(
      new RegExp(`^manage modify qos tenant-${key} set Priority=10 Preempt=low .* GrpTRES=gres/gpu=1$`, "m"),
    );
    expect(accounts).toContain(
      `manage modify account tenant-${key} set Fairshare=${share} QosLevel=tenant-${key},low DefaultQOS=tenant-${key} GrpJobs=${jobs} GrpSubmitJobs=-1 GrpTRES=gres/gpu=1\n`,
    );
  }
  expect(accounts).toContain("modify account root set GrpSubmitJobs=100\n");
});

test("the night's reservation holds the four cards of both training machines for the platform", () => {
  expect(accounts).toMatch(
    /create ReservationName=nightly-training StartTime=02:00:00 Flags=DAILY,\S* Nodes=ai-train-01,ai-train-02 Accounts=platform Duration=04:00:00\n/,
  );
});

test("batch jobs have 40 % of an inference machine and of its card, and are the platform's", () => {
  expect(configuration).toMatch(/^NodeName=ai-infer-01 .* CPUs=1 RealMemory=12246 Gres=gpu:1 /m);
  expect(configuration).toMatch(/^PartitionName=inference Nodes=ai-infer-01,ai-infer-02 .* AllowAccounts=platform$/m);
  const unit = contentOf(guestOf("ai-infer-01"), "/etc/systemd/system/strata-mps.service");
  expect(unit).toContain("Environment=CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=40\n");
  expect(unit).toContain("Environment=CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=0=16384M\n");
});

test("all machines of the cluster know the same, to the letter, and the same users", () => {
  const users = contentOf(scheduler, "/etc/sysusers.d/strata-jobs.conf");
  expect(users).toMatch(/^u jobs-tenant-b 20021 /m);
  for (const name of ["ai-train-01", "ai-train-02", "ai-infer-01", "ai-infer-02"]) {
    expect(contentOf(guestOf(name), "/etc/slurm/slurm.conf")).toBe(configuration);
    expect(contentOf(guestOf(name), "/etc/sysusers.d/strata-jobs.conf")).toBe(users);
  }
});

const slurmTest = test.skipIf(!runsSlurm);
let cluster: Cluster;
beforeAll(async () => {
  if (!runsSlurm) return;
  cluster = await startSlurm(scheduler);
  expect(cluster.setUp()).toMatchObject({ status: 0, err: "" });
}, 240_000);
afterAll(() => cluster?.stop(), 90_000);
beforeEach(() => vi.setConfig({ testTimeout: 200_000 }));
afterEach(async () => {
  if (!runsSlurm) return;
  cluster.run("sh", "-c", "squeue --noheader --format=%i | xargs --no-run-if-empty scancel --full");
  await vi.waitUntil(() => cluster.run("squeue", "--noheader").out === "", { timeout: 60_000, interval: 200 });
}, 60_000);

/** State and reason of a job, once it is as expected. */
async function becomes(job: string, expected: RegExp): Promise<void> {
  const told = () => cluster.run("squeue", "--noheader", "--jobs", job, "--format=%T %r").out;
  await vi.waitFor(() => expect(told()).toMatch(expected), { timeout: 60_000, interval: 200 });
}

slurmTest("set up again, nothing changes", () => {
  const all = () => ["qos", "assoc"].map((what) => cluster.run("sacctmgr", "-nP", "list", what).out);
  const before = all();
  expect(cluster.setUp()).toMatchObject({ status: 0, err: "" });
  expect(all()).toEqual(before);
  expect(cluster.run("scontrol", "--oneliner", "show", "reservation").out).toMatch(
    /^ReservationName=nightly-training StartTime=\S+T02:00:00 EndTime=\S+T06:00:00 Duration=04:00:00 Nodes=ai-train-\[01-02\].*Flags=\S*DAILY.*Accounts=platform/,
  );
});

slurmTest("a tenant's job above its quota waits, one that could never run is refused (AI-05)", async () => {
  const { send } = cluster;
  const [first, second] = [send("jobs-tenant-a", "--gres=gpu:1").out, send("jobs-tenant-a", "--gres=gpu:1").out];
  // Beside serving there is room for the platform's batch jobs alone.
  const batch = send("jobs-platform", "--partition=inference", "--gres=gpu:1").out;
  for (const job of [first, batch]) await becomes(job, /^RUNNING/);
  await becomes(second, /^PENDING (QOS|Assoc)Grp/);
  expect(send("jobs-tenant-a", "--gres=gpu:2")).toMatchObject({ status: 1, err: expect.stringMatching(/GrpGRES/) });
  expect(send("jobs-tenant-a", "--time=49:00:00")).toMatchObject({
    status: 1,
    err: expect.stringMatching(/MaxWall|limit/i),
  });
  expect(send("jobs-tenant-a", "--qos=critical")).toMatchObject({
    status: 1,
    err: expect.stringMatching(/Invalid qos/),
  });
  expect(send("jobs-tenant-a", "--account=tenant-b").status).toBe(1);
  expect(send("jobs-tenant-a", "--partition=inference").status).toBe(1);
});

slurmTest("more jobs than may queue are refused", () => {
  expect(cluster.send("jobs-platform", "--array=1-101")).toMatchObject({
    status: 1,
    err: expect.stringMatching(/AssocGrpSubmitJobsLimit/),
  });
});

slurmTest("who has a right to cards takes lent ones back, and what waits goes by class (GPU-04, P5.5)", async () => {
  const { send } = cluster;
  const lent = ["1", "2"].map(() => send("jobs-platform", "--qos=low", "--gres=gpu:2").out);
  for (const job of lent) await becomes(job, /^RUNNING/);
  const low = send("jobs-platform", "--qos=low", "--gres=gpu:1").out;
  const high = send("jobs-platform", "--qos=high", "--gres=gpu:2").out;
  const tenant = send("jobs-tenant-b", "--gres=gpu:1").out;
  await becomes(tenant, /^RUNNING/);
  await becomes(high, /^RUNNING/);
  await becomes(low, /^(PENDING|RUNNING)/);
  // What gave way starts again later, by itself.
  await becomes(lent.join(","), /PENDING/);
});

slurmTest("what has waited for a day is cancelled, what is held is not", async () => {
  const { send, run } = cluster;
  await becomes(send("jobs-tenant-a", "--gres=gpu:1").out, /^RUNNING/);
  // Of an array each job goes by itself.
  const array = send("jobs-tenant-a", "--gres=gpu:1", "--array=7-8").out;
  await becomes(array, /^PENDING QOSGrp/);
  const held = send("jobs-tenant-a", "--hold").out;
  const script = contentOf(scheduler, "/usr/local/sbin/slurm-queue");
  const after = (hours: number) =>
    run("sh", "-c", script.replace("$(date +%s)", `$(($(date +%s) + ${hours} * 3600))`), "slurm-queue", "24");
  expect(after(23)).toEqual({ status: 0, out: "", err: "" });
  expect(after(25)).toMatchObject({
    status: 0,
    out: expect.stringMatching(
      new RegExp(`^job ${array}_7 has waited since \\S+: cancelled\njob ${array}_8 has waited since \\S+: cancelled$`),
    ),
  });
  expect(run("squeue", "--noheader", "--jobs", held, "--format=%T").out).toBe("PENDING");
});
