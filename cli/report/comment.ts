import { lesser } from "../../policies/core/weakened.ts";
import { code, plain, row, tableHead } from "./markdown.ts";
import {
  type Change,
  type Exception,
  type Finding,
  type Level,
  levels,
  losesData,
  type RunReport,
  type StackReport,
  type StepKind,
  steps,
} from "./model.ts";
import { type Language, type Words, words } from "./words.ts";

/** By it the one comment of a pull request, or the one issue, is found again. Nobody sees it. */
export const marker = "<!-- strata-report -->";

/** GitHub takes 65,536 characters; a rest is for what a poster adds. */
export const commentLimit = 60_000;
/** GitHub takes 1 MiB of a step's summary, in bytes; a character of ours takes three at most. */
export const summaryLimit = 300_000;

/** More stacks than anybody has in one project; the rest is counted. */
const mostStacks = 40;

/** A list with a head, whose lines may be left out when room is short. */
interface Block {
  stack: number;
  /** Less is dropped later. */
  priority: number;
  before: string;
  lines: string[];
  after: string;
  /** How a line says how many follow that are left out. */
  more(count: number): string;
}

const priorities = {
  loss: 0,
  error: 1,
  stops: 2,
  mandatory: 3,
  undecided: 4,
  exceptions: 5,
  weakened: 6,
  layers: 7,
  excepted: 8,
  remediated: 9,
  advisory: 10,
  changes: 11,
};

/**
 * The report as Markdown for a comment on a pull request, or a job's summary: the dangerous things first.
 * @param limit characters; lines are left out beyond it, the harmless ones first, and counted
 */
export function commentOf(report: RunReport, language: Language = "en", limit = commentLimit): string {
  const say = words[language];
  const stacks = report.stacks.slice(0, mostStacks);
  const heads = stacks.map((stack) => headOf(stack, say));
  const blocks = stacks.flatMap((stack, index) => blocksOf(stack, index, say));
  const operation = stacks[0]?.operation ?? "preview";
  const start = `${marker}\n## ${say.title[operation]}\n`;
  const rest = report.stacks.length - stacks.length;
  const end = rest > 0 ? `\n${say.moreStacks(rest)}\n` : "";
  const { shown, leftOut } = fill(
    blocks,
    limit - [start, end, ...heads].join("\n").length - say.leftOut(1e9).length - 10,
  );
  const parts = stacks.map((_, index) => [
    heads[index] ?? "",
    ...shown.filter(({ stack }) => stack === index).map(textOf),
  ]);
  return [start, ...parts.flat(), end, leftOut > 0 ? `> ${say.leftOut(leftOut)}` : ""]
    .filter((part) => part !== "")
    .join("\n")
    .concat("\n");
}

/** Gives room to blocks by priority; frames are paid first, so that even a full report says how much there is of each. */
function fill(blocks: readonly Block[], room: number): { shown: Block[]; leftOut: number } {
  const frame = ({ before, after, more }: Block) => before.length + after.length + more(1e9).length + 4;
  let left = room;
  let leftOut = 0;
  const shown = new Map<Block, Block>();
  const byPriority = [...blocks].sort((one, other) => one.priority - other.priority || one.stack - other.stack);
  const framed = byPriority.filter((block) => {
    const cost = frame(block);
    if (cost > left) {
      leftOut += block.lines.length;
      return false;
    }
    left -= cost;
    return true;
  });
  for (const block of framed) {
    let count = 0;
    while (count < block.lines.length && (block.lines[count]?.length ?? 0) + 1 <= left) {
      left -= (block.lines[count]?.length ?? 0) + 1;
      count += 1;
    }
    const rest = block.lines.length - count;
    leftOut += rest;
    shown.set(block, rest === 0 ? block : { ...block, lines: [...block.lines.slice(0, count), block.more(rest)] });
  }
  return { shown: blocks.flatMap((block) => shown.get(block) ?? []), leftOut };
}

function textOf({ before, lines, after }: Block): string {
  return [before, ...lines, after].filter((part) => part !== "").join("\n");
}

const marks: Record<StepKind, string> = { delete: "−", replace: "±", update: "~", import: "↓", create: "+" };

function headOf(report: StackReport, say: Words): string {
  const { stack, profile, result, changes, unchanged, packs, operation } = report;
  const counts = steps.flatMap((step) => {
    const count = changes.filter((change) => change.step === step).length;
    return count === 0 ? [] : [`**${marks[step]} ${count}** ${stepName(step, operation, say)}`];
  });
  const name = profile === undefined || profile === stack ? code(stack) : `${code(stack)} (${plain(profile, 80)})`;
  const sums = [...counts, say.unchanged(unchanged)].join(" · ");
  const silent = packs.filter(({ decisions }) => decisions === 0);
  const ran = packs.slice(0, 5).map(({ name, decisions }) => plain(say.packs(name, decisions), 200));
  const judged = levels.flatMap((level) => {
    const count = report.findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [say.counts[level](count)];
  });
  return [
    `\n### ${sign(report)} ${name}: ${say.results[result]}\n`,
    changes.length > 0 ? sums : `${operation === "refresh" ? say.noDrift : say.noChange} ${sums}`,
    "",
    operation === "refresh" ? "" : ran.length > 0 ? [...ran, ...judged].join(" · ") : say.noPack,
    ...silent.slice(0, 5).map(({ name }) => `\n**⛔ ${plain(say.packSilent(name), 200)}**`),
    "",
  ].join("\n");
}

function sign({ result, findings, changes, packs, operation }: StackReport): string {
  const blocks = findings.some(({ level }) => level === "mandatory") || packs.some(({ decisions }) => decisions === 0);
  if (result !== "succeeded" || blocks) return "⛔";
  const alarms = operation === "refresh" || changes.some((change) => losesData(change) || change.stopsMachine);
  return alarms && changes.length > 0 ? "⚠️" : "✅";
}

function stepName(step: StepKind, operation: StackReport["operation"], say: Words): string {
  return (operation === "refresh" ? say.driftSteps[step] : undefined) ?? say.steps[step];
}

function blocksOf(report: StackReport, stack: number, say: Words): Block[] {
  const { changes, findings, errors, operation } = report;
  const lost = changes.filter(losesData);
  const stopped = changes.filter(({ stopsMachine }) => stopsMachine);
  const { dataLoss, stops } = operation === "refresh" ? say.drift : say;
  const item = (change: Change) =>
    `> - **${stepName(change.step, operation, say)}** ${code(change.name)} ${plain(kindOf(change), 80)}, ${plain(change.layer, 80)}`;
  const quoted = { after: "", more: (count: number) => `> - ${say.more(count)}` };
  const blocks: Block[] = [
    {
      stack,
      priority: priorities.loss,
      before: `\n> [!CAUTION]\n> **${dataLoss(lost.length)}**`,
      lines: lost.map(item),
      ...quoted,
    },
    {
      stack,
      priority: priorities.stops,
      before: `\n> [!WARNING]\n> **${stops(stopped.length)}**`,
      lines: stopped.map(item),
      ...quoted,
    },
    findingsBlock("mandatory", findings, stack, say),
    {
      stack,
      priority: priorities.error,
      before: `\n#### ${say.errors}\n`,
      lines: errors.map((error) => `- ${plain(error, 1000)}`),
      after: "",
      more: (count) => `- ${say.more(count)}`,
    },
    ...levels.slice(1).map((level) => findingsBlock(level, findings, stack, say)),
    exceptionsBlock(report, stack, say),
    weakenedBlock(report, stack, say),
    layersBlock(report, stack, say),
    changesBlock(report, stack, say),
  ];
  return blocks.filter(({ lines }) => lines.length > 0);
}

function findingsBlock(level: Level, all: readonly Finding[], stack: number, say: Words): Block {
  const findings = all.filter((finding) => finding.level === level);
  const head = `\n#### ${level === "mandatory" ? "⛔ " : ""}${say.levels[level]} (${findings.length})\n\n`;
  return {
    stack,
    priority: priorities[level],
    before: head + tableHead(say.rule, say.severity, say.layer, say.resource, say.message),
    lines: findings.map((finding) =>
      row(
        code(finding.rule),
        finding.severity === undefined ? "" : say.severities[finding.severity],
        plain(finding.layer, 80),
        finding.resource === "" ? say.wholeStack : code(finding.resource),
        wordsOf(finding, say),
      ),
    ),
    after: "",
    more: (count) => row(say.more(count), "", "", "", ""),
  };
}

/** What nobody has to put right now is said without how. */
function wordsOf({ level, message, remedy }: Finding, say: Words): string {
  const wrong = plain(message[say.language], 800);
  const todo = plain(remedy[say.language], 400);
  const asksForIt = level === "mandatory" || level === "advisory";
  return asksForIt && todo !== "" ? `${wrong} **${say.remedy}:** ${todo}` : wrong;
}

/** Every one of them, what has expired first: who answers for what, and until when. */
function exceptionsBlock({ exceptions }: StackReport, stack: number, say: Words): Block {
  const expiredFirst = (exception: Exception) => `${exception.state === "expired" ? 0 : 1} ${exception.expires}`;
  const sorted = [...exceptions].sort((one, other) => (expiredFirst(one) < expiredFirst(other) ? -1 : 1));
  return {
    stack,
    priority: priorities.exceptions,
    before: `\n#### ${say.exceptions} (${exceptions.length})\n\n${tableHead(say.rule, say.resource, say.state, say.lastDay, say.covers, say.owner, say.reason)}`,
    lines: sorted.map(({ rule, resource, state, expires, covers, owner, reason }) =>
      row(
        code(rule),
        code(resource, 240),
        `${state === "expired" ? "⛔ " : ""}${say.states[state]}`,
        plain(expires, 20),
        covers === undefined ? "–" : String(covers),
        plain(owner, 80),
        plain(reason, 400),
      ),
    ),
    after: "",
    more: (count) => row(say.more(count), "", "", "", "", "", ""),
  };
}

/** What is switched off first: it finds nothing, so that nobody would miss it. */
function weakenedBlock({ weakened }: StackReport, stack: number, say: Words): Block {
  const sorted = lesser.flatMap((here) => weakened.filter((one) => one.here === here));
  return {
    stack,
    priority: priorities.weakened,
    before: `\n#### ${say.weakened} (${weakened.length})\n\n${tableHead(say.rule, say.severity, say.normally, say.here)}`,
    lines: sorted.map(({ rule, severity, normally, here }) =>
      row(code(rule), say.severities[severity], say.enforcements[normally], say.enforcements[here]),
    ),
    after: "",
    more: (count) => row(say.more(count), "", "", ""),
  };
}

function layersBlock({ changes, operation }: StackReport, stack: number, say: Words): Block {
  const layers = [...new Set(changes.map(({ layer }) => layer))].sort();
  const shown = steps.filter((step) => changes.some((change) => change.step === step));
  const count = (layer: string, step: StepKind) =>
    changes.filter((change) => change.layer === layer && change.step === step).length;
  return {
    stack,
    priority: priorities.layers,
    before: `\n#### ${say.byLayer}\n\n${tableHead(say.layer, ...shown.map((step) => stepName(step, operation, say)))}`,
    lines: layers.map((layer) => row(plain(layer, 80), ...shown.map((step) => String(count(layer, step) || "")))),
    after: "",
    more: (rest) => row(say.more(rest), ...shown.map(() => "")),
  };
}

/** Every change, layer by layer, the dangerous ones of each first. Folded away, but for what nobody has asked for. */
function changesBlock({ changes, operation }: StackReport, stack: number, say: Words): Block {
  const byLayer = Map.groupBy(changes, ({ layer }) => layer);
  const lines = [...byLayer.keys()]
    .sort()
    .flatMap((layer) => (byLayer.get(layer) ?? []).map((change) => changeRow(change, operation, say)));
  return {
    stack,
    priority: priorities.changes,
    before: `\n<details${operation === "refresh" ? " open" : ""}><summary>${say.changes} (${changes.length})</summary>\n\n${tableHead(say.layer, say.step, say.kind, say.name, say.properties)}`,
    lines,
    after: "\n</details>\n",
    more: (count) => row(say.more(count), "", "", "", ""),
  };
}

function changeRow(change: Change, operation: StackReport["operation"], say: Words): string {
  const { layer, step, name, properties } = change;
  const danger = losesData(change) ? "🔴 " : change.stopsMachine ? "🟠 " : "";
  const paths = plain(properties.slice(0, 20).join(", "), 300);
  const shown = `${danger}${marks[step]} ${stepName(step, operation, say)}`;
  return row(plain(layer, 80), shown, plain(kindOf(change), 80), code(name), paths);
}

/** `cloudstack:compute:Instance` is an Instance to a reader. */
function kindOf({ type }: Change): string {
  return type.split(":").at(-1) ?? type;
}
