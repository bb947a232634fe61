import type { Range } from "../core/ranges.ts";

export type { Range } from "../core/ranges.ts";

/** @param text `10.0.1.0/24`, or an address by itself; undefined where it is neither */
export function rangeOf(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const octets = match.slice(1, 5).map(Number);
  const prefix = match[5] === undefined ? 32 : Number(match[5]);
  if (octets.some((octet) => octet > 255) || prefix > 32) return undefined;
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}

/** The network of an address by its mask. */
export function networkOf(address: string, netmask: string): string | undefined {
  const mask = rangeOf(netmask)?.first;
  if (mask === undefined || rangeOf(address) === undefined) return undefined;
  const prefix = Math.round(32 - Math.log2(2 ** 32 - mask));
  const range = rangeOf(`${address}/${prefix}`);
  return range === undefined ? undefined : `${format(range.first)}/${prefix}`;
}

export function format(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}
