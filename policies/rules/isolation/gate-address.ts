import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { type Context, stackRule } from "../../core/rule.ts";
import { Undecided } from "../../core/unknown.ts";
import type { World } from "../../core/world.ts";
import { allowances, tiersOf } from "../../model/acl.ts";
import { rangeOf } from "../../model/address.ts";
import { ownerOf, platform } from "../../model/owner.ts";
import { tagOf } from "../../model/scope.ts";
import { type Instance, type Network, types } from "../../model/types.ts";

export default stackRule({
  id: "isolation-gate-address",
  title: {
    en: "The one address that tenants reach is the gate's",
    ko: "테넌트가 접근하는 주소는 게이트의 주소여야 함",
  },
  description: {
    en: "Rules of the AI zone name who may come in, not to whom: the registry next to the gate answers on the same port. What a tenant's list lets out to must be a machine of the quality gate.",
    ko: "AI 구역의 수신 규칙은 출발지만 지정하므로 게이트 옆의 레지스트리도 같은 포트로 응답한다. 테넌트 목록의 송신 대상은 품질 게이트의 VM이어야 한다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.5", "P2.2"],
  frameworks: [
    n2sf("CD-1", "controlled exchange between enclaves"),
    n2sf("EB-14", "allow-listed egress"),
    csap("11", "network separation"),
  ],
  remediation: {
    en: [
      "Name the gate's own address in the tenant's list",
      "Where the gate is of another stack, name its addresses in the pack's configuration (gates)",
    ],
    ko: ["테넌트 목록에 게이트의 주소를 지정", "게이트가 다른 스택에 있으면 정책 설정(gates)에 주소를 등록"],
  },
  example: `{ number: 501, action: "allow", trafficType: "egress", protocol: "tcp", cidrs: ["10.0.5.64/32"], startPort: 443, … } // the registry's`,
  settings: z.strictObject({
    layers: z.array(z.string().min(1)).default(["quality-gate"]).describe("Tags `layer` of the gate's machines."),
    gates: z.array(z.ipv4()).default([]).describe("Addresses of gates that are not of this stack."),
  }),
  grades: {},
  kind: "stack",
  types: [types.network],
  async check(world, { settings, report, part }) {
    const gates = new Set([...settings.gates, ...(await gateAddresses(world, settings.layers, part))].map(addressOf));
    for (const network of world.ofType<Network>(types.network)) {
      await part(async () => {
        for (const { list, zone, owner } of await tiersOf(network, world)) {
          if (zone !== "tenant" && owner === platform) continue;
          for (const { rule, cidr, range } of allowances(list, "egress")) {
            // What is no single address is another rule's matter.
            if (range === undefined || range.first !== range.last || gates.has(range.first)) continue;
            if (gates.size === 0) throw new Undecided(noGate);
            report(
              {
                en: `${list.name} lets the tenant out to ${cidr}, which is no gate's address (rule ${rule.number})`,
                ko: `${list.name}이(가) 게이트 주소가 아닌 ${cidr}(으)로 송신을 허용 (규칙 ${rule.number})`,
              },
              list,
            );
          }
        }
      });
    }
  },
});

const noGate = {
  en: "no machine of the quality gate with an address of its own is in this stack",
  ko: "이 스택에 고정 주소를 가진 품질 게이트 VM이 없음",
};

const addressOf = (address: string) => rangeOf(address)?.first;

/** A machine of which it cannot be told is no gate: that a rule lets tenants to it is then said, not left open. */
async function gateAddresses(
  world: World,
  layers: readonly string[],
  part: Context<unknown>["part"],
): Promise<string[]> {
  const machines = world.ofType<Instance>(types.instance).filter((one) => layers.includes(tagOf(one, "layer") ?? ""));
  const addresses: string[] = [];
  for (const machine of machines) {
    await part(async () => {
      if ((await ownerOf(machine, world)) !== platform) return;
      addresses.push(...machine.props.nics.flatMap(({ ipAddress }) => ipAddress ?? []));
    });
  }
  return addresses;
}
