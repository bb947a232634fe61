import type { LeftOut } from "../../../src/plan/placement/failure-types.ts";
import type { Totals } from "../../../src/plan/totals.ts";
import { percent } from "../bar.ts";
import { type MatrixCell, matrixOf } from "../matrix.ts";
import { layerNames, type NetworkReport, type PlanReport } from "../report.ts";
import {
  atRestWords,
  gpuQuotaText,
  gpuRestText,
  leftOutText,
  retentionText,
  shareText,
  size,
  tiedMachines,
} from "../words.ts";
import { type Content, type Markup, markup } from "./markup.ts";

type Cell = Content;

/** A table whose head is repeated on every printed page. Columns of numbers stand to the right. */
export function htmlTable(head: readonly string[], rows: readonly (readonly Cell[])[], look = ""): Markup {
  const [first = []] = rows;
  const heads = head.map((text, column) =>
    typeof first[column] === "number"
      ? markup`<th scope="col" class="number">${text}</th>`
      : markup`<th scope="col">${text}</th>`,
  );
  return markup`<div class="wide"><table class="${look}"><thead><tr>${heads}</tr></thead>
<tbody>${rows.map((cells) => markup`<tr>${cells.map(cellOf)}</tr>\n`)}</tbody></table></div>
`;
}

function cellOf(content: Cell): Markup {
  return typeof content === "number" ? markup`<td class="number">${content}</td>` : markup`<td>${content}</td>`;
}

function lines(texts: readonly string[]): Content {
  return texts.map((text, index) => (index === 0 ? markup`${text}` : markup`<br/>${text}`));
}

function name(text: string): Markup {
  return markup`<span class="name">${text}</span>`;
}

function meter(used: number, capacity: number): Content {
  const share = capacity <= 0 ? 0 : Math.min(100, Math.round((used / capacity) * 100));
  return markup`<span class="meter"><i style="width:${share}%"></i></span> ${percent(used, capacity)}`;
}

export function totalsTable({ totals, totalsByLayer, documentTotals }: PlanReport): Markup {
  const row = (label: Content, { vms, vcpus, memoryGiB, gpuCards }: Totals) => [label, vms, vcpus, memoryGiB, gpuCards];
  return htmlTable(
    ["", "VMs", "vCPU", "memory GiB", "GPU cards"],
    [
      ...Object.entries(totalsByLayer).map(([label, sums]) => row(label, sums)),
      row(markup`<strong>in all</strong>`, totals),
      ...(documentTotals ? [row(markup`<em>the document says</em>`, documentTotals)] : []),
    ],
    "narrow",
  );
}

export function machinesTable({ vms }: PlanReport): Markup {
  const rows = vms.map((vm) => [
    name(vm.name),
    vm.owner,
    `${vm.layer}: ${layerNames[vm.layer]}`,
    vm.host ?? "",
    vm.vcpus,
    vm.memoryGiB,
    vm.rootDiskGiB,
    vm.data && [`${size(vm.data.sizeGiB)} in ${vm.data.pool ?? "primary storage"}`, small(vm.data.folders.join(" "))],
    shareText(vm),
    lines(vm.nics.map(({ zone, vlan, address }) => `${address} ${zone} (${vlan})`)),
    vm.ha ? vm.priority : `${vm.priority}, no HA`,
    vm.liveMigration && (vm.liveMigration.possible ? "yes" : "no"),
  ]);
  return htmlTable(
    [
      "machine",
      "owner",
      "layer",
      "host",
      "vCPU",
      "GiB",
      "root GiB",
      "data",
      "GPU",
      "addresses",
      "restart",
      "moves live",
    ],
    rows,
  );
}

function small(text: string): Markup {
  return markup`<small>${text}</small>`;
}

export function networksTable({ networks, vms }: PlanReport): Markup {
  const members = ({ key }: NetworkReport) => vms.filter(({ nics }) => nics.some(({ zone }) => zone === key)).length;
  const kind = (network: NetworkReport) =>
    network.kind === "l2" ? "layer 2, no router" : network.public ? "tier, public side" : "tier";
  const rows = networks.map((network) => [
    network.vlan,
    network.key,
    name(network.cidr),
    kind(network),
    network.owner,
    members(network),
    network.inside.map(({ name: flow, port, source }) => `${flow} ${port} (${source})`).join(", "),
  ]);
  return htmlTable(["VLAN", "network", "addresses", "kind", "owner", "VMs", "between neighbours"], rows);
}

export function matrixTable(report: PlanReport): Markup {
  const { rows, columns, cells } = matrixOf(report);
  const body = rows.map(
    ({ label }, row) => markup`<tr><th scope="row">${label}</th>${(cells[row] ?? []).map(matrixCell)}</tr>\n`,
  );
  return markup`<div class="wide"><table class="matrix"><thead><tr><th>from \\ to</th>${columns.map(({ label }) => markup`<th scope="col">${label}</th>`)}</tr></thead>
<tbody>${body}</tbody></table></div>
`;
}

function matrixCell({ kind, links }: MatrixCell): Markup {
  if (kind === "none") return markup`<td class="shut">denied</td>`;
  if (kind === "same") return markup`<td class="shut">neighbours</td>`;
  return markup`<td class="open">${links.map(({ port, name: flow, source }) => markup`<b>${port}</b><small>${flow}, ${source}</small>`)}</td>`;
}

export function poolsTable({ storage }: PlanReport): Markup {
  const rows = storage.pools.map((pool) => [
    name(pool.name),
    pool.owner,
    pool.kind,
    pool.tier ?? "",
    size(pool.quotaGiB),
    pool.kind === "block" ? [meter(pool.volumesGiB, pool.quotaGiB), small(size(pool.volumesGiB))] : "",
    `${pool.redundancy}, on ${pool.failureDomains} hosts`,
    size(pool.rawGiB),
    atRestWords[pool.atRest],
    pool.compression,
    [
      ...(pool.retentionDays === undefined ? [] : [retentionText(pool)]),
      ...(pool.compressAfterDays === undefined ? [] : [`compressed after ${pool.compressAfterDays} days`]),
    ].join(", "),
  ]);
  return htmlTable(
    ["pool", "owner", "kind", "tier", "quota", "volumes", "redundancy", "raw", "at rest", "compression", "life"],
    rows,
  );
}

export function tenantsTable({ tenants }: PlanReport): Markup {
  const rows = tenants.map((tenant) => {
    const { limits, uses, storage } = tenant;
    return [
      [markup`<strong>${tenant.name}</strong>`, small(tenant.displayName)],
      name(tenant.account),
      tenant.vlan ?? "none",
      `${uses.vms} of ${limits.vms}`,
      `${uses.vcpus} of ${limits.vcpus}`,
      `${uses.memoryGiB} of ${limits.memoryGiB} GiB`,
      `${uses.primaryStorageGiB} of ${limits.primaryStorageGiB} GiB`,
      `${uses.gpus} of ${limits.gpus}`,
      [
        storage.name === undefined ? "primary storage" : name(storage.name),
        small(`${storage.kind === "bucket" ? "bucket, " : ""}quota ${size(storage.quotaGiB)}`),
      ],
      tenant.apiToken ? "yes" : "no",
    ];
  });
  return htmlTable(["tenant", "account", "VLAN", "VMs", "vCPU", "memory", "disks", "GPUs", "data", "API token"], rows);
}

export function quotaTable({ tenants }: PlanReport): Content {
  const held = tenants.filter(({ gpu }) => gpu !== undefined);
  if (held.length === 0) return undefined;
  const rows = held.map((tenant) => [
    tenant.name,
    gpuQuotaText(tenant),
    tenant.gpu?.quotaGiB === undefined ? "" : meter(tenant.gpu.slicesGiB, tenant.gpu.quotaGiB),
    gpuRestText(tenant),
  ]);
  return [
    markup`<h3>GPU memory of tenants against their quota</h3>`,
    htmlTable(["tenant", "slices", "", "rest of the quota"], rows),
  ];
}

export function groupsTable({ groups }: PlanReport): Content {
  if (groups.length === 0) return markup`<p>No groups.</p>`;
  const rows = groups.map(({ name: group, owner, kind, strict, vms }) => [
    group,
    owner,
    kind,
    strict ? "strict" : "a wish",
    name(vms.join(", ")),
  ]);
  return htmlTable(["group", "owner", "rule", "", "machines"], rows);
}

export function migrationTable(report: PlanReport): Content {
  const rows = tiedMachines(report).map(({ vm, because }) => [name(vm.name), vm.host, because]);
  return rows.length > 0 && htmlTable(["machine", "host", "why it cannot move"], rows);
}

export function failuresTable({ failures }: PlanReport): Markup {
  const rows = failures.map((failure) => [
    markup`<strong>${failure.domain === "rack" ? `rack ${failure.failed}` : failure.failed}</strong>`,
    failure.stopped.length,
    failure.restarts.length > 0 &&
      markup`<ol>${failure.restarts.map(({ machine, host }) => markup`<li>${name(machine)} → ${host}</li>`)}</ol>`,
    failure.leftOut.length > 0 && [
      markup`<strong>${leftOutText(failure)}</strong>`,
      markup`<ul>${failure.leftOut.map(leftOutItem)}</ul>`,
    ],
  ]);
  return htmlTable(["fails", "VMs", "restarts, by priority", "starts nowhere, and why"], rows);
}

function leftOutItem({ machine, priority, because, replicas }: LeftOut): Markup {
  const goesOn =
    replicas.length > 0 && markup`<small>${replicas.join(", ")} ${replicas.length === 1 ? "goes" : "go"} on</small>`;
  return markup`<li>${name(machine)}, ${priority}: ${because}${goesOn}</li>`;
}
