/** Public addresses of a zone: taken from its ranges, given back when released. */
import { fail } from "./errors.ts";
import type { PublicRange } from "./infrastructure.ts";
import { formatAddress, parseAddress } from "./ipv4.ts";
import type { PublicIp } from "./network.ts";
import type { Tables } from "./tables.ts";

type Holder = Pick<PublicIp, "accountId" | "domainId" | "sourceNat" | "zoneId"> &
  Partial<Pick<PublicIp, "vpcId" | "networkId">>;

/** Takes the lowest free public address of the zone, or the wanted one. @throws {ApiError} 533 when there is none. */
export function takePublicAddress(tables: Tables, holder: Holder, wanted?: string): PublicIp {
  const taken = new Set([...tables.publicIps.live()].map((ip) => ip.address));
  const ranges = tables.publicRanges.where("zoneId", holder.zoneId);
  for (const range of ranges) {
    for (const address of addressesOf(range)) {
      const fits = wanted === undefined || wanted === address;
      if (fits && !taken.has(address)) return tables.publicIps.insert({ ...holder, address });
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
