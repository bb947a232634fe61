import type { LeftOut } from "../../src/plan/placement/failure-types.ts";
import type { Totals } from "../../src/plan/totals.ts";
import { table } from "../table.ts";
import { bar, percent } from "./bar.ts";
import { matrixOf } from "./matrix.ts";
import { type GpuReport, layerNames, type NetworkReport, type PlanReport, type VmReport } from "./report.ts";
import {
  atRestText,
  atRestWords,
  cardText,
  gpuQuotaText,
  gpuRestText,
  leftOutText,
  migrationText,
  reasonsOf,
  restartOrderText,
  retentionText,
  shareText,
  size,
  slotText,
  survivalText,
  tiedMachines,
} from "./words.ts";

type Row = (string | number)[];

/** The plan as tables for a terminal or a log: no colours, no control characters. */
export function planText(report: PlanReport): string {
  const { profile, platform } = report;
  return [
    `Plan of ${profile}: platform ${platform.name}, environment ${platform.environment}, zone ${platform.zone}`,
    section("Totals", totalsTable(report)),
    section("Hosts", ...hostsPart(report)),
    section("Machines", machinesTable(report)),
    ...(report.gpus.length > 0 ? [section("GPU cards", ...gpuPart(report))] : []),
    section("Networks", networksTable(report), ...matrixPart(report)),
    section("Storage", ...storagePart(report)),
    section("Tenants", ...tenantsPart(report)),
    section("Placement rules", ...rulesPart(report)),
    ...(report.hosts.length > 0
      ? [
          section("When a host fails", survivalText(report), folded(restartOrderText, 120), failuresTable(report)),
          section("Live migration", ...migrationPart(report)),
        ]
      : []),
  ].join("\n\n");
}

function section(title: string, ...parts: string[]): string {
  return [`── ${title}`, ...parts].join("\n");
}

function totalsTable({ totals, totalsByLayer, documentTotals }: PlanReport): string {
  const row = (name: string, { vms, vcpus, memoryGiB, gpuCards }: Totals): Row => [
    name,
    vms,
    vcpus,
    memoryGiB,
    gpuCards,
  ];
  const rows = [
    ...Object.entries(totalsByLayer).map(([name, sums]) => row(name, sums)),
    row("in all", totals),
    ...(documentTotals ? [row("the document says", documentTotals)] : []),
  ];
  return table(["", "VMs", "vCPU", "memory GiB", "GPU cards"], rows);
}

function hostsPart({ hosts, quality }: PlanReport): string[] {
  if (hosts.length === 0) return ["none in infrastructure.hosts: nothing is placed"];
  const rows = hosts.map(({ name, rack, vms, vcpus, memoryGiB }) => [
    rack === undefined ? name : `${name} (${rack})`,
    vms.length,
    `${bar(vcpus.used, vcpus.capacity, vcpus.physical)} ${vcpus.used}/${vcpus.capacity}`,
    `${bar(memoryGiB.used, memoryGiB.capacity, memoryGiB.physical)} ${memoryGiB.used}/${memoryGiB.capacity}`,
  ]);
  const best = quality?.optimal === true ? "no allowed arrangement is better" : "found by heuristic";
  const peak =
    quality && `fullest host ${percent(quality.peakLoad.is, 1)} (at least ${percent(quality.peakLoad.atLeast, 1)})`;
  return [
    table(["host", "VMs", "vCPU used/with overcommit", "memory GiB used/with overcommit"], rows),
    `${best}; ${peak}`,
  ];
}

function machinesTable({ vms, hosts }: PlanReport): string {
  const order = new Map(hosts.map(({ name }, index) => [name, index]));
  const position = ({ host }: VmReport) => (host === undefined ? 0 : (order.get(host) ?? 0));
  const rows = [...vms]
    .sort((one, other) => position(one) - position(other))
    .map((vm) => [
      vm.host ?? "",
      vm.name,
      vm.owner,
      layerNames[vm.layer],
      vm.vcpus,
      vm.memoryGiB,
      shareText(vm),
      vm.ha ? vm.priority : `${vm.priority}, no HA`,
      vm.liveMigration === undefined ? "" : vm.liveMigration.possible ? "yes" : "no",
      vm.nics.map(({ vlan, address }) => `${address} (${vlan})`).join("\n"),
    ]);
  return table(
    ["host", "machine", "owner", "layer", "vCPU", "GiB", "GPU", "restart", "moves live", "addresses (VLAN)"],
    rows,
  );
}

function gpuPart({ gpus, vms, tenants }: PlanReport): string[] {
  const rows = gpus.map((gpu) => [
    gpu.host,
    gpu.index,
    gpu.numa === undefined ? gpu.model : `${gpu.model}, NUMA ${gpu.numa}`,
    `${gpu.role.name} (${gpu.role.number})`,
    `${slotBar(gpu)}\n${cardText(gpu)}`,
    holdersOf(gpu),
    folded(reasonsOf(gpu, vms).join("\n")),
  ]);
  const quotas = tenants.filter(({ gpu }) => gpu !== undefined);
  return [
    table(["host", "card", "model", "role (number)", "slots", "holders", "why"], rows),
    ...(quotas.length > 0
      ? [
          "GPU memory of tenants against their quota:",
          table(
            ["tenant", "slices", "", "rest of the quota"],
            quotas.map((tenant) => [
              tenant.name,
              gpuQuotaText(tenant),
              tenant.gpu?.quotaGiB === undefined ? "" : bar(tenant.gpu.slicesGiB, tenant.gpu.quotaGiB),
              gpuRestText(tenant),
            ]),
          ),
        ]
      : []),
  ];
}

function slotBar({ slots }: GpuReport): string {
  const marks = { used: "■", taken: "▨", free: "·" };
  return `[${slots.map((slot) => marks[slot.state]).join("")}]`;
}

function holdersOf({ slots }: GpuReport): string {
  return slots
    .filter(({ state }) => state !== "free")
    .map(slotText)
    .join("\n");
}

function networksTable({ networks, vms }: PlanReport): string {
  const membersOf = ({ key }: NetworkReport) => vms.filter(({ nics }) => nics.some(({ zone }) => zone === key)).length;
  const rows = networks.map((network) => [
    network.vlan,
    network.key,
    network.cidr,
    network.kind === "l2" ? "layer 2, no router" : network.public ? "tier, public side" : "tier",
    network.owner,
    membersOf(network),
    network.inside.map(({ name, port }) => `${name} ${port}`).join("\n"),
  ]);
  return table(["VLAN", "network", "addresses", "kind", "owner", "VMs", "between neighbours"], rows);
}

function matrixPart(report: PlanReport): string[] {
  const { rows, columns, cells } = matrixOf(report);
  const text = { same: "=", none: "·" };
  const lines = rows.map(({ label }, row) => [
    label,
    ...(cells[row] ?? []).map(({ kind, links }) =>
      kind === "links" ? [...new Set(links.map(({ port }) => port))].join(", ") : text[kind],
    ),
  ]);
  return [
    "TCP ports from network (row) to network (column); · denied, = neighbours, who need no rule:",
    table(["from \\ to", ...columns.map(({ label }) => label)], lines),
    table(["from", "to", "port", "flow", "requirement", "only from", "only to"], linkRows(report)),
  ];
}

/** One row per flow and target, with all who may open it: tenants' rules are alike. */
function linkRows({ links }: PlanReport): Row[] {
  const flows = Map.groupBy(links, ({ name, port, to, destinations }) => `${name} ${port} ${to} ${destinations}`);
  return [...flows.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { to, port, name, source, destinations } = first;
    const from = same.map((link) => link.from).join("\n");
    return [[from, to, port, name, source, same.flatMap(({ sources }) => sources).join("\n"), destinations.join("\n")]];
  });
}

function storagePart({ storage }: PlanReport): string[] {
  const { backend, pools, raw, primary } = storage;
  const rows = pools.map((pool) => [
    pool.name,
    pool.owner,
    pool.kind,
    pool.tier ?? "",
    size(pool.quotaGiB),
    pool.kind === "block" ? `${bar(pool.volumesGiB, pool.quotaGiB, undefined, 10)} ${size(pool.volumesGiB)}` : "",
    `${pool.redundancy}, ${pool.failureDomains} hosts`,
    size(pool.rawGiB),
    atRestWords[pool.atRest],
    [
      pool.compression === "none" ? "" : pool.compression,
      retentionText(pool),
      pool.compressAfterDays === undefined ? "" : `compressed after ${pool.compressAfterDays} days`,
    ]
      .filter((word) => word !== "")
      .join(", "),
  ]);
  return [
    ...(backend === "zone"
      ? ["no Ceph in the profile: everything lies in the zone's own primary storage"]
      : [table(["pool", "owner", "kind", "tier", "quota", "volumes", "redundancy", "raw", "at rest", ""], rows)]),
    ...raw.map(
      ({ deviceClass, quotaGiB, rawGiB }) =>
        `${deviceClass}: ${size(quotaGiB)} of quotas need ${size(rawGiB)} of disks`,
    ),
    `primary storage of the zone: ${size(primary.rootGiB)} of root disks, ${size(primary.dataGiB)} of data volumes`,
    atRestText(storage),
  ];
}

function tenantsPart({ tenants }: PlanReport): string[] {
  const rows = tenants.map(({ name, displayName, account, vlan, limits, uses, storage, apiToken }) => [
    `${name}\n${displayName}`,
    account,
    vlan ?? "none",
    `${uses.vms}/${limits.vms}`,
    `${uses.vcpus}/${limits.vcpus}`,
    `${uses.memoryGiB}/${limits.memoryGiB}`,
    `${uses.primaryStorageGiB}/${limits.primaryStorageGiB}`,
    `${uses.gpus}/${limits.gpus}`,
    `${storage.name ?? "primary storage"} ${size(storage.quotaGiB)}`,
    apiToken ? "yes" : "no",
  ]);
  const head = ["tenant", "account", "VLAN", "VMs", "vCPU", "GiB", "disks GiB", "GPUs", "data", "API token"];
  return ["Used/limit, as set on the domain and on the account:", table(head, rows)];
}

function rulesPart({ groups, compromises }: PlanReport): string[] {
  const rows = groups.map(({ name, owner, kind, strict, vms }) => [
    name,
    owner,
    `${kind}${strict ? "" : ", a wish"}`,
    folded(vms.join(", ")),
  ]);
  return [
    groups.length > 0 ? table(["group", "owner", "rule", "machines"], rows) : "no groups",
    ...(compromises.length > 0
      ? ["Wishes that are not met:", ...compromises.map(({ rule, message }) => `  ${rule}: ${message}`)]
      : ["Every wish is met."]),
  ];
}

function failuresTable({ failures }: PlanReport): string {
  const rows = failures.map((failure) => [
    failure.domain === "rack" ? `rack ${failure.failed}` : failure.failed,
    failure.stopped.length,
    failure.restarts.map(({ machine, host }) => `${machine} → ${host}`).join("\n"),
    folded([leftOutText(failure), ...failure.leftOut.map(leftOutLine)].join("\n"), 72),
  ]);
  return table(["fails", "VMs", "restarts, by priority", "starts nowhere"], rows);
}

function leftOutLine({ machine, priority, because, replicas }: LeftOut): string {
  const goesOn = replicas.length > 0 ? ` (${replicas.join(", ")} ${replicas.length > 1 ? "go" : "goes"} on)` : "";
  return `${machine}, ${priority}: ${because}${goesOn}`;
}

function migrationPart(report: PlanReport): string[] {
  const rows = tiedMachines(report).map(({ vm, because }) => [vm.name, vm.host ?? "", folded(because, 96)]);
  return [migrationText(report), ...(rows.length > 0 ? [table(["machine", "host", "why it cannot move"], rows)] : [])];
}

/** Lines of at most so many characters, broken between words. */
function folded(text: string, width = 48): string {
  return text
    .split("\n")
    .map((line) =>
      line.split(" ").reduce((done, word) => {
        const last = done.slice(done.lastIndexOf("\n") + 1);
        if (last === "") return done + word;
        return last.length + 1 + word.length > width ? `${done}\n  ${word}` : `${done} ${word}`;
      }, ""),
    )
    .join("\n");
}
