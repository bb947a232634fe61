/** A number with at most two decimals and no trailing zeros, as Java's `DecimalFormat("#.##")` writes it. */
export function twoDecimals(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** `part` of `whole` in percent; nothing of nothing is 0. */
export function percent(part: number, whole: number): string {
  return twoDecimals(whole === 0 ? 0 : (part / whole) * 100);
}
