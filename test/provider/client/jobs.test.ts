import { describe, expect, test } from "vitest";
import { isCloudStackError } from "../../../provider/cloudstack/client/errors.ts";
import { Pace } from "../../../provider/cloudstack/client/pace.ts";
import { eventually } from "../../support/processes.ts";
import { answer, type Parameters, scriptedServer } from "./scripted-server.ts";

/** A server on which every job takes `duration()` ms from its acceptance. */
function jobServer(
  duration: () => number,
  end: Record<string, unknown> = { jobstatus: 1, jobresult: { vpc: { id: "v" } } },
) {
  const ends = new Map<string, number>();
  return scriptedServer((p: Parameters) => {
    if (p.command !== "queryAsyncJobResult") {
      const jobid = `job-${ends.size}`;
      ends.set(jobid, Date.now() + duration());
      return answer(p.command, { id: "v", jobid });
    }
    const running = Date.now() < (ends.get(p.jobid ?? "") ?? 0);
    return answer(p.command, running ? { jobid: p.jobid, jobstatus: 0 } : { jobid: p.jobid, ...end });
  });
}

test("the id is told at acceptance, the result at the end", async () => {
  await using server = await jobServer(() => 20);
  const seen: unknown[] = [];
  const result = await server.client().job("createTags", {}, { onAccepted: ({ id, jobId }) => seen.push(id, jobId) });
  expect(seen).toEqual(["v", "job-0"]);
  expect(result).toEqual({ vpc: { id: "v" } });
});

test("a failed job is an error with command, code, text, job and object", async () => {
  const jobresult = { errorcode: 530, errortext: "Failed to delete network" };
  await using server = await jobServer(() => 0, { jobstatus: 2, jobresultcode: 530, jobresult, jobinstanceid: "n" });
  const error: unknown = await server
    .client()
    .job("deleteNetwork", { id: "n" })
    .catch((e: unknown) => e);
  expect(isCloudStackError(error, "in-use") && error.facts).toMatchObject({
    command: "deleteNetwork",
    errorCode: 530,
    text: "Failed to delete network",
    jobId: "job-0",
    instanceId: "n",
  });
});

test("T#40 a caller's time limit ends the wait and keeps the job's id", async () => {
  await using server = await jobServer(() => 60_000);
  const error: unknown = await server
    .client()
    .job("createKubernetesCluster", {}, { signal: AbortSignal.timeout(1500) })
    .catch((e: unknown) => e);
  expect(isCloudStackError(error, "job-timeout") && error.facts.jobId).toBe("job-0");
});

test("a cancelled wait keeps the job's id", async () => {
  await using server = await jobServer(() => 60_000);
  const cancel = new AbortController();
  const waiting = server
    .client()
    .job("createVPC", {}, { signal: cancel.signal })
    .catch((e: unknown) => e);
  await eventually("the job is asked about", () => server.count("queryAsyncJobResult") > 0);
  cancel.abort();
  const error: unknown = await waiting;
  expect(isCloudStackError(error, "cancelled") && error.facts.jobId).toBe("job-0");
});

test.each([60, 400, 900])(
  "of many equal jobs of %i ms one is watched, the others are asked about when it has ended",
  // How often is asked goes by the clock: a machine that stands still for a moment asks once more.
  { retry: 2 },
  async (ms) => {
    await using server = await jobServer(() => ms);
    const client = server.client();
    await Promise.all(Array.from({ length: 20 }, () => client.job("createTags", {})));
    expect(server.count("queryAsyncJobResult")).toBeLessThan(1.5 * 20);
  },
);

describe("pace", () => {
  /** Runs `jobs` jobs, one after the other, through a pace; mean questions per job and mean time lost after a job's end. */
  function simulate(duration: () => number, jobs: number): { questions: number; lost: number } {
    const pace = new Pace();
    let questions = 0;
    let lost = 0;
    for (let job = 0; job < jobs; job++) {
      const end = duration();
      let wasSeenRunning = false;
      let now = pace.first("any");
      for (let asked = 1; ; asked++) {
        questions++;
        if (now >= end) break;
        wasSeenRunning = true;
        now += pace.next(now, asked);
      }
      pace.learn("any", now, wasSeenRunning);
      lost += now - end;
    }
    return { questions: questions / jobs, lost: lost / jobs };
  }

  test.each([200, 1_000, 3_000])("a steady %i ms job costs less than two questions and little time", (ms) => {
    const { questions, lost } = simulate(() => ms, 200);
    expect(questions).toBeLessThan(1.8);
    expect(lost).toBeLessThan(Math.max(40, ms * 0.05));
  });

  test("jobs between half and double their usual time cost less than three questions", () => {
    // Evenly spread, in an order that is not sorted.
    const durations = Array.from({ length: 500 }, (_, i) => 1_000 * 2 ** (((i * 37) % 101) / 50 - 1));
    const { questions, lost } = simulate(() => durations.pop() ?? 0, 500);
    expect(questions).toBeLessThan(3);
    expect(lost).toBeLessThan(500);
  });

  test("a job of ten minutes is not asked about a thousand times", () => {
    expect(simulate(() => 600_000, 1).questions).toBeLessThan(150);
  });
});
