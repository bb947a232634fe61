import type { Exam } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { isMarked, type Ours, oursIn } from "../ours.ts";
import type { Row } from "../questions.ts";
import { override, some } from "../remedies.ts";

interface Kind {
  readonly what: string;
  readonly command: string;
  readonly parameters?: Readonly<Record<string, string | boolean>>;
  readonly names: (exam: Exam) => readonly string[];
  /** Whether the provider's mark is on such an object; else it is taken for ours where the platform's VPC is there. */
  readonly marked?: boolean;
  /** Not every object of the name is in the way. */
  readonly counts?: (row: Row) => boolean;
}

const kinds: readonly Kind[] = [
  {
    what: "domain",
    command: "listDomains",
    parameters: { listall: true },
    names: ({ plan }) => plan.tenants.map(({ accountName }) => accountName),
    marked: true,
    counts: ({ level }) => level === 1,
  },
  {
    what: "VPC",
    command: "listVPCs",
    parameters: { listall: true },
    names: ({ plan }) => [plan.network.name],
    marked: true,
  },
  {
    what: "service offering",
    command: "listServiceOfferings",
    parameters: { listall: true },
    names: ({ plan }) => plan.catalogue.sizes.map(({ name }) => name),
    marked: true,
  },
  {
    what: "disk offering",
    command: "listDiskOfferings",
    parameters: { listall: true },
    names: ({ plan }) => [plan.catalogue.dataDisk, ...blockPoolsOf(plan).map(({ diskOffering }) => diskOffering)],
  },
  {
    what: "network offering",
    command: "listNetworkOfferings",
    names: ({ plan }) => Object.values(plan.catalogue.networkOfferings),
  },
  { what: "role", command: "listRoles", names: ({ plan }) => [plan.catalogue.tenantRole] },
  {
    what: "primary storage",
    command: "listStoragePools",
    names: ({ plan }) => blockPoolsOf(plan).map(({ tag }) => tag),
  },
];

/** Names that the plan will use and that somebody else has. */
export const names = {
  name: "names",
  subject: "names",
  async ask(exam: Exam): Promise<Result[]> {
    const ours = await oursIn(exam);
    const results = await Promise.all(kinds.map((kind) => takenIn(kind, exam, ours)));
    const taken = results.flat();
    if (taken.length > 0) return taken;
    const { name } = exam.profile.platform;
    const value = ours.vpc === undefined ? "all free" : `in use by this platform (VPC ${ours.vpc.name})`;
    return [ok(`names that begin with ${name}-`, value)];
  },
} as const;

async function takenIn(kind: Kind, exam: Exam, ours: Ours): Promise<Result[]> {
  const wanted = new Set(kind.names(exam));
  if (wanted.size === 0 || (kind.marked !== true && ours.vpc !== undefined)) return [];
  const rows = await exam.cloud.rows(kind.command, kind.parameters);
  const taken = rows.filter(
    (row) =>
      wanted.has(String(row.name)) &&
      (kind.counts?.(row) ?? true) &&
      row.state !== "Inactive" &&
      !(kind.marked === true && isMarked(row)),
  );
  if (taken.length === 0) return [];
  const value = some(taken.map(({ name, id }) => `${name} (${id})`));
  const rule = "free, or made by this program";
  const remedy = `${override("platform.name", "OTHER")}, or remove it, or take it over with pulumi import`;
  return [fixable({ asked: `name of ${kind.what}`, value, rule, remedy })];
}

function blockPoolsOf({ storage, tenants }: Exam["plan"]) {
  const own = tenants.flatMap((tenant) => (tenant.storage.kind === "pool" ? [tenant.storage] : []));
  return [...Object.values(storage.blocks), ...own];
}
