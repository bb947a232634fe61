import fc from "fast-check";
import { expect, it } from "vitest";
import {
  blockOf,
  contains,
  formatAddress,
  formatCidr,
  isPrivate,
  isWithin,
  lastOf,
  overlap,
  parseAddress,
  parseCidr,
  prefixOf,
} from "../../emulator/cloudstack/models/ipv4.ts";
import { isDynamic, nextFree, parseVlanRanges } from "../../emulator/cloudstack/models/vlan.ts";

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const block = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([base, prefix]) => blockOf(base, prefix));

it("reads what it writes", () => {
  fc.assert(fc.property(address, (one) => parseAddress(formatAddress(one)) === one));
  fc.assert(
    fc.property(block, (one) => {
      expect(parseCidr(formatCidr(one))).toEqual(one);
    }),
  );
  fc.assert(fc.property(block, ({ prefix }) => prefixOf(formatAddress(maskOf(prefix))) === prefix));
});

it("holds its first and last address and nothing beside", () => {
  fc.assert(
    fc.property(block, (one) => {
      const outside = [one.base - 1, lastOf(one) + 1].filter((beside) => beside >= 0 && beside < 2 ** 32);
      return contains(one, one.base) && contains(one, lastOf(one)) && !outside.some((beside) => contains(one, beside));
    }),
  );
});

it("overlaps both ways, and only when one block is in the other", () => {
  fc.assert(
    fc.property(block, block, (a, b) => {
      return overlap(a, b) === overlap(b, a) && overlap(a, b) === (isWithin(a, b) || isWithin(b, a));
    }),
  );
});

it.each(["", "10.0.0", "10.0.0.256", "10.0.0.1.2", "a.b.c.d", "10.0.0.-1"])("refuses the address %j", (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8"])("refuses the block %j", (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

it("tells masks from other addresses, and private blocks from public ones", () => {
  expect(prefixOf("255.255.255.128")).toBe(25);
  expect(prefixOf("255.0.255.0")).toBeUndefined();
  const isPrivateText = (text: string) => isPrivate(parseCidr(text) ?? blockOf(0, 0));
  expect(["10.1.0.0/16", "172.31.0.0/24", "192.168.0.0/16", "100.64.0.0/10"].every(isPrivateText)).toBe(true);
  expect(["8.8.8.0/24", "172.32.0.0/16", "10.0.0.0/7"].some(isPrivateText)).toBe(false);
});

it("hands out the lowest VLAN of its ranges that is free", () => {
  const ranges = parseVlanRanges("500-501,700-700");
  expect([499, 500, 501, 502, 700].map((vlan) => isDynamic(ranges, vlan))).toEqual([false, true, true, false, true]);
  expect(nextFree(ranges, new Set([500]))).toBe(501);
  expect(nextFree(ranges, new Set([500, 501]))).toBe(700);
  expect(nextFree(ranges, new Set([500, 501, 700]))).toBeUndefined();
});

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}
