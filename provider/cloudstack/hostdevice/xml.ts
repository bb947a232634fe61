/**
 * Details `extraconfig-N` of an instance: pieces of libvirt XML that the hypervisor adds to its description at the next start.
 * One of ours gives it one PCI device.
 */
import type { Row } from "../client/client.ts";
import { detailsOf } from "../instance/details.ts";
import { canonicalPci, formatPci, hex, parsePci } from "../pci.ts";

/** The piece that passes a device through, with every number in hexadecimal: libvirt takes one without 0x for decimal. */
export function hostdevXml(address: string): string {
  const pci = parsePci(address);
  if (pci === undefined) throw new Error(`not a PCI address: ${address}`);
  const numbers = `domain='0x${hex(pci.domain, 4)}' bus='0x${hex(pci.bus, 2)}' slot='0x${hex(pci.slot, 2)}' function='0x${hex(pci.function, 1)}'`;
  return `<devices><hostdev mode='subsystem' type='pci' managed='yes'><source><address ${numbers}/></source></hostdev></devices>`;
}

const hostdev = /<hostdev\b[^>]*\btype=['"]pci['"][\s\S]*?<\/hostdev>/g;

/** The addresses that a piece passes through, in full spelling; a number without 0x is decimal, as libvirt reads it. */
export function addressesIn(xml: string): string[] {
  return [...xml.matchAll(hostdev)].flatMap(([element]) => {
    const numberOf = (name: string) => Number(new RegExp(`\\b${name}=['"](\\w+)['"]`).exec(element)?.[1] ?? 0);
    const [domain, bus, slot] = [numberOf("domain"), numberOf("bus"), numberOf("slot")];
    const address = { domain, bus, slot, function: numberOf("function") };
    return Object.values(address).every(Number.isInteger) ? [formatPci(address)] : [];
  });
}

/** Key of a detail to the addresses that it passes through, of an instance's row. */
export function configuredIn(row: Row): Map<string, string[]> {
  const entries = Object.entries(detailsOf(row) ?? {}).filter(([key]) => isExtraConfig(key));
  return new Map(entries.map(([key, xml]) => [key, addressesIn(xml)]));
}

export function isExtraConfig(key: string): boolean {
  return /^extraconfig-\d+$/.test(key);
}

/** The details with `wanted` devices and without those of `unwanted`; every other detail, and every number, is kept. */
export function withDevices(
  details: Readonly<Record<string, string>>,
  wanted: readonly string[],
  unwanted: readonly string[],
): Record<string, string> {
  const going = new Set(unwanted.map(canonicalPci));
  const kept = Object.entries(details).filter(([key, xml]) => {
    const addresses = isExtraConfig(key) ? addressesIn(xml) : [];
    return addresses.length === 0 || !addresses.every((address) => going.has(address));
  });
  const result = Object.fromEntries(kept);
  const present = new Set(kept.flatMap(([key, xml]) => (isExtraConfig(key) ? addressesIn(xml) : [])));
  for (const address of wanted.map(canonicalPci)) {
    if (!present.has(address)) result[freeKey(details, result)] = hostdevXml(address);
  }
  return result;
}

/** The next number that is neither in use nor was just given up: a guest may still run with that one. */
function freeKey(...taken: Readonly<Record<string, string>>[]): string {
  for (let number = 1; ; number++) {
    const key = `extraconfig-${number}`;
    if (!taken.some((details) => key in details)) return key;
  }
}
