import { type Finding, type State, subjects } from "./finding.ts";
import type { Report } from "./run.ts";

const marks: Readonly<Record<State, string>> = { ok: "✓", fixable: "!", blocking: "✗" };
/** Of terminals: green, yellow, red. The marks say the same without them. */
const inks: Readonly<Record<State, number>> = { ok: 32, fixable: 33, blocking: 31 };

export interface TextOptions {
  readonly profile: string;
  readonly colour: boolean;
  /** Of the terminal, in characters. */
  readonly width: number;
}

/** The report for people: a block for each subject, a line for each thing asked, what is wrong with its remedy below. */
export function reportText(report: Report, options: TextOptions): string {
  const blocks = subjects.flatMap((subject) => {
    const findings = report.checks.filter((finding) => finding.subject === subject);
    return findings.length === 0 ? [] : [[subject, ...findings.flatMap((one) => linesOf(one, options))].join("\n")];
  });
  return [...blocks, summary(report, options)].join("\n\n");
}

function linesOf({ state, asked, value, rule, remedy, advice, requirement }: Finding, options: TextOptions): string[] {
  const mark = options.colour ? `\u001b[${inks[state]}m${marks[state]}\u001b[0m` : marks[state];
  const id = requirement === undefined ? "" : ` [${requirement}]`;
  const head = wrapped(`${asked}: ${value ?? ""}${id}`, 4, options.width);
  const more = [
    ["rule", rule],
    ["remedy", remedy],
    ["advice", advice],
  ].flatMap(([word, text]) => (text === undefined ? [] : wrapped(`${word}: ${text}`, 6, options.width)));
  return [`  ${mark} ${head.join("\n").trimStart()}`, ...more];
}

/** Lines of at most the width, indented; a command without blanks is never broken. */
function wrapped(text: string, indent: number, width: number): string[] {
  const most = Math.max(width - indent, 40);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.trim().split(" ")) {
      if (line !== "" && line.length + 1 + word.length > most) {
        lines.push(line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines.map((line) => `${" ".repeat(indent)}${line}`);
}

function summary({ checks, worst }: Report, { profile }: TextOptions): string {
  const count = (state: State) => checks.filter((finding) => finding.state === state).length;
  const counted = `${count("ok")} ok, ${count("fixable")} fixable, ${count("blocking")} blocking`;
  switch (worst) {
    case "ok":
      return `${profile} can be deployed: ${counted}.`;
    case "fixable":
      return `${profile} can be deployed when the marked lines (!) are put right: ${counted}.`;
    case "blocking":
      return `${profile} cannot be deployed here as it is: ${counted}.`;
    default:
      return `${profile}: the server could not be asked.`;
  }
}
