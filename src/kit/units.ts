/** A size as people write it, e.g. `"64 GiB"` or `"1 TiB"`. The documents' GB are meant as GiB (requirements, first page). */
export type Size = `${number} ${"GiB" | "TiB"}`;

const gibPer = { GiB: 1, TiB: 1024 } as const;
const sizePattern = /^(\d+(?:\.\d+)?) (GiB|TiB)$/;

/** The size in GiB, or undefined where the text is no positive size: `64`, `"64 GB"` and `"-1 GiB"` are none. */
export function parseGib(text: string): number | undefined {
  const [, amount, unit] = sizePattern.exec(text) ?? [];
  if (amount === undefined || (unit !== "GiB" && unit !== "TiB")) return undefined;
  const gib = Number(amount) * gibPer[unit];
  return gib > 0 ? gib : undefined;
}

/** The size in GiB as people write it. */
export function formatGib(gib: number): Size {
  return `${gib} GiB`;
}

/** MiB, the unit of CloudStack's memory, from GiB. */
export function mibOfGib(gib: number): number {
  return gib * 1024;
}
