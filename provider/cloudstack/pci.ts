/** Addresses of PCI devices, `[dddd:]bb:ss.f`: domain, bus, slot and function, all of them hexadecimal. */
import type { Format } from "../core/formats.ts";

export interface PciAddress {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

const pattern = /^(?:([0-9a-f]{4}):)?([0-9a-f]{2}):([01][0-9a-f])\.([0-7])(?=\s|$)/i;

/** The address that a text starts with ("b3:00.0 VGA compatible controller …"), or undefined if it starts with none. */
export function parsePci(text: string): PciAddress | undefined {
  const [, domain = "0000", bus = "", slot = "", func = ""] = pattern.exec(text) ?? [];
  if (bus === "") return undefined;
  const [d, b, s, f] = [domain, bus, slot, func].map((digits) => Number.parseInt(digits, 16));
  return { domain: d ?? 0, bus: b ?? 0, slot: s ?? 0, function: f ?? 0 };
}

/** The full spelling, in lower case: `0000:b3:00.0`. */
export function formatPci({ domain, bus, slot, function: func }: PciAddress): string {
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${func.toString(16)}`;
}

export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

/** One spelling of an address, for comparison; text that is none stays, in lower case. */
export function canonicalPci(text: string): string {
  const address = parsePci(text);
  return address === undefined ? text.toLowerCase() : formatPci(address);
}

/** A PCI address and nothing behind it. */
export const pciFormat: Format = {
  name: "pci",
  rule: "a PCI address such as 0000:b3:00.0 (domain:bus:slot.function in hexadecimal, the domain may be left out)",
  test: isPci,
  canonical: canonicalPci,
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where a GPU device sits: a PCI address, or the UUID of a mediated device. */
export const busFormat: Format = {
  name: "bus",
  rule: "a PCI address such as 0000:b3:00.0, or the UUID of a mediated device (mdev)",
  test: (text) => isPci(text) || uuid.test(text),
  canonical: canonicalPci,
};

function isPci(text: string): boolean {
  return parsePci(text) !== undefined && !/\s/.test(text);
}
