/**
 * Markdown of GitHub and GitLab that no value can break out of. Values come from programs of strangers: names, messages
 * of rules, errors. They become one line of plain words: no table cell, tag, link, mention, reference or image of theirs.
 */

/** Longest value that is shown whole, in characters. */
const longest = 400;

/** Invisible, and between two characters that together would mean something. */
const apart = "\u200b";

/** A value as text within a line or a table's cell. */
export function plain(value: string, most = longest): string {
  const line = value
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    // Direction marks and other invisible characters could show a text as another one.
    .replace(/[\p{Cf}\p{Co}]/gu, "")
    .trim();
  return guarded(cut(line, most));
}

/** A value as a name in a fixed-width font; where nothing is left of it, a dash. */
export function code(value: string, most = 120): string {
  return `<code>${plain(value, most) || "–"}</code>`;
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

/** As entities whatever Markdown or HTML reads as its own; and what the platforms look for afterwards torn apart. */
function guarded(text: string): string {
  return (
    text
      .replace(/^[-+=]|[&<>"'`|*_~[\](){}#!%\\$^]/g, (character) => `&#${character.codePointAt(0)};`)
      // Mentions, references such as #12, !3 and $4, addresses: found in the text that is shown, where entities are none.
      .replace(/@|&#(?:33|35|36|37|38|126);|:(?=\/\/)|\bwww(?=\.)|\bGH(?=-)/gi, (found) => `${found}${apart}`)
  );
}

/** A row of a table. Cells come from `plain`, `code` or our own words. */
export function row(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

export function tableHead(...titles: readonly string[]): string {
  return `${row(...titles)}\n${row(...titles.map(() => "---"))}`;
}
