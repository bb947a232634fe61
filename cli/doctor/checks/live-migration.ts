import { mobilityOf } from "../../../src/plan/placement/mobility.ts";
import type { Exam } from "../exam.ts";
import { type Finding, fixable, ok, type Result } from "../finding.ts";
import { clusterRows, hostRows, isUsable } from "../live-hosts.ts";
import { livePlacement } from "../live-placement.ts";
import { primaryPools } from "../primary-pools.ts";
import { amountOf, type Row } from "../questions.ts";
import { override, some } from "../remedies.ts";

/**
 * Whether machines can move to another host while they run (T6): processors and hypervisors of a cluster alike as far as the
 * server tells, disks on shared storage, room elsewhere. Where the profile does not ask for it, told and no more.
 */
export const liveMigration = {
  name: "live-migration",
  subject: "hosts",
  ask: async (exam: Exam): Promise<Result[]> => [
    ...(await clusters(exam)),
    ...(await storage(exam)),
    ...(await offerings(exam)),
    ...(await room(exam)),
  ],
} as const;

const requirement = "T6";

/** In the way only where `platform.liveMigration` is true. */
function hindered({ profile }: Exam, wrong: Required<Pick<Finding, "asked" | "value" | "rule" | "remedy">>): Result {
  if (profile.platform.liveMigration) return fixable({ ...wrong, requirement });
  const advice = `the profile does not ask for live migration, which would need ${wrong.rule}: ${wrong.remedy}`;
  return ok(wrong.asked, wrong.value, { advice, requirement });
}

async function clusters(exam: Exam): Promise<Result[]> {
  const usable = (await hostRows(exam)).filter(isUsable);
  return (await clusterRows(exam)).flatMap((cluster) => {
    const hosts = usable.filter(({ clusterid }) => clusterid === cluster.id);
    return hosts.length === 0 ? [] : [...fewHosts(exam, cluster, hosts), ...unlike(exam, cluster, hosts)];
  });
}

function fewHosts(exam: Exam, { name }: Row, hosts: readonly Row[]): Result[] {
  if (hosts.length > 1) return [];
  const wrong = { asked: `hosts of ${name} to move between`, value: `${hosts[0]?.name} alone` };
  return [hindered(exam, { ...wrong, rule: "two or more that are up", remedy: "add a host to the cluster" })];
}

/** Speeds are measured, so that two processors of one model may differ by a little. */
const tolerance = 0.05;

interface Trait {
  readonly what: string;
  readonly remedy: string;
  /** Hosts of one text are alike. */
  of(host: Row, hosts: readonly Row[]): string;
}

const processorRemedy =
  "put hosts with other processors into a cluster of their own, or give all guests the model that every host has " +
  "(guest.cpu.mode=custom and guest.cpu.model=MODEL in agent.properties, then restart the agents)";

const traits: readonly Trait[] = [
  { what: "architecture", remedy: processorRemedy, of: ({ arch }) => String(arch ?? "not told") },
  {
    what: "processor speed",
    remedy: processorRemedy,
    of({ cpuspeed }, hosts) {
      const slowest = Math.min(...hosts.map((host) => amountOf(host.cpuspeed)));
      return `${amountOf(cpuspeed) <= slowest * (1 + tolerance) ? slowest : amountOf(cpuspeed)} MHz`;
    },
  },
  {
    what: "hypervisor version",
    remedy: "bring all hosts of the cluster to the same version of the hypervisor",
    of: ({ hypervisor, hypervisorversion }) => `${hypervisor} ${hypervisorversion ?? "of a version not told"}`,
  },
];

/** `listHosts` tells no model of processor: what it tells must be the same, and the rest is advice. */
function unlike(exam: Exam, { name }: Row, hosts: readonly Row[]): Result[] {
  const wrong = traits.flatMap(({ what, remedy, of }) => {
    const kinds = Map.groupBy(hosts, (host) => of(host, hosts));
    if (kinds.size === 1) return [];
    const value = [...kinds].map(([kind, some]) => `${kind}: ${some.map((host) => host.name).join(", ")}`).join("; ");
    return [
      hindered(exam, { asked: `${what} in ${name}`, value, rule: "the same on all hosts of the cluster", remedy }),
    ];
  });
  if (wrong.length > 0) return wrong;
  const alike = traits.map(({ of }) => of(hosts[0] ?? {}, hosts)).join(", ");
  const advice = "the server does not tell the processors' model: compare `lscpu` on the hosts";
  return [ok(`processors and hypervisors of ${name}`, `${hosts.length} alike: ${alike}`, { advice, requirement })];
}

/** Disks on a host's own storage stay with it. Where there is nothing else, the primary storage's check says so. */
async function storage(exam: Exam): Promise<Result[]> {
  const { usable, local } = await primaryPools(exam);
  if (usable.length === 0) return [];
  const shown = usable.map(({ name, type, scope }) => `${name} (${type}, ${scope})`);
  const apart = local.length === 0 ? "" : `; not used, because local: ${some(local.map(({ name }) => String(name)))}`;
  return [ok("shared storage for disks", `${some(shown)}${apart}`, { requirement })];
}

async function offerings(exam: Exam): Promise<Result[]> {
  const { cloud, plan } = exam;
  const names = new Set([...plan.catalogue.sizes.map(({ name }) => name), plan.catalogue.dataDisk]);
  const kinds = ["listServiceOfferings", "listDiskOfferings"];
  const rows = (await Promise.all(kinds.map((kind) => cloud.rows(kind, { listall: true })))).flat();
  const local = rows.filter(
    ({ name, state, storagetype }) => names.has(String(name)) && state !== "Inactive" && storagetype === "local",
  );
  const asked = "storage of the offerings";
  if (local.length === 0) return [ok(asked, "shared", { requirement })];
  const value = `local: ${some(local.map(({ name }) => String(name)))}`;
  const remedy = `delete them, so that \`up\` makes them anew; or ${override("platform.name", "OTHER")}`;
  return [hindered(exam, { asked, value, rule: "shared: a disk on a host's own storage cannot move", remedy })];
}

/** On the hosts as they are now. Machines with a share of a card stay where it is, as `strata plan` says. */
async function room(exam: Exam): Promise<Result[]> {
  const { plan } = await livePlacement(exam);
  if (plan === undefined) return [];
  const withGpu = new Set(exam.machines.flatMap(({ name, gpu }) => (gpu === undefined ? [] : [name])));
  const moves = mobilityOf(plan).filter(({ machine }) => !withGpu.has(machine));
  const tied = moves.filter(({ because }) => because !== undefined);
  const asked = "room for every machine on another host";
  const rest = withGpu.size === 0 ? "" : `; ${withGpu.size} with GPU stay on their hosts`;
  if (tied.length === 0) return [ok(asked, `for ${moves.length} of ${moves.length}${rest}`, { requirement })];
  const value = `for ${moves.length - tied.length} of ${moves.length}${rest}`;
  const rule = some(tied.map(({ machine, because }) => `${machine}: ${because}`));
  const remedy = "add hosts, or free what others use";
  return [hindered(exam, { asked, value, rule, remedy })];
}
