import { percent } from "../bar.ts";
import type { HostReport, PlanReport, VmReport } from "../report.ts";
import { shareText } from "../words.ts";
import { drawing, line, round, textWidth, toneOf } from "./ink.ts";
import { type Content, type Markup, markup } from "./markup.ts";

const width = 1150;
const left = 64;
const right = 150;
const barWidth = width - left - right;
const barHeight = 30;

/** Each host with its machines as two stacked bars, and what the numbers in them mean. */
export function hostDrawings(report: PlanReport): Markup[] {
  const machines = new Map(report.vms.map((vm) => [vm.name, vm]));
  const tenants = report.tenants.map(({ name }) => name);
  return report.hosts.map((host) => {
    const vms = host.vms.flatMap((name) => machines.get(name) ?? []);
    const tone = (vm: VmReport) => toneOf(vm, tenants);
    const where = host.rack === undefined ? "" : `, rack ${host.rack}`;
    return markup`<figure class="host">
<figcaption><strong>${host.name}</strong>${where} · ${count(vms.length)} · ${host.vcpus.physical} cores · ${host.memoryGiB.physical} GiB</figcaption>
${drawing(`vCPU and memory of ${host.name}`, width, 96, [
  stackedBar("vCPU", host.vcpus, vms, { y: 14, unit: "cores", amount: ({ vcpus }) => vcpus, tone }),
  stackedBar("GiB", host.memoryGiB, vms, { y: 60, unit: "GiB", amount: ({ memoryGiB }) => memoryGiB, tone }),
])}
<ol class="legend">${vms.map((vm) => legendOf(vm, tone(vm)))}</ol>
</figure>
`;
  });
}

interface Bar {
  y: number;
  /** What the physical measure counts. */
  unit: string;
  amount: (vm: VmReport) => number;
  tone: (vm: VmReport) => string;
}

function stackedBar(
  title: string,
  { used, capacity, physical }: HostReport["vcpus"],
  vms: readonly VmReport[],
  { y, unit, amount, tone }: Bar,
): Content {
  const most = Math.max(capacity, physical, 1);
  const scale = barWidth / most;
  let x = left;
  const segments = vms.map((vm, index) => {
    const from = x;
    const own = amount(vm) * scale;
    x += own;
    const number = String(index + 1);
    return markup`<g class="${tone(vm)}"><title>${vm.name}: ${amount(vm)} of ${capacity}</title><rect class="block" x="${round(from)}" y="${y}" width="${round(own)}" height="${barHeight}"/>${
      own >= textWidth(number, 11) + 2 &&
      line(number, { x: from + own / 2, y: y + 19, room: own, size: 11, anchor: "middle", look: "strong" })
    }</g>`;
  });
  return [
    line(title, { x: left - 10, y: y + 19, room: left - 10, size: 12, anchor: "end" }),
    markup`<rect class="trough" x="${left}" y="${y}" width="${round(capacity * scale)}" height="${barHeight}"/>`,
    segments,
    physical < capacity && limitMark(left + physical * scale, y, `${physical} ${unit}`),
    line(`${used} of ${capacity} (${percent(used, capacity)})`, {
      x: left + barWidth + 8,
      y: y + 19,
      room: right - 8,
      size: 12,
    }),
  ];
}

/** Where the hardware ends and overcommit begins. */
function limitMark(x: number, y: number, text: string): Content {
  return markup`<path class="limit" d="M${round(x)} ${y - 4}v${barHeight + 8}"/>${line(text, { x: x + 4, y: y - 3, room: 90, size: 9, look: "faint" })}`;
}

function legendOf(vm: VmReport, tone: string): Markup {
  const share = shareText(vm);
  return markup`<li class="${tone}"><span class="name">${vm.name}</span> <span class="faint">${vm.vcpus} vCPU, ${vm.memoryGiB} GiB${share && `, ${share}`}</span></li>`;
}

function count(vms: number): string {
  return `${vms} ${vms === 1 ? "VM" : "VMs"}`;
}
