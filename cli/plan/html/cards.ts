import type { GpuReport, GpuSlot, PlanReport, VmReport } from "../report.ts";
import { cardText, reasonsOf } from "../words.ts";
import { drawing, line, monoWidth, round, toneOf } from "./ink.ts";
import { type Content, type Markup, markup } from "./markup.ts";

const pageWidth = 1150;
const widestCard = 277;
const gap = 14;
const headHeight = 50;
const nameSize = 10;
const slotHeight = 17;
const leastBody = 150;

/** Every host's cards with their slices and who holds them. */
export function cardDrawings(report: PlanReport): Markup[] {
  const machines = new Map(report.vms.map((vm) => [vm.name, vm]));
  const tenants = report.tenants.map(({ name }) => name);
  const tone = (name: string) => {
    const vm = machines.get(name);
    return vm === undefined ? "" : toneOf(vm, tenants);
  };
  const names = report.gpus.flatMap(({ slots }) => slots.flatMap(({ vm }) => vm ?? []));
  const least = Math.max(180, ...names.map((name) => monoWidth(`${name} 00 GiB`, nameSize) + 16));
  const most = Math.max(...[...Map.groupBy(report.gpus, ({ host }) => host).values()].map(({ length }) => length));
  const width = Math.min(pageWidth, Math.max(least, Math.min(widestCard, (pageWidth + gap) / most - gap)));
  return [...Map.groupBy(report.gpus, ({ host }) => host)].map(
    ([host, cards]) => markup`<figure>
<figcaption><strong>${host}</strong> · ${cards.length} ${cards.length === 1 ? "card" : "cards"}</figcaption>
${cardRow(host, cards, { width, tone })}
${reasons(cards, report.vms)}</figure>
`,
  );
}

interface Style {
  width: number;
  tone: (machine: string) => string;
}

function cardRow(host: string, cards: readonly GpuReport[], style: Style): Markup {
  const perRow = Math.max(1, Math.floor((pageWidth + gap) / (style.width + gap)));
  const body = Math.max(leastBody, ...cards.map(({ slots }) => slots.length * slotHeight));
  const height = headHeight + body + 8;
  const drawn = cards.map((card, position) => {
    const x = (position % perRow) * (style.width + gap) + 1;
    const y = Math.floor(position / perRow) * (height + gap) + 1;
    return markup`<g transform="translate(${round(x)} ${round(y)})">${cardBox(card, body, style)}</g>`;
  });
  const rows = Math.ceil(cards.length / perRow);
  const columns = Math.min(perRow, cards.length);
  return drawing(
    `GPU cards of ${host}`,
    columns * (style.width + gap) - gap + 2,
    rows * (height + gap) - gap + 2,
    drawn,
  );
}

function cardBox(card: GpuReport, body: number, style: Style): Content {
  const { index, model, numa, role } = card;
  const room = style.width - 16;
  const node = numa === undefined ? "" : `, NUMA node ${numa}`;
  return [
    markup`<rect class="panel" x="0" y="0" width="${round(style.width)}" height="${headHeight + body + 8}" rx="5"/>`,
    line(`card ${index} · ${model}`, { x: 8, y: 17, room, size: 11, look: "strong" }),
    line(`role ${role.number}: ${role.name}${node}`, { x: 8, y: 31, room, size: 10 }),
    line(cardText(card), { x: 8, y: 44, room, size: 10, look: "faint" }),
    slotsOf(card, body, style),
  ];
}

/** Slots from top to bottom, each as high as its share of the card's memory. */
function slotsOf({ slots, state }: GpuReport, body: number, { width, tone }: Style): Content {
  if (slots.length === 0) return slotBox({ state: "free" }, { y: headHeight, height: body, width, look: "" });
  const total = slots.reduce((sum, { memoryGiB = 1 }) => sum + memoryGiB, 0);
  let y = headHeight;
  return slots.map((slot) => {
    const height = state === "whole" ? body : (body * (slot.memoryGiB ?? 1)) / total;
    const box = slotBox(slot, { y, height, width, look: slot.vm === undefined ? "" : tone(slot.vm) });
    y += height;
    return box;
  });
}

interface SlotLook {
  y: number;
  height: number;
  width: number;
  look: string;
}

function slotBox({ state, vm, memoryGiB, profile }: GpuSlot, { y, height, width, look }: SlotLook): Markup {
  const kind = profile === undefined ? "" : `${profile} `;
  const memory = memoryGiB === undefined ? "" : ` ${memoryGiB} GiB`;
  const text = state === "used" ? `${kind}${vm}${memory}` : `${kind}${state}`;
  const room = width - 16;
  const shape = state === "used" ? "block" : "trough";
  return markup`<g class="${look}"><rect class="${shape}" x="4" y="${round(y)}" width="${round(width - 8)}" height="${round(height - 2)}" rx="2"/>${line(
    text,
    {
      x: width / 2,
      y: y + height / 2 + 2.5,
      room,
      size: nameSize,
      font: "mono",
      anchor: "middle",
      look: state === "used" ? "" : "faint",
    },
  )}</g>`;
}

function reasons(cards: readonly GpuReport[], vms: readonly VmReport[]): Content {
  const sliced = cards.filter(({ state }) => state !== "whole" && state !== "free");
  const items = sliced.flatMap((card) =>
    reasonsOf(card, vms).map((reason) => markup`<li>card ${card.index}: ${reason}</li>`),
  );
  return items.length > 0 && markup`<ul class="why">${items}</ul>`;
}
