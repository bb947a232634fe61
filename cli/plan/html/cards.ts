import type { GpuReport, GpuSlot, PlanReport, VmReport } from "../report.ts";
import { cardText, reasonsOf, slotText } from "../words.ts";
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
  const texts = report.gpus.flatMap(({ slots }) => slots.map(slotText));
  const least = Math.max(180, ...texts.map((text) => monoWidth(text, nameSize) + 18));
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
  const body = Math.max(...cards.map((card) => sum(heightsOf(card))));
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

/** Slots from top to bottom, each as high as its share of the card's memory, but never too low for its text. */
function heightsOf({ slots, memoryGiB }: GpuReport): number[] {
  return slots.map((slot) => Math.max(slotHeight, (leastBody * slot.memoryGiB) / memoryGiB));
}

function slotsOf(card: GpuReport, body: number, { width, tone }: Style): Content {
  const heights = heightsOf(card);
  const stretch = body / sum(heights);
  let y = headHeight;
  return card.slots.map((slot, index) => {
    const height = (heights[index] ?? 0) * stretch;
    const box = slotBox(slot, { y, height, width, look: slot.vm === undefined ? "" : tone(slot.vm) });
    y += height;
    return box;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

interface SlotLook {
  y: number;
  height: number;
  width: number;
  look: string;
}

function slotBox(slot: GpuSlot, { y, height, width, look }: SlotLook): Markup {
  const room = width - 16;
  const shape = slot.state === "used" ? "block" : "trough";
  return markup`<g class="${look}"><rect class="${shape}" x="4" y="${round(y)}" width="${round(width - 8)}" height="${round(height - 2)}" rx="2"/>${line(
    slotText(slot),
    {
      x: width / 2,
      y: y + height / 2 + 2.5,
      room,
      size: nameSize,
      font: "mono",
      anchor: "middle",
      look: slot.state === "used" ? "" : "faint",
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
