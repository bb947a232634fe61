import { type Exam, zoneOf } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { networkNamesOf } from "../ours.ts";
import type { Row } from "../questions.ts";
import { cmk } from "../remedies.ts";

interface Vlan {
  readonly id: number;
  /** Key of the zone, or name of the tenant. */
  readonly zone: string;
  /** Where the profile has it. */
  readonly path: string;
}

/** The fixed VLANs of the plan: outside the ranges that the server gives out by itself, and in nobody else's use. */
export const vlans = {
  name: "vlans",
  subject: "network",
  async ask(exam: Exam): Promise<Result[]> {
    const wanted = vlansOf(exam);
    const results = [...(await inDynamicRange(exam, wanted)), ...(await inUse(exam, wanted))];
    if (results.length > 0) return results;
    const value = `${wanted.map(({ id }) => id).join(", ")}: nobody else's, outside the dynamic ranges`;
    return [ok("VLANs of the plan", value, { requirement: "P7" })];
  },
} as const;

function vlansOf({ plan }: Exam): Vlan[] {
  return [
    ...plan.network.zones.map(({ key, vlan }) => ({ id: vlan, zone: key, path: `network.zones[${key}].vlan` })),
    ...plan.tenants.flatMap(({ key, name, zone }) =>
      zone === undefined ? [] : [{ id: zone.vlan, zone: name, path: `tenants[${key}].vlan` }],
    ),
  ];
}

async function inDynamicRange(exam: Exam, wanted: readonly Vlan[]): Promise<Result[]> {
  const { id: zoneid } = await zoneOf(exam);
  const networks = await exam.cloud.rows("listPhysicalNetworks", { zoneid });
  return networks.flatMap(({ id, name, vlan }) => {
    const ranges = rangesOf(vlan);
    const taken = wanted.filter((one) => ranges.some(([first, last]) => one.id >= first && one.id <= last));
    if (taken.length === 0) return [];
    const rest = ranges.flatMap((range) =>
      without(
        range,
        taken.map((one) => one.id),
      ),
    );
    const shown = rest.map(([first, last]) => `${first}-${last}`).join(",");
    return [
      fixable({
        asked: `dynamic VLAN range of ${name}`,
        value: `${vlan}, with ${list(taken)} in it`,
        rule: "a fixed VLAN id lies outside the range that CloudStack gives out by itself",
        remedy: `${cmk("update physicalnetwork", { id: String(id), vlan: shown })}, or other ids in ${taken[0]?.path}`,
        requirement: "P7",
      }),
    ];
  });
}

/** Public and storage traffic, shared networks, other VPCs. */
async function inUse(exam: Exam, wanted: readonly Vlan[]): Promise<Result[]> {
  const { cloud, plan } = exam;
  const { id: zoneid } = await zoneOf(exam);
  const ours = networkNamesOf(plan);
  const networks = await cloud.rows("listNetworks", { listall: true, zoneid });
  const ranges = (await cloud.commands()).has("listVlanIpRanges")
    ? await cloud.rows("listVlanIpRanges", { zoneid, forvirtualnetwork: true })
    : [];
  const users = [
    ...networks
      .filter(({ name }) => !ours.has(String(name)))
      .map((row) => ({ vlan: vlanOf(row), user: `network ${row.name} of ${row.account ?? "the system"}` })),
    ...ranges.map((row) => ({ vlan: vlanOf(row), user: `the public range from ${row.startip}` })),
  ];
  return wanted.flatMap(({ id, zone, path }) => {
    const user = users.find((one) => one.vlan === id);
    if (user === undefined) return [];
    const remedy = `another id in ${path} (strata:overrides), or remove ${user.user}`;
    const rule = "a VLAN carries one network";
    return [
      fixable({ asked: `VLAN ${id} of ${zone}`, value: `used by ${user.user}`, rule, remedy, requirement: "P7" }),
    ];
  });
}

/** `vlan://20`, or `20`; administrators see the number in a field of its own. */
function vlanOf({ vlan, broadcasturi }: Row): number | undefined {
  const text = String(vlan ?? broadcasturi ?? "");
  const number = /^(?:vlan:\/\/)?(\d+)$/.exec(text)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** `500-1000,1200-1300`. */
function rangesOf(text: unknown): [number, number][] {
  return [...String(text ?? "").matchAll(/(\d+)(?:-(\d+))?/g)].map(([, first, last]) => [
    Number(first),
    Number(last ?? first),
  ]);
}

/** What is left of a range, in pieces. */
function without([first, last]: [number, number], ids: readonly number[]): [number, number][] {
  const inside = ids.filter((id) => id >= first && id <= last).sort((one, other) => one - other);
  const starts = [first, ...inside.map((id) => id + 1)];
  const ends = [...inside.map((id) => id - 1), last];
  return starts.flatMap((start, index): [number, number][] => {
    const end = ends[index] ?? last;
    return start <= end ? [[start, end]] : [];
  });
}

function list(taken: readonly Vlan[]): string {
  return taken.map(({ id, zone }) => `${id} (${zone})`).join(", ");
}
