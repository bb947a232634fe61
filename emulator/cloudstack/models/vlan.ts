/** VLAN ids of a physical network: the dynamic range that CloudStack hands out, and what lies outside it. */

export interface VlanRange {
  readonly first: number;
  readonly last: number;
}

/** Ranges as a physical network states them, e.g. `500-1000` or `100-200,300-300`. */
export function parseVlanRanges(text: string): VlanRange[] {
  return text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      const [first = "", last = first] = part.split("-");
      return { first: Number(first), last: Number(last) };
    });
}

export function isDynamic(ranges: readonly VlanRange[], vlan: number): boolean {
  return ranges.some(({ first, last }) => vlan >= first && vlan <= last);
}

/** The lowest id of the ranges that is not taken, or undefined when all are. */
export function nextFree(ranges: readonly VlanRange[], taken: ReadonlySet<number>): number | undefined {
  for (const { first, last } of ranges) {
    for (let vlan = first; vlan <= last; vlan += 1) if (!taken.has(vlan)) return vlan;
  }
  return undefined;
}
