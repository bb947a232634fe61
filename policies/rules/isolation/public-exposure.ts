import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { Text } from "../../core/text.ts";
import type { Surroundings } from "../../core/world.ts";
import { networksOf, zoneOf } from "../../model/networks.ts";
import { ownerName, ownerOf, platform } from "../../model/owner.ts";
import { type Instance, type Network, types } from "../../model/types.ts";

/** What addresses, load balancers and forwarded ports have in common. */
interface Exposure {
  publicPort?: number;
  publicEndPort?: number;
  privatePort?: number;
  privateEndPort?: number;
}

type Report = (message: Text) => void;

async function judgeNetwork(subject: Subject<Exposure>, world: Surroundings, report: Report): Promise<void> {
  const { networkId } = subject.raw;
  for (const network of await world.referents<Network>(subject, "networkId", types.network, [networkId])) {
    if (zoneOf(network, world.settings) === "dmz") continue;
    report({
      en: `${subject.name} leads into ${network.name}, which is not the DMZ`,
      ko: `${subject.name}이(가) DMZ가 아닌 ${network.name}(으)로 연결됨`,
    });
  }
}

/** Behind an entrance stand machines of the DMZ only, whatever network the entrance names. */
async function judgeInstances(subject: Subject<Exposure>, world: Surroundings, report: Report): Promise<void> {
  const { instanceId, instanceIds = [instanceId] } = subject.raw as { instanceId?: unknown; instanceIds?: unknown[] };
  const property = instanceId === undefined ? "instanceIds" : "instanceId";
  for (const instance of await world.referents<Instance>(subject, property, types.instance, instanceIds)) {
    const networks = await networksOf(instance, world);
    if (networks.some((network) => zoneOf(network, world.settings) === "dmz")) continue;
    report({
      en: `${subject.name} leads to ${instance.name}, which does not stand in the DMZ`,
      ko: `${subject.name}이(가) DMZ에 없는 ${instance.name}(으)로 연결됨`,
    });
  }
}

export default resourceRule({
  id: "isolation-public-exposure",
  title: { en: "Nothing but the edge is reachable from outside", ko: "엣지 외에는 외부에 노출될 수 없음" },
  description: {
    en: "A public address or a forwarded port on anything but the gateways is a second entrance that no gateway guards.",
    ko: "게이트웨이가 아닌 대상의 공인 주소나 포트 포워딩은 통제되지 않는 두 번째 입구이다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P4.1"],
  frameworks: [
    n2sf("EB-3", "default deny at borders"),
    n2sf("EB-6", "allow by list only"),
    csap("10.1", "access control"),
  ],
  remediation: {
    en: ["Publish through the load balancer of the DMZ", "Remove port forwarding and static NAT"],
    ko: ["DMZ 로드밸런서를 통해 공개", "포트 포워딩과 static NAT 제거"],
  },
  example: `new network.PortForwardingRule("ssh", { publicPort: 22, privatePort: 22, instanceId: database.id, … });`,
  settings: z.strictObject({
    administration: z
      .array(z.int().min(1).max(65535))
      .default([22, 3389, 5900, 9100, 9400])
      .describe(
        "Ports of machines that no entrance may lead to: the router's lists do not see what it balances itself.",
      ),
  }),
  grades: {},
  kind: "resource",
  types: [types.publicIp, types.loadBalancer, types.portForwarding, types.staticNat],
  async check(subject: Subject<Exposure>, { world, settings, report, part }) {
    const { publicPort } = world.settings.plan;
    const owner = await ownerOf(subject, world);
    if (owner !== platform) {
      report({
        en: `${subject.name} gives ${ownerName(owner).en} an entrance from outside`,
        ko: `${subject.name}이(가) ${ownerName(owner).ko}에 외부 입구를 제공함`,
      });
    }
    await part(() => {
      const { publicPort: first, publicEndPort: last = first } = subject.props;
      if (first === undefined || (first === publicPort && last === publicPort)) return;
      report({
        en: `${subject.name} opens more than port ${publicPort} to the world`,
        ko: `${subject.name}이(가) ${publicPort} 외의 포트를 외부에 개방함`,
      });
    });
    await part(() => {
      const { privatePort: first, privateEndPort: last = first } = subject.props;
      const port = settings.administration.find((one) => first !== undefined && first <= one && one <= (last ?? first));
      if (port === undefined) return;
      report({
        en: `${subject.name} leads the world to port ${port} of machines`,
        ko: `${subject.name}이(가) 외부를 VM의 관리 포트 ${port}(으)로 연결함`,
      });
    });
    await part(() => {
      if (subject.type !== types.staticNat) return;
      report({
        en: `${subject.name} opens every port of a machine to the world`,
        ko: `${subject.name}이(가) VM의 모든 포트를 외부에 개방함`,
      });
    });
    await part(() => judgeNetwork(subject, world, report));
    await part(() => judgeInstances(subject, world, report));
  },
});
