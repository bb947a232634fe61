import { type Exam, zoneOf } from "../exam.ts";
import { blocking, fixable, ok, type Result } from "../finding.ts";
import { namesOf } from "../questions.ts";
import { cmk, override, some } from "../remedies.ts";

/** The zone of the profile, and what runs machines in it. */
export const zone = {
  name: "zone",
  subject: "zone",
  async ask({ cloud, plan, ...exam }: Exam): Promise<Result[]> {
    const { zone: name } = plan.infrastructure;
    const zones = await cloud.rows("listZones");
    const found = zones.find((row) => row.name === name);
    const asked = `zone ${name}`;
    if (found === undefined) {
      const names = namesOf(zones);
      const remedy = override("infrastructure.zone", names[0] ?? "NAME");
      const value = "there is none of this name";
      return [fixable({ asked, value, rule: `a zone of the server: ${some(names)}`, remedy })];
    }
    const { id, allocationstate: state, networktype: type } = found;
    const results: Result[] = [];
    if (state !== "Enabled") {
      const remedy = cmk("update zone", { id: String(id), allocationstate: "Enabled" });
      results.push(fixable({ asked, value: `${state}`, rule: "Enabled, so that machines can start in it", remedy }));
    }
    if (type !== "Advanced") {
      const rule = "Advanced: a Basic zone has no VLANs and no VPCs";
      results.push(blocking({ asked, value: `${type}`, rule, remedy: "choose another zone", requirement: "P7" }));
    }
    if (results.length === 0) results.push(ok(asked, "enabled, with advanced networking"));
    return [...results, ...(await hypervisorOf({ cloud, plan, ...exam }))];
  },
} as const;

async function hypervisorOf(exam: Exam): Promise<Result[]> {
  const { hypervisor } = exam.plan.infrastructure;
  const { id } = await zoneOf(exam);
  const clusters = await exam.cloud.rows("listClusters", { zoneid: id });
  const kinds = [...new Set(clusters.map(({ hypervisortype }) => String(hypervisortype)))].sort();
  const asked = "hypervisor of the zone's clusters";
  if (kinds.some((kind) => kind.toLowerCase() === hypervisor.toLowerCase())) return [ok(asked, hypervisor)];
  const wrong = { asked, value: some(kinds), rule: `${hypervisor}, as the profile has it` };
  return [fixable({ ...wrong, remedy: override("infrastructure.hypervisor", kinds[0] ?? "KVM") })];
}
