import { createHash, randomBytes } from "node:crypto";

/** A stream of numbers from a seed (mulberry32); without a seed it starts anywhere. Nothing in the emulator draws elsewhere. */
export class Random {
  #state: number;

  constructor(seed?: number) {
    this.#state = seed ?? randomBytes(4).readUInt32LE();
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }

  uuid(): string {
    return toUuid(this.bytes(16), 4);
  }
}

/** The same UUID for the same name, for seeded rows: a reset gives them their ids back. */
export function stableUuid(name: string): string {
  return toUuid(createHash("sha1").update(name).digest(), 5);
}

/** What Java's `UUID.nameUUIDFromBytes` makes of a name: the real server names storage pools so. */
export function javaNameUuid(name: string): string {
  return toUuid(createHash("md5").update(name).digest(), 3);
}

function toUuid(source: Buffer, version: 3 | 4 | 5): string {
  const bytes = Buffer.from(source.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
