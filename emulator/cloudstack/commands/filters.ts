/** Whether the row has every value that is given; what is undefined is not asked for. */
export function fits<T extends object>(row: T, wanted: { readonly [K in keyof T]?: unknown }): boolean {
  for (const key in wanted) if (wanted[key] !== undefined && row[key] !== wanted[key]) return false;
  return true;
}

/** Whether one of the texts contains the part, ignoring case as the database does; an absent part is in every text. */
export function mentions(part: string | undefined, ...texts: readonly string[]): boolean {
  if (part === undefined) return true;
  const wanted = part.toLowerCase();
  return texts.some((text) => text.toLowerCase().includes(wanted));
}
