/**
 * A bar of characters: full blocks for what is used, light ones for what is free, and a line where what there is
 * physically ends and overcommit begins.
 */
export function bar(used: number, capacity: number, physical = capacity, width = 20): string {
  const cells = (amount: number) => (capacity <= 0 ? 0 : Math.round((Math.min(amount, capacity) / capacity) * width));
  const full = used > 0 ? Math.max(1, cells(used)) : 0;
  const blocks = `${"█".repeat(full)}${"░".repeat(width - full)}`;
  const limit = cells(physical);
  return limit > 0 && limit < width ? `${blocks.slice(0, limit)}│${blocks.slice(limit)}` : blocks;
}

/** The share as people say it; of nothing there is none. */
export function percent(used: number, capacity: number): string {
  return capacity <= 0 ? "–" : `${Math.round((used / capacity) * 100)} %`;
}
