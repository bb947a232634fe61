import { type LinkReport, type NetworkReport, type PlanReport, platformOwner, world } from "./report.ts";

/** Networks that one row and one column of the matrix stand for. */
export interface MatrixGroup {
  label: string;
  keys: string[];
}

/** What may be opened from a row's networks to a column's. */
export interface MatrixCell {
  kind: "links" | "same" | "none";
  links: { port: number; name: string; source: string }[];
}

export interface Matrix {
  rows: MatrixGroup[];
  columns: MatrixGroup[];
  /** By row, then by column. */
  cells: MatrixCell[][];
}

/** With more tenants than this, one row stands for all of them: their rules are alike, and nobody reads 50 columns. */
const singleTenants = 6;

/** Routed networks against each other, and the world against them. Layer-2 networks have no way in or out. */
export function matrixOf({ networks, links }: Pick<PlanReport, "networks" | "links">): Matrix {
  const columns = groupsOf(networks.filter(({ kind }) => kind === "tier"));
  const rows = [{ label: world, keys: [world] }, ...columns];
  const byPair = Map.groupBy(links, ({ from, to }) => `${from} ${to}`);
  const cells = rows.map((row) => columns.map((column) => cellOf(row, column, byPair)));
  return { rows, columns, cells };
}

function groupsOf(tiers: readonly NetworkReport[]): MatrixGroup[] {
  const single = ({ key, vlan }: NetworkReport): MatrixGroup => ({ label: `${key} (${vlan})`, keys: [key] });
  const tenants = tiers.filter(({ owner }) => owner !== platformOwner);
  if (tenants.length <= singleTenants) return tiers.map(single);
  const all = { label: `${tenants.length} tenants`, keys: tenants.map(({ key }) => key) };
  return [...tiers.filter(({ owner }) => owner === platformOwner).map(single), all];
}

function cellOf(row: MatrixGroup, column: MatrixGroup, byPair: ReadonlyMap<string, LinkReport[]>): MatrixCell {
  const found = row.keys.flatMap((from) => column.keys.flatMap((to) => byPair.get(`${from} ${to}`) ?? []));
  const distinct = new Map(found.map(({ port, name, source }) => [`${port} ${name}`, { port, name, source }]));
  if (distinct.size > 0) return { kind: "links", links: [...distinct.values()] };
  return { kind: row === column && row.keys.length === 1 ? "same" : "none", links: [] };
}
