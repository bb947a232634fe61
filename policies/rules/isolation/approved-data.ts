import { z } from "zod";
import { n2sf, pseudonymisation } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { networksOf, zoneOf } from "../../model/networks.ts";
import { ownerOf, platform } from "../../model/owner.ts";
import { type Instance, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-approved-data",
  title: { en: "Approved data is at hand for the shared training only", ko: "승인 데이터는 공용 학습 VM만 접근" },
  description: {
    en: "The storage network has no router and no list of rules: whoever has a card in it reads approved data and checkpoints.",
    ko: "스토리지 네트워크에는 라우터도 ACL도 없다. 여기에 NIC가 있으면 승인 데이터와 체크포인트를 읽을 수 있다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P2.2", "P3.2", "O4"],
  frameworks: [
    n2sf("IF-1", "flows between enclaves only where allowed"),
    n2sf("CD-6", "approved data only"),
    pseudonymisation("4", "safe management after pseudonymisation"),
  ],
  remediation: {
    en: ["Take the card in the storage network away", "Read models through the registry instead"],
    ko: ["스토리지 네트워크의 NIC 제거", "모델은 레지스트리를 통해 사용"],
  },
  example: `new compute.Instance("ai-gateway-01", { nics: [{ networkId: dmz.id }, { networkId: storage.id }], … });`,
  settings: z.strictObject({
    layers: z
      .array(z.string())
      .default(["shared-ai"])
      .describe("Tags `layer` of machines that may read approved data."),
  }),
  grades: {},
  kind: "resource",
  types: [types.instance],
  async check(instance: Subject<Instance>, { world, settings, report }) {
    const networks = await networksOf(instance, world);
    const zones = new Set(networks.map((network) => zoneOf(network, world.settings)));
    if (!zones.has("storage")) return;
    // Whatever it calls itself: who has a card elsewhere leads out of the storage network.
    const elsewhere = [...zones].filter((zone) => zone !== "storage" && zone !== "ai").map((zone) => zone ?? "?");
    if (elsewhere.length > 0) {
      report({
        en: `${instance.name} joins the network of approved data with others than the AI zone (${elsewhere.join(", ")})`,
        ko: `${instance.name}이(가) 승인 데이터 네트워크를 AI 구역 외의 네트워크와 연결함 (${elsewhere.join(", ")})`,
      });
    }
    const { layer } = instance.props.tags ?? {};
    if (layer !== undefined && settings.layers.includes(layer) && (await ownerOf(instance, world)) === platform) return;
    report({
      en: `${instance.name} (layer ${layer ?? "not tagged"}) has a card in the network of approved data`,
      ko: `${instance.name} (계층 ${layer ?? "태그 없음"})이(가) 승인 데이터 네트워크에 NIC를 가짐`,
    });
  },
});
