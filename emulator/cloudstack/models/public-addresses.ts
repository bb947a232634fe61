/** Public addresses of a zone: taken from its ranges, given back when released. */
import { fail } from "./errors.ts";
import type { PublicRange } from "./infrastructure.ts";
import { formatAddress, parseAddress } from "./ipv4.ts";
import type { PublicIp } from "./network.ts";
import type { Tables } from "./tables.ts";
import type { World } from "./world.ts";

type Holder = Pick<PublicIp, "accountId" | "domainId" | "sourceNat" | "zoneId"> &
  Partial<Pick<PublicIp, "vpcId" | "networkId">>;

/**
 * Takes the lowest free public address of the zone, or the wanted one. An address keeps its row and id whoever holds it
 * (`IPAddressDaoImpl.unassignIpAddress` only clears the holder). @throws {ApiError} 533 when there is none.
 */
export function takePublicAddress({ tables, clock }: World, holder: Holder, wanted?: string): PublicIp {
  const taken = new Set([...tables.publicIps.live()].map((ip) => ip.address));
  const ranges = tables.publicRanges.where("zoneId", holder.zoneId);
  for (const range of ranges) {
    for (const address of addressesOf(range)) {
      const fits = wanted === undefined || wanted === address;
      if (!fits || taken.has(address)) continue;
      const released = [...tables.publicIps.every()].find(
        (ip) => ip.address === address && ip.zoneId === holder.zoneId,
      );
      if (released === undefined) return tables.publicIps.insert({ ...holder, address });
      const unheld = { vpcId: undefined, networkId: undefined, staticNat: undefined, removed: undefined };
      return tables.publicIps.update(released, { ...unheld, ...holder, created: clock.now() });
    }
  }
  throw fail(
    "insufficient-address-capacity",
    `Insufficient address capacityScope=interface com.cloud.dc.DataCenter; id=${holder.zoneId}`,
  );
}

/** The range that an address lies in. */
export function rangeOf(tables: Tables, ip: Pick<PublicIp, "address" | "zoneId">): PublicRange | undefined {
  const address = parseAddress(ip.address) ?? -1;
  return tables.publicRanges.where("zoneId", ip.zoneId).find((range) => {
    const [first, last] = bounds(range);
    return address >= first && address <= last;
  });
}

function* addressesOf(range: PublicRange): Iterable<string> {
  const [first, last] = bounds(range);
  for (let address = first; address <= last; address += 1) yield formatAddress(address);
}

function bounds(range: PublicRange): [number, number] {
  return [parseAddress(range.startIp) ?? 0, parseAddress(range.endIp) ?? -1];
}
