import type { Exam } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { clusterRows } from "../live-hosts.ts";
import { livePlacement } from "../live-placement.ts";
import { amountOf, type Row } from "../questions.ts";
import { cmk } from "../remedies.ts";

/** The clusters' overcommit factors against those that the profile plans with (T1). */
export const overcommit = {
  name: "overcommit",
  subject: "hosts",
  async ask(exam: Exam): Promise<Result[]> {
    const clusters = await clusterRows(exam);
    const fits = (await livePlacement(exam)).mistakes.length === 0;
    return clusters.flatMap((cluster) => factorsOf(exam, cluster, fits));
  },
} as const;

function factorsOf({ plan }: Exam, cluster: Row, fits: boolean): Result[] {
  const { cpu, memory } = plan.infrastructure.overcommit;
  const which = plan.server.clusters?.which;
  const isSet = which === "all" || which === cluster.name;
  return [
    { word: "vCPU", name: "cpu.overprovisioning.factor", planned: cpu, is: amountOf(cluster.cpuovercommitratio) },
    {
      word: "memory",
      name: "mem.overprovisioning.factor",
      planned: memory,
      is: amountOf(cluster.memoryovercommitratio),
    },
  ].map(({ word, name, planned, is }) => {
    const asked = `overcommit of ${word} in ${cluster.name}`;
    const value = `${is}, planned with ${planned}`;
    const requirement = "T1";
    if (isSet) return ok(asked, `${is}, the stack sets ${planned}`, { requirement });
    if (is === planned) return ok(asked, `${is}`, { requirement });
    const remedy = cmk("update configuration", { name, clusterid: String(cluster.id), value: planned });
    if (is < planned && fits)
      return ok(asked, value, { advice: `enough for this plan; for more: ${remedy}`, requirement });
    const rule =
      is < planned
        ? `${planned}, or the plan finds no room`
        : `${planned}: what is given out twice is not there when all want it`;
    return fixable({ asked, value, rule, remedy, requirement });
  });
}
