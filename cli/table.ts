/**
 * Rows under a head as text with lines around; cells may have several lines. Without colours, so that a log file stays
 * readable. Our own, because tables of hundreds of machines took the usual library minutes.
 */
export function table(head: string[], rows: (string | number)[][]): string {
  const cells = [head, ...rows].map((row) => head.map((_, column) => String(row[column] ?? "").split("\n")));
  const widths = head.map((_, column) =>
    cells.reduce((most, row) => (row[column] ?? []).reduce((width, line) => Math.max(width, widthOf(line)), most), 0),
  );
  const border = (left: string, middle: string, right: string) =>
    `${left}${widths.map((width) => "─".repeat(width + 2)).join(middle)}${right}`;
  const [heading = "", ...body] = cells.map((row) => linesOf(row, widths).join("\n"));
  return [border("┌", "┬", "┐"), heading, border("├", "┼", "┤"), ...body, border("└", "┴", "┘")].join("\n");
}

function linesOf(row: readonly string[][], widths: readonly number[]): string[] {
  const height = row.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from({ length: height }, (_, index) => {
    const cells = widths.map((width, column) => {
      const text = row[column]?.[index] ?? "";
      return ` ${text}${" ".repeat(width - widthOf(text))} `;
    });
    return `│${cells.join("│")}│`;
  });
}

const wide =
  /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60]/u;

/** How many columns a terminal gives the text: two for Hangul and its neighbours, none for marks on a letter. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (character < "\u0300") width += 1;
    else if (wide.test(character)) width += 2;
    else if (!/\p{M}/u.test(character)) width += 1;
  }
  return width;
}
