/** Commands that a user may copy into a shell. */

/** A value as one word, whoever has chosen it. */
export function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/** A command in which every value is one word. */
export function command(words: TemplateStringsArray, ...values: readonly unknown[]): string {
  return String.raw({ raw: words }, ...values.map((value) => quoted(String(value))));
}
