import { type Check, type CheckFinding, type Estate, everywhere } from "../estate.ts";
import { textOf } from "../state.ts";

type Row = Readonly<Record<string, unknown>>;

/** Ways in from outside that nobody declared: addresses, forwarded ports, static NAT, load balancers. */
export const entrances: Check = {
  id: "live-entrance",
  title: { en: "Only the declared edge is reachable from outside", ko: "선언된 서비스 에지만 외부에서 접근 가능" },
  requirements: ["P4.1", "P1.5"],
  async ask(estate) {
    const { cloud } = estate;
    const addresses = await everywhere(cloud, "listPublicIpAddresses");
    const forwardings = await everywhere(cloud, "listPortForwardingRules");
    const balancers = await everywhere(cloud, "listLoadBalancerRules");
    return [
      ...addresses.flatMap((row) => addressFinding(row, estate)),
      ...forwardings.flatMap((row) => ruleFinding(row, estate, "port forwarding", "deletePortForwardingRule")),
      ...balancers.flatMap((row) => ruleFinding(row, estate, "load balancer rule", "deleteLoadBalancerRule")),
    ];
  },
};

function addressFinding(row: Row, { state, networks }: Estate): CheckFinding[] {
  const isOurs =
    state.ofType("cloudstack:network:Vpc").some(({ id }) => id === textOf(row.vpcid)) ||
    networks.has(textOf(row.associatednetworkid));
  if (!isOurs || isTrue(row.issourcenat)) return [];
  const nat =
    isTrue(row.isstaticnat) &&
    !state.ofType("cloudstack:network:StaticNat").some(({ outputs, inputs }) => {
      return [outputs.publicIpId, inputs.publicIpId].includes(row.id);
    });
  if (state.has(row.id) && !nat) return [];
  const [address, machine] = [textOf(row.ipaddress), textOf(row.virtualmachinename)];
  const to =
    nat && machine !== "" ? { en: ` and leads to ${machine}`, ko: `, ${machine}(으)로 연결됨` } : { en: "", ko: "" };
  return [
    {
      kind: "public address",
      id: textOf(row.id),
      name: address,
      layer: networks.get(textOf(row.associatednetworkid))?.layer ?? "foundation",
      severity: nat ? "critical" : "high",
      message: {
        en: `${address} was taken by hand${to.en}`,
        ko: `${address}이(가) 수동으로 할당됨${to.ko}`,
      },
      remedy: {
        en: `Give it back: cmk disassociate ipaddress id=${textOf(row.id)}`,
        ko: `반납: cmk disassociate ipaddress id=${textOf(row.id)}`,
      },
    },
  ];
}

function ruleFinding(row: Row, { state, networks }: Estate, kind: string, command: string): CheckFinding[] {
  const network = networks.get(textOf(row.networkid));
  const isMachineOurs = state.has(row.virtualmachineid);
  if (state.has(row.id) || (network === undefined && !isMachineOurs)) return [];
  const address = textOf(row.ipaddress) || textOf(row.publicip);
  const target = textOf(row.virtualmachinename) || textOf(row.name);
  const way = `${address}:${textOf(row.publicport)} → ${target}:${textOf(row.privateport)}`;
  return [
    {
      kind,
      id: textOf(row.id),
      name: way,
      layer: network?.layer ?? "foundation",
      severity: "critical",
      message: { en: `${way} was opened by hand (${kind})`, ko: `${way} 경로가 수동으로 열림 (${kind})` },
      remedy: {
        en: `Close it: cmk ${command} id=${textOf(row.id)}`,
        ko: `닫을 것: cmk ${command} id=${textOf(row.id)}`,
      },
    },
  ];
}

/** Servers write it as a word or as a value. */
function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
