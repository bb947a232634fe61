import type { Exam } from "../exam.ts";
import { blocking, ok, type Result } from "../finding.ts";
import { sharesOf } from "../gpu-way.ts";
import { livePlacement } from "../live-placement.ts";

/** Whether every machine finds a host as they are now: free vCPUs, memory and cards, replicas apart (T3). */
export const placement = {
  name: "placement",
  subject: "capacity",
  async ask(exam: Exam): Promise<Result[]> {
    const { mistakes, hosts, withGpu } = await livePlacement(exam);
    const asked = "a place for every machine on the hosts as they are";
    const requirement = "T3";
    const what = sharesOf(exam).length > 0 && withGpu ? "vCPU, memory and cards" : "vCPU and memory";
    if (mistakes.length === 0) {
      return [ok(asked, `${exam.machines.length} machines fit on ${hosts} hosts by ${what}`, { requirement })];
    }
    return mistakes.map(({ path, rule, remedy }) =>
      blocking({
        asked: `a place for ${path}`,
        value: "none on the hosts as they are",
        rule,
        remedy: remedy ?? "add hosts, free what others use, or ask for less in the profile",
        requirement,
      }),
    );
  },
} as const;
