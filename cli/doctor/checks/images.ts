import { type Exam, zoneOf } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { amountOf, namesOf, type Row } from "../questions.ts";
import { cmk, override, some } from "../remedies.ts";

/** What machines start from and what the VPC is made from: the site's own template and VPC offering. */
export const images = {
  name: "images",
  subject: "zone",
  ask: async (exam: Exam): Promise<Result[]> => [...(await template(exam)), ...(await vpcOffering(exam))],
} as const;

async function template(exam: Exam): Promise<Result[]> {
  const { cloud, plan, machines } = exam;
  const { template: name, hypervisor } = plan.infrastructure;
  const { id: zoneid } = await zoneOf(exam);
  const rows = await cloud.rows("listTemplates", { templatefilter: "executable", zoneid });
  const usable = rows.filter((row) => String(row.hypervisor).toLowerCase() === hypervisor.toLowerCase());
  const named = usable.filter((row) => row.name === name || row.id === name);
  const asked = `template ${name}`;
  const requirement = "T7";
  if (named.length === 0) {
    const ready = namesOf(usable.filter(({ isready }) => isready === true));
    const value = rows.some((row) => row.name === name || row.id === name)
      ? `not for ${hypervisor}`
      : "the zone has none of this name";
    const remedy = override("infrastructure.template", ready[0] ?? "NAME");
    return [fixable({ asked, value, rule: `a template that is ready: ${some(ready)}`, remedy, requirement })];
  }
  const [ready, ...others] = offered(named.filter(({ isready }) => isready === true));
  if (ready === undefined) {
    const { status, id } = named[0] ?? {};
    const remedy = `wait for its download: ${cmk("list templates", { templatefilter: "all", id: String(id) })}`;
    return [fixable({ asked, value: String(status ?? "not ready"), rule: "ready in the zone", remedy, requirement })];
  }
  if (others.length > 0) {
    const ids = [ready, ...others].map(({ id, account }) => `${id} of ${account}`).sort();
    const remedy = override("infrastructure.template", String(ready.id));
    return [fixable({ asked, value: some(ids), rule: "one of this name", remedy, requirement })];
  }
  const gib = Math.ceil(amountOf(ready.size) / 2 ** 30);
  const small = machines.filter(({ rootDiskGib }) => rootDiskGib < gib);
  if (small.length === 0) return [ok(asked, `ready, ${gib} GiB`, { requirement })];
  const rule = `no larger than the root disks: ${some(small.map((one) => `${one.name} ${one.rootDiskGib} GiB`))}`;
  const remedy = `disk: ${gib} GiB for these machines (strata:overrides), or ${override("infrastructure.template", "NAME")}`;
  return [fixable({ asked, value: `${gib} GiB`, rule, remedy, requirement })];
}

/** Those that the administrators feature, if there are any: everybody may publish one. As the program's look-up has it. */
function offered(ready: Row[]): Row[] {
  const featured = ready.filter(({ isfeatured }) => isfeatured === true);
  return featured.length > 0 ? featured : ready;
}

async function vpcOffering({ cloud, plan }: Exam): Promise<Result[]> {
  const { vpcOffering: name } = plan.infrastructure;
  const rows = await cloud.rows("listVPCOfferings");
  const found = rows.find((row) => row.name === name);
  const asked = `VPC offering ${name}`;
  if (isEnabled(found)) return [ok(asked, "enabled")];
  if (found !== undefined) {
    const remedy = cmk("update vpcoffering", { id: String(found.id), state: "Enabled" });
    return [fixable({ asked, value: String(found.state), rule: "enabled", remedy })];
  }
  const names = namesOf(rows.filter(isEnabled));
  const remedy = override("infrastructure.vpcOffering", names[0] ?? "NAME");
  return [fixable({ asked, value: "there is none of this name", rule: `one of ${some(names)}`, remedy })];
}

function isEnabled(row: Row | undefined): boolean {
  return row?.state === "Enabled";
}
