/** GiB in properties, bytes (or KiB) on the wire. */
import { integer, type Row } from "../core/fields.ts";

const bytesPerGib = 2 ** 30;

export function bytesOf(gib: number): number {
  return gib * bytesPerGib;
}

/** Not rounded: what somebody set by hand to an odd number of bytes is a difference. Undefined if it is no number. */
export function gibOf(bytes: unknown): number | undefined {
  const number = Number(bytes);
  return bytes === undefined || bytes === null || Number.isNaN(number) ? undefined : number / bytesPerGib;
}

/** For messages: `1.5 GiB`. */
export function inGib(bytes: number): string {
  return `${Number((bytes / bytesPerGib).toFixed(3))} GiB`;
}

/** Numbers of bytes stay exact up to here: 8 EiB. */
export const mostGib = 2 ** 53 / bytesPerGib;

/** A limit in GiB of which 0 means that there is none; `decode` where the answer calls it differently. */
export function limitGib(
  doc: string,
  { param, decode }: { param: string | false; decode?: (row: Row) => number | undefined },
) {
  return integer({
    default: 0,
    min: 0,
    max: mostGib,
    unit: "GiB",
    param,
    encode: bytesOf,
    decode: decode ?? ((row: Row) => gibOf(row[String(param)])),
    doc: `${doc} 0 = no limit.`,
  });
}
