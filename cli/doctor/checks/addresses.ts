import { type Cidr, overlap, parseCidr } from "../../../src/plan/cidr.ts";
import { type Exam, zoneOf } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { networkNamesOf } from "../ours.ts";
import { some } from "../remedies.ts";

/** Networks that exist already and overlap the platform's: whoever is to reach both, cannot. */
export const addresses = {
  name: "addresses",
  subject: "network",
  async ask(exam: Exam): Promise<Result[]> {
    const { cloud, plan } = exam;
    const { id: zoneid } = await zoneOf(exam);
    const [vpcs, networks] = await Promise.all([
      cloud.rows("listVPCs", { listall: true }),
      cloud.rows("listNetworks", { listall: true, zoneid }),
    ]);
    const ours = networkNamesOf(plan);
    const others = [
      ...vpcs.filter(({ name }) => name !== plan.network.name).map(({ name, cidr }) => ({ what: `VPC ${name}`, cidr })),
      ...networks
        .filter(({ name, vpcid }) => vpcid === undefined && !ours.has(String(name)))
        .map(({ name, cidr }) => ({ what: `network ${name}`, cidr })),
    ];
    const blocks = blocksOf(exam);
    const clashes = others.flatMap(({ what, cidr }) => {
      const theirs = parseCidr(String(cidr));
      const block = blocks.find((one) => theirs !== undefined && overlap(one.range, theirs));
      return block === undefined ? [] : [`${what} (${cidr}) overlaps ${block.cidr}`];
    });
    const asked = "address ranges of other networks";
    const shown = blocks.map(({ cidr }) => cidr).join(", ");
    if (clashes.length === 0) return [ok(asked, `none overlaps ${shown}`, { requirement: "P7" })];
    const rule = `none overlaps ${shown}: a router or VPN that joins both could not tell them apart`;
    const remedy = "other ranges in network.cidr and its zones (strata:overrides), or move the other network";
    return [fixable({ asked, value: some(clashes, 3), rule, remedy, requirement: "P7" })];
  },
} as const;

/** The VPC, and what lies outside it. */
function blocksOf({ plan }: Exam): { cidr: string; range: Cidr }[] {
  const outside = plan.network.zones.filter(({ kind }) => kind === "l2").map(({ cidr }) => cidr);
  const all = [plan.network.cidr, ...outside].map((cidr) => ({ cidr, range: parseCidr(cidr) }));
  const known = all.flatMap(({ cidr, range }) => (range === undefined ? [] : [{ cidr, range }]));
  const [vpc] = known;
  return known.filter((block) => block === vpc || vpc === undefined || !overlap(vpc.range, block.range));
}
