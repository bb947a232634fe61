/** Network ACL lists: their rules' checks, order and removal (`NetworkACLServiceImpl`). */
import { failBare, invalid } from "./errors.ts";
import { parseCidr } from "./ipv4.ts";
import type { AclItem, AclList } from "./network.ts";
import type { Tables } from "./tables.ts";

type Rule = Pick<AclItem, "protocol" | "cidrs" | "startPort" | "endPort" | "icmpType" | "icmpCode">;

const protocols = "tcp,udp,icmp,all";
const ipv6Cidr = /^[0-9a-f:]+\/\d{1,3}$/i;

/** The two lists that are there from the start cannot be changed. */
export function isBuiltIn(list: AclList): boolean {
  return list.builtIn === true;
}

/** @throws {ApiError} 431 for what no rule can be. */
export function checkRule(rule: Rule): void {
  checkPorts(rule);
  const malformed = rule.cidrs.find((cidr) => parseCidr(cidr) === undefined && !ipv6Cidr.test(cidr));
  if (malformed !== undefined) throw failBare(431, `Source cidrs formatting error ${malformed}`);
  checkProtocol(rule);
}

function checkPorts({ startPort, endPort, protocol }: Rule): void {
  if (startPort === undefined && endPort === undefined) return;
  if (!isPort(startPort)) throw invalid(`Start public port is an invalid value: ${startPort}`);
  if (!isPort(endPort)) throw invalid(`End public port is an invalid value: ${endPort}`);
  if (startPort > endPort) {
    throw invalid(`Start port can't be bigger than end port [startport=${startPort},endport=${endPort}]`);
  }
  if (protocol.toLowerCase() === "all") throw invalid("start port and end port must be null if protocol = 'all'");
}

function isPort(port: number | undefined): port is number {
  return port !== undefined && port >= 0 && port <= 65535;
}

function checkProtocol({ protocol, startPort, endPort, icmpType, icmpCode }: Rule): void {
  if (/^\d+$/.test(protocol)) {
    if (Number(protocol) > 255) throw invalid(`Invalid protocol number: ${Number(protocol)}`);
  } else if (!protocols.split(",").includes(protocol.toLowerCase())) {
    throw invalid(`Invalid protocol [${protocol}]. Expected one of: [${protocols}]`);
  }
  const isIcmp = protocol.toLowerCase() === "icmp";
  if (!isIcmp && (icmpType !== undefined || icmpCode !== undefined)) {
    throw invalid("Can specify icmpCode and icmpType for ICMP protocol only");
  }
  if (isIcmp && (startPort !== undefined || endPort !== undefined)) {
    throw invalid("Can't specify start/end port when protocol is ICMP");
  }
  if (icmpType === undefined) return;
  if (icmpType < -1 || icmpType > 255) {
    throw invalid(`Invalid icmp type [${icmpType}]. It should belong to [0-255] range`);
  }
  if (icmpCode !== undefined && (icmpCode < -1 || icmpCode > 16)) {
    throw invalid(
      `Invalid icmp code [${icmpCode}]. It should belong to [0-16] range and can be defined when icmpType belongs to [0-40] range`,
    );
  }
}

/** A protocol as it is kept: ICMP by name, because it has types and codes, other numbers as they are. */
export function protocolNamed(protocol: string): string {
  const name = protocol.trim();
  return name === "1" ? "icmp" : name;
}

/** @throws {ApiError} 431 when another rule of the list has the number. */
export function checkNumber(tables: Tables, list: AclList, number: number, itself?: AclItem): void {
  if (number < 1) throw invalid(`Invalid number [${number}]. Number cannot be < 1`);
  const taken = tables.aclItems.where("aclId", list.id).some((item) => item !== itself && item.number === number);
  if (taken) throw invalid(`ACL item with number ${number} already exists in ACL: ${list.uuid}`);
}

/** One after the greatest number of the list. */
export function nextNumber(tables: Tables, list: AclList): number {
  return 1 + Math.max(0, ...tables.aclItems.where("aclId", list.id).map((item) => item.number));
}

/** Gives a rule this number and moves those behind it one further, as far as they stand close together. */
export function placeAt(tables: Tables, item: AclItem, number: number): void {
  const inTheWay = tables.aclItems
    .where("aclId", item.aclId)
    .find((other) => other !== item && other.number === number);
  if (inTheWay !== undefined) placeAt(tables, inTheWay, number + 1);
  tables.aclItems.update(item, { number });
}

export function removeAclList(tables: Tables, list: AclList): void {
  for (const item of tables.aclItems.where("aclId", list.id)) tables.aclItems.remove(item);
  tables.aclLists.remove(list);
}
