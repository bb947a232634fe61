import type { Text } from "../../../policies/core/text.ts";
import type { Row } from "../../doctor/questions.ts";
import type { Estate } from "../estate.ts";
import { type ForeignKind, foreignCheck, type Touch } from "../foreign.ts";
import { textOf } from "../state.ts";

const addresses: ForeignKind = {
  kind: "public address",
  command: "listPublicIpAddresses",
  isDeclared: (row, estate) =>
    isTrue(row.issourcenat) || (estate.state.has(row.id) && (!isTrue(row.isstaticnat) || leadsAsDeclared(row, estate))),
  touches(row, estate) {
    const layer = layerOf(row.associatednetworkid, row.vpcid, estate);
    if (layer === undefined) return undefined;
    const [address, machine, isTaken] = [
      textOf(row.ipaddress),
      textOf(row.virtualmachinename),
      !estate.state.has(row.id),
    ];
    const isNat = isTrue(row.isstaticnat);
    const to = { en: ` and leads to ${machine}`, ko: `, ${machine}(으)로 연결됨` };
    return {
      name: address,
      layer,
      severity: isNat ? "critical" : "high",
      message: isTaken
        ? {
            en: `${address} was taken by hand${isNat ? to.en : ""}`,
            ko: `${address}이(가) 수동으로 할당됨${isNat ? to.ko : ""}`,
          }
        : {
            en: `${address} leads to ${machine} by hand (static NAT)`,
            ko: `${address}이(가) 수동으로 ${machine}에 연결됨 (정적 NAT)`,
          },
      remedy: isTaken ? typed("disassociate ipaddress id", row) : typed("disable staticnat ipaddressid", row),
    };
  },
};

/** A static NAT has its address's id: that the address is declared says nothing of where it leads. */
function leadsAsDeclared(row: Row, { state }: Estate): boolean {
  const declared = state.ofType("cloudstack:network:StaticNat").find(({ id }) => id === textOf(row.id));
  return declared !== undefined && textOf(declared.inputs.instanceId) === textOf(row.virtualmachineid);
}

const portForwardings: ForeignKind = {
  kind: "port forwarding",
  command: "listPortForwardingRules",
  touches: (row, estate) =>
    opened(row, estate, { en: "port forwarding", ko: "포트 포워딩" }, "delete portforwardingrule id"),
};

const balancers: ForeignKind = {
  kind: "load balancer rule",
  command: "listLoadBalancerRules",
  touches: (row, estate) =>
    opened(row, estate, { en: "load balancer rule", ko: "부하 분산 규칙" }, "delete loadbalancerrule id"),
};

/** E.g. `198.51.100.2:2222 → ai-a-data-01:22`. */
function opened(row: Row, estate: Estate, what: Text, command: string): Touch | undefined {
  const isMachineOurs = estate.state.has(row.virtualmachineid);
  const layer = layerOf(row.networkid, undefined, estate) ?? (isMachineOurs ? "foundation" : undefined);
  if (layer === undefined) return undefined;
  const address = textOf(row.ipaddress) || textOf(row.publicip);
  const target = textOf(row.virtualmachinename) || textOf(row.name);
  const name = `${address}:${textOf(row.publicport)} → ${target}:${textOf(row.privateport)}`;
  const message = { en: `${name} was opened by hand (${what.en})`, ko: `${name} 경로가 수동으로 열림 (${what.ko})` };
  return { name, layer, severity: "critical", message, remedy: typed(command, row) };
}

/** Networks of a VPC have access lists instead; only others have a firewall. */
const firewall = (command: string, what: Text, verb: string): ForeignKind => ({
  kind: "firewall rule",
  command,
  isOptional: true,
  touches(row, estate) {
    const layer = layerOf(row.networkid, undefined, estate);
    const ports = textOf(row.startport) === "" ? "" : ` ${textOf(row.startport)}-${textOf(row.endport)}`;
    const name = `${textOf(row.ipaddress)} ${textOf(row.protocol)}${ports} ${textOf(row.cidrlist)}`.trim();
    const message = { en: `${what.en} ${name} was opened by hand`, ko: `${what.ko} ${name}이(가) 수동으로 열림` };
    return layer === undefined ? undefined : { name, layer, severity: "high", message, remedy: typed(verb, row) };
  },
});

/** What leads into the VPC past its access lists. The program makes none of these. */
const gateway = (kind: ForeignKind["kind"], command: string, what: Text, verb: string): ForeignKind => ({
  kind,
  command,
  isOptional: true,
  touches(row, estate) {
    const address = estate.state.all.find(({ id }) => id !== "" && id === textOf(row.publicipid));
    const layer = layerOf(undefined, row.vpcid, estate) ?? address?.layer;
    const name = textOf(row.publicip) || textOf(row.ipaddress);
    const message = {
      en: `${what.en} ${name} leads into the stack's networks and is not in the state`,
      ko: `${what.ko} ${name}이(가) 스택 네트워크로 연결되나 상태에 없음`,
    };
    return layer === undefined ? undefined : { name, layer, severity: "critical", message, remedy: typed(verb, row) };
  },
});

/** Ways in from outside that nobody declared. */
export const entrances = foreignCheck(
  {
    id: "live-entrance",
    title: { en: "Only the declared edge is reachable from outside", ko: "선언된 서비스 에지만 외부에서 접근 가능" },
    requirements: ["P4.1", "P1.5"],
  },
  [
    addresses,
    portForwardings,
    balancers,
    firewall("listFirewallRules", { en: "the firewall for", ko: "방화벽" }, "delete firewallrule id"),
    firewall("listEgressFirewallRules", { en: "the way out for", ko: "외부 통신" }, "delete egressfirewallrule id"),
    gateway(
      "VPN",
      "listRemoteAccessVpns",
      { en: "a remote access VPN at", ko: "원격 접속 VPN" },
      "delete remoteaccessvpn publicipid",
    ),
    gateway("VPN gateway", "listVpnGateways", { en: "a VPN gateway at", ko: "VPN 게이트웨이" }, "delete vpngateway id"),
    gateway(
      "private gateway",
      "listPrivateGateways",
      { en: "a private gateway at", ko: "사설 게이트웨이" },
      "delete privategateway id",
    ),
  ],
);

/** The layer of what a network or the VPC of the stack has; undefined for those of others. */
function layerOf(networkId: unknown, vpcId: unknown, { networks, state }: Estate): string | undefined {
  const vpcs = state.ofType("cloudstack:network:Vpc");
  const isInVpc = textOf(vpcId) !== "" && vpcs.some(({ id }) => id === textOf(vpcId));
  return networks.get(textOf(networkId))?.layer ?? (isInVpc ? "foundation" : undefined);
}

/** @param command with the name of the parameter that takes the id, such as `delete firewallrule id` */
function typed(command: string, row: Row): Text {
  const id = textOf(command.endsWith("publicipid") ? row.publicipid : row.id);
  return { en: `Close it: cmk ${command}=${id}`, ko: `닫을 것: cmk ${command}=${id}` };
}

/** Servers write it as a word or as a value. */
function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
