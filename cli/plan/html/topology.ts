import {
  type Layer,
  layerNames,
  type NetworkReport,
  type PlanReport,
  platformOwner,
  type VmReport,
  world,
} from "../report.ts";
import { type Trunk, trunksOf } from "../trunks.ts";
import { shareText } from "../words.ts";
import { drawing, line, monoWidth, round, textWidth, toneOf } from "./ink.ts";
import { type Content, type Markup, markup } from "./markup.ts";

const labelWidth = 150;
const areaWidth = 800;
const trunkGap = 30;
const gap = 8;
const laneGap = 6;
const nameSize = 11;
const detailSize = 9.5;
const boxHeight = 46;
const leastLane = 58;
const worldHeight = 34;
/** Between two lines that end at the same lane. */
const dockGap = 11;

interface Lane {
  key: string;
  y: number;
  height: number;
  docks: readonly Trunk[];
  content: Content;
}

/** VLANs as lanes with the machines that stand in them, and the flows between VLANs as arrows on the right. */
export function topologyDrawing(report: PlanReport): Markup {
  const trunks = trunksOf(report.links);
  const head = headHeight(trunks);
  const lanes = lanesOf(report, trunks, head);
  const bottom = Math.max(...lanes.map(({ y, height }) => y + height));
  const gutter = labelWidth + areaWidth + 12;
  const width = gutter + trunks.length * trunkGap + 8;
  return drawing("Networks, machines and allowed flows", width, bottom + 4, [
    arrowHead,
    legend(report),
    lanes.map(({ content }) => content),
    trunks.map((trunk, index) => trunkLine(trunk, gutter + index * trunkGap + trunkGap / 2, head, lanes)),
  ]);
}

const arrowHead = markup`<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>`;

/** Names of flows stand upright above their lines. */
function headHeight(trunks: readonly Trunk[]): number {
  return Math.max(64, ...trunks.map((trunk) => textWidth(nameOf(trunk), 10) + 14));
}

function nameOf({ name, port }: Trunk): string {
  return `${name} ${port}`;
}

function legend({ vms, tenants }: PlanReport): Content {
  const owners = tenants.map(({ name }) => name);
  const layers = [...new Set(vms.map(({ layer }) => layer))].sort((one, other) => other - one);
  return layers.map((layer, index) => {
    const y = 14 + index * 18;
    const tones = new Set(vms.filter((vm) => vm.layer === layer).map((vm) => toneOf(vm, owners)));
    const chips = [...tones].map(
      (tone, position) =>
        markup`<g class="${tone}"><rect class="block" x="${4 + position * 16}" y="${y - 9}" width="13" height="11" rx="2"/></g>`,
    );
    const x = 10 + tones.size * 16;
    return [chips, line(`layer ${layer}: ${layerNames[layer]}`, { x, y, room: 260, size: 11 })];
  });
}

/** The world on top, then what is nearest to it: the edge, the platform, what only the platform sees, the tenants. */
function lanesOf(report: PlanReport, trunks: readonly Trunk[], top: number): Lane[] {
  const rank = (network: NetworkReport) => {
    if (network.owner !== platformOwner) return 5;
    const layers = membersOf(network, report.vms).map(({ layer }) => layer);
    if (network.public) return 0;
    if (network.kind === "l2") return 3;
    if (layers.length === 0) return 4;
    return layers.includes(4) ? 1 : 2;
  };
  const networks = report.networks
    .map((network) => ({ network, rank: rank(network) }))
    .sort((one, other) => one.rank - other.rank || one.network.vlan - other.network.vlan);
  const first = { key: world, y: top, height: worldHeight, docks: docksOf(world, trunks), content: worldLane(top) };
  let y = top + worldHeight + laneGap;
  return [
    first,
    ...networks.map(({ network }) => {
      const lane = laneOf(network, report, docksOf(network.key, trunks), y);
      y += lane.height + laneGap;
      return lane;
    }),
  ];
}

/** Which trunks end at the lane, each at a height of its own. */
function docksOf(key: string, trunks: readonly Trunk[]): Trunk[] {
  return trunks.filter(({ from, to }) => from.includes(key) || to.includes(key));
}

function worldLane(y: number): Content {
  return [
    markup`<rect class="outside" x="1" y="${round(y)}" width="${labelWidth + areaWidth}" height="${worldHeight}" rx="5"/>`,
    line("outside", { x: 10, y: y + 21, room: labelWidth - 12, size: 12, look: "strong" }),
    line("users, by the public address", { x: labelWidth, y: y + 21, room: areaWidth - 10, size: 11, look: "faint" }),
  ];
}

function membersOf({ key }: NetworkReport, vms: readonly VmReport[]): VmReport[] {
  return vms.filter(({ nics }) => nics.some(({ zone }) => zone === key));
}

function laneOf(network: NetworkReport, report: PlanReport, docks: readonly Trunk[], y: number): Lane {
  const { key, inside } = network;
  const members = membersOf(network, report.vms);
  const boxWidth = boxWidthOf(report.vms);
  const perRow = Math.max(1, Math.floor((areaWidth - 6 + gap) / (boxWidth + gap)));
  const rows = Math.ceil(members.length / perRow);
  const note = inside.length > 0 ? 14 : 0;
  const height = Math.max(leastLane, rows * (boxHeight + gap) + gap + note, (docks.length + 1) * dockGap);
  const owners = report.tenants.map(({ name }) => name);
  const boxes = members.map((vm, position) => {
    const x = labelWidth + (position % perRow) * (boxWidth + gap);
    const top = y + gap + Math.floor(position / perRow) * (boxHeight + gap);
    return machineBox(vm, key, { x, y: top, width: boxWidth, tone: toneOf(vm, owners) });
  });
  const between = inside.map(({ name, port }) => `${name} ${port}`).join(", ");
  return {
    key,
    y,
    height,
    docks,
    content: [
      markup`<rect class="lane" x="1" y="${round(y)}" width="${labelWidth + areaWidth}" height="${round(height)}" rx="5"/>`,
      laneLabel(network, report, y),
      boxes,
      members.length === 0 &&
        line("no machine yet", { x: labelWidth, y: y + height / 2 + 4, room: areaWidth, size: 10, look: "faint" }),
      inside.length > 0 &&
        line(`between neighbours: ${between}`, {
          x: labelWidth,
          y: y + height - 6,
          room: areaWidth - 10,
          size: detailSize,
          look: "faint",
        }),
    ],
  };
}

function laneLabel({ key, vlan, cidr, kind, owner, public: entrance }: NetworkReport, report: PlanReport, y: number) {
  const room = labelWidth - 20;
  const tenant = report.tenants.find(({ name }) => name === owner);
  const what = kind === "l2" ? "layer 2, no router" : entrance ? "routed, public side" : "routed";
  return [
    line(`VLAN ${vlan}`, { x: 10, y: y + 16, room, size: 12, look: "strong" }),
    line(key, { x: 10, y: y + 29, room, size: 11 }),
    line(cidr, { x: 10, y: y + 41, room, size: 9.5, font: "mono" }),
    line(tenant?.displayName ?? what, { x: 10, y: y + 52, room, size: 9, look: "faint" }),
  ];
}

/** One width for all, so that lanes line up. */
function boxWidthOf(vms: readonly VmReport[]): number {
  const widest = Math.max(
    150,
    ...vms.map((vm) => Math.max(monoWidth(vm.name, nameSize) + 26, textWidth(detailsOf(vm), detailSize))),
  );
  return Math.min(areaWidth - 6, widest + 16);
}

function detailsOf(vm: VmReport): string {
  const share = shareText(vm);
  return `${vm.vcpus} vCPU · ${vm.memoryGiB} GiB${share && ` · ${share}`}`;
}

interface Box {
  x: number;
  y: number;
  width: number;
  tone: string;
}

/** A machine, or its further leg where the network is not its first. */
function machineBox(vm: VmReport, key: string, { x, y, width, tone }: Box): Markup {
  const leg = vm.nics.findIndex(({ zone }) => zone === key);
  const room = width - 14;
  const shape = leg === 0 ? "block" : "block further";
  const details = leg === 0 ? detailsOf(vm) : "further network card";
  return markup`<g class="${tone}"><rect class="${shape}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${boxHeight}" rx="4"/><rect class="edge" x="${round(x)}" y="${round(y)}" width="4" height="${boxHeight}"/>${[
    line(vm.name, { x: x + 10, y: y + 15, room: room - 22, size: nameSize, font: "mono", look: "strong" }),
    line(layerTag(vm.layer), { x: x + width - 6, y: y + 14, room: 20, size: 9, anchor: "end", look: "faint" }),
    line(vm.nics[leg]?.address ?? "", { x: x + 10, y: y + 28, room, size: detailSize, font: "mono" }),
    line(details, { x: x + 10, y: y + 40, room, size: detailSize }),
  ]}</g>`;
}

function layerTag(layer: Layer): string {
  return `L${layer}`;
}

/** A line from all sources to all targets: dots where it begins, arrows where it ends. */
function trunkLine(trunk: Trunk, x: number, top: number, lanes: readonly Lane[]): Content {
  const heightAt = (key: string) => lanes.filter((lane) => lane.key === key).map((lane) => dockAt(lane, trunk));
  const starts = trunk.from.flatMap(heightAt);
  const ends = trunk.to.flatMap(heightAt);
  const [first, last] = [Math.min(...starts, ...ends), Math.max(...starts, ...ends)];
  const border = labelWidth + areaWidth + 2;
  const name = nameOf(trunk);
  const wire = [
    `M${round(x)} ${round(first)}V${round(last)}`,
    ...starts.map((y) => `M${border} ${round(y)}H${round(x)}`),
  ];
  const path = wire.join("");
  const arrow = (y: number) => `M${round(x)} ${round(y)}H${border}`;
  return markup`<g class="flow"><title>${titleOf(trunk)}</title>
<path class="guide" d="M${round(x)} ${round(top - 6)}V${round(first)}"/>
<path class="halo" d="${path}${ends.map(arrow).join("")}"/><path class="wire" d="${path}"/>
${starts.map((y) => markup`<circle class="start" cx="${border}" cy="${round(y)}" r="3.2"/>`)}
${ends.map((y) => markup`<path class="wire" d="${arrow(y)}" marker-end="url(#arrow)"/>`)}
<g transform="translate(${round(x + 3.5)} ${round(top - 8)}) rotate(-90)">${line(name, { x: 0, y: 0, room: top - 10, size: 10 })}</g></g>
`;
}

function dockAt({ y, height, docks }: Lane, trunk: Trunk): number {
  return y + ((docks.indexOf(trunk) + 1) * height) / (docks.length + 1);
}

function titleOf({ from, to, port, name, source }: Trunk): string {
  return `${from.join(", ")} to ${to.join(", ")}: tcp ${port}, ${name} (${source})`;
}
