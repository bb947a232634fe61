/** An IPv4 network: its first address as a number and the length of its prefix. */
export interface Cidr {
  readonly base: number;
  readonly prefix: number;
}

/** The address as a number, or undefined where the text is no dotted IPv4 address. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** The network, or undefined where the text is none. `10.0.5.1/24` is none either: its host bits are not zero. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = "", prefix = "", ...rest] = text.split("/");
  const base = parseAddress(address);
  if (base === undefined || rest.length > 0 || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return undefined;
  const cidr = { base, prefix: Number(prefix) };
  return base % sizeOf(cidr) === 0 ? cidr : undefined;
}

export function formatCidr({ base, prefix }: Cidr): string {
  return `${formatAddress(base)}/${prefix}`;
}

/** How many addresses the network has, its own and the broadcast address included. */
export function sizeOf({ prefix }: Cidr): number {
  return 2 ** (32 - prefix);
}

export function netmaskOf(cidr: Cidr): string {
  return formatAddress(2 ** 32 - sizeOf(cidr));
}

/** The first host address: the virtual router's in every tier. */
export function gatewayOf({ base }: Cidr): number {
  return base + 1;
}

/** True where a machine may have the address: inside, and neither the network's, the router's nor the broadcast one. */
export function isHostOf(cidr: Cidr, address: number): boolean {
  return address > gatewayOf(cidr) && address < cidr.base + sizeOf(cidr) - 1;
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.base >= outer.base && inner.base + sizeOf(inner) <= outer.base + sizeOf(outer);
}

export function overlap(one: Cidr, other: Cidr): boolean {
  return contains(one, other) || contains(other, one);
}

/** The networks of the given prefix that the block is made of, in order. */
export function slotsOf(block: Cidr, prefix: number): Cidr[] {
  const size = 2 ** (32 - prefix);
  return Array.from({ length: sizeOf(block) / size }, (_, slot) => ({ base: block.base + slot * size, prefix }));
}
