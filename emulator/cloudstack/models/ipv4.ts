/** IPv4 arithmetic on plain numbers. Texts are dotted quads, as the API writes them. */

export interface Cidr {
  /** First address of the block. */
  readonly base: number;
  readonly prefix: number;
}

/** The address as an unsigned 32-bit number, or undefined when the text is not a dotted quad. */
export function parseAddress(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const bytes = match.slice(1).map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((address, byte) => address * 256 + byte, 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** The block that an address belongs to; undefined when the text is not `a.b.c.d/0-32`. */
export function parseCidr(text: string): Cidr | undefined {
  const [addressText = "", prefixText = "", ...rest] = text.split("/");
  const address = parseAddress(addressText);
  const prefix = /^\d{1,2}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (address === undefined || rest.length > 0 || !(prefix <= 32)) return undefined;
  return blockOf(address, prefix);
}

/** Number of leading ones of a netmask, or undefined when it is not a netmask. */
export function prefixOf(netmask: string): number | undefined {
  const mask = parseAddress(netmask);
  if (mask === undefined) return undefined;
  const prefix = Math.clz32(~mask >>> 0);
  return maskOf(prefix) === mask ? prefix : undefined;
}

export function blockOf(address: number, prefix: number): Cidr {
  return { base: (address & maskOf(prefix)) >>> 0, prefix };
}

export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.prefix}`;
}

/** Last address of the block (the broadcast address). */
export function lastOf(cidr: Cidr): number {
  return cidr.base + 2 ** (32 - cidr.prefix) - 1;
}

export function contains(cidr: Cidr, address: number): boolean {
  return address >= cidr.base && address <= lastOf(cidr);
}

export function isWithin(inner: Cidr, outer: Cidr): boolean {
  return contains(outer, inner.base) && inner.prefix >= outer.prefix;
}

export function overlap(a: Cidr, b: Cidr): boolean {
  return contains(a, b.base) || contains(b, a.base);
}

/** RFC 1918 and RFC 6598: what a guest network may use. */
export function isPrivate(cidr: Cidr): boolean {
  return privateBlocks.some((block) => isWithin(cidr, block));
}

const privateBlocks: readonly Cidr[] = [
  { base: 0x0a000000, prefix: 8 },
  { base: 0xac100000, prefix: 12 },
  { base: 0xc0a80000, prefix: 16 },
  { base: 0x64400000, prefix: 10 },
];

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}
