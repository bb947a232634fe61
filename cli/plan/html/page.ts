import { percent } from "../bar.ts";
import type { PlanReport } from "../report.ts";
import { atRestText, migrationText, restartOrderText, size, survivalText } from "../words.ts";
import { cardDrawings } from "./cards.ts";
import { hostDrawings } from "./hosts.ts";
import { type Content, Markup, markup } from "./markup.ts";
import { style } from "./style.ts";
import * as tables from "./tables.ts";
import { topologyDrawing } from "./topology.ts";

/** VLANs that can still be read when their drawing is made to fit one sheet of paper; more go over several. */
const mostLanes = 20;

/**
 * The plan as one page that stands alone: no script, no font, no picture from anywhere, for screen and A4 paper.
 * It is well-formed XML, too.
 */
export function planPage(report: PlanReport): string {
  const { profile, platform } = report;
  const sections = [
    section("Totals", tables.totalsTable(report)),
    section(
      "Networks",
      markup`<p class="faint">Lanes are VLANs, boxes machines; a dashed box is a further network card of a machine. Arrows are all that is allowed from one VLAN to another; a line reads from its dots to its arrows.</p>
<figure class="${report.networks.length <= mostLanes ? "page" : "pages"}">${topologyDrawing(report)}</figure>`,
      markup`<h3>TCP ports from network (row) to network (column)</h3>`,
      tables.matrixTable(report),
      tables.networksTable(report),
    ),
    report.hosts.length > 0 && section("Hosts", hostsNote(report), hostDrawings(report)),
    report.gpus.length > 0 && section("GPU cards", cardDrawings(report), tables.quotaTable(report)),
    section("Placement rules", tables.groupsTable(report), compromises(report)),
    report.hosts.length > 0 &&
      section(
        "When a host fails",
        markup`<p>${survivalText(report)}</p><p class="faint">${restartOrderText}</p>`,
        tables.failuresTable(report),
      ),
    report.hosts.length > 0 &&
      section("Live migration", markup`<p>${migrationText(report)}</p>`, tables.migrationTable(report)),
    section("Storage", storagePart(report)),
    section(
      "Tenants",
      markup`<p class="faint">Used of the limit on the domain and on the account.</p>`,
      tables.tenantsTable(report),
    ),
    section("Machines", tables.machinesTable(report)),
  ];
  const page = markup`<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Plan of ${profile}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<h1>Plan of ${profile}</h1>
<p class="faint">Platform ${platform.name}, environment ${platform.environment}, zone ${platform.zone}, domain ${platform.networkDomain}</p>
${tiles(report)}
${sections}
</body>
</html>
`;
  return `<!DOCTYPE html>\n${page.text}`;
}

function section(title: string, ...content: Content[]): Markup {
  return markup`<section><h2>${title}</h2>\n${content}</section>\n`;
}

function tiles({ totals, hosts, networks, tenants, survival }: PlanReport): Markup {
  const facts: [string, string | number][] = [
    ["machines", totals.vms],
    ["vCPU", totals.vcpus],
    ["memory", `${totals.memoryGiB} GiB`],
    ["GPU cards", totals.gpuCards],
    ["hosts", hosts.length],
    ["VLANs", networks.length],
    ["tenants", tenants.length],
    ...(survival ? ([["HA outlives any one host", survival.survives ? "yes" : "no"]] as [string, string][]) : []),
  ];
  return markup`<ul class="tiles">${facts.map(([label, value]) => markup`<li><b>${value}</b>${label}</li>`)}</ul>`;
}

function hostsNote({ quality }: PlanReport): Content {
  if (quality === undefined) return undefined;
  const { optimal, peakLoad } = quality;
  const how = optimal ? "No allowed arrangement is better" : "Found by heuristic";
  return markup`<p class="faint">${how}; the fullest host is at ${percent(peakLoad.is, 1)}, no spreading gets below ${percent(peakLoad.atLeast, 1)}. The line in a bar is where the hardware ends and overcommit begins.</p>`;
}

function compromises({ compromises: unmet }: PlanReport): Content {
  if (unmet.length === 0) return markup`<p>Every wish is met.</p>`;
  return [
    markup`<h3>Wishes that are not met</h3>`,
    markup`<ul>${unmet.map(({ rule, message }) => markup`<li><strong>${rule}</strong>: ${message}</li>`)}</ul>`,
  ];
}

function storagePart(report: PlanReport): Content {
  const { backend, raw, primary } = report.storage;
  return [
    backend === "zone"
      ? markup`<p>No Ceph in the profile: everything lies in the zone's own primary storage.</p>`
      : tables.poolsTable(report),
    markup`<ul>${[
      ...raw.map(
        ({ deviceClass, quotaGiB, rawGiB }) =>
          `${deviceClass}: ${size(quotaGiB)} of quotas need ${size(rawGiB)} of disks`,
      ),
      `primary storage of the zone: ${size(primary.rootGiB)} of root disks, ${size(primary.dataGiB)} of data volumes`,
      atRestText(report.storage),
    ].map((text) => markup`<li>${text}</li>`)}</ul>`,
  ];
}
