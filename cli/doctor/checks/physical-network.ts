import { type Exam, zoneOf } from "../exam.ts";
import { blocking, fixable, ok, type Result } from "../finding.ts";
import { override, some } from "../remedies.ts";

/** The physical network that carries the VLANs, and for bare layer-2 zones which one it is. */
export const physicalNetwork = {
  name: "physical-network",
  subject: "network",
  async ask(exam: Exam): Promise<Result[]> {
    const { cloud, plan } = exam;
    const { id: zoneid } = await zoneOf(exam);
    const networks = await cloud.rows("listPhysicalNetworks", { zoneid });
    const usable = networks.filter(({ state, isolationmethods }) => {
      return state === "Enabled" && /^(VLAN)?$/i.test(String(isolationmethods ?? ""));
    });
    const asked = "physical network with VLANs";
    const requirement = "P7";
    const shown = networks.map(({ name, state, isolationmethods }) => `${name} (${state}, ${isolationmethods})`);
    if (usable.length === 0) {
      const remedy = "enable one with isolation method VLAN and traffic type Guest";
      return [blocking({ asked, value: some(shown), rule: "one that is enabled", remedy, requirement })];
    }
    const wanted = plan.infrastructure.physicalNetworkId;
    const path = "infrastructure.physicalNetworkId";
    const ids = usable.map(({ id, name }) => `${id} (${name})`);
    if (wanted !== undefined && !usable.some(({ id }) => id === wanted)) {
      const remedy = override(path, String(usable[0]?.id));
      return [fixable({ asked: path, value: wanted, rule: `one of ${some(ids)}`, remedy, requirement })];
    }
    const segments = plan.network.zones.filter(({ kind }) => kind === "l2").map(({ key }) => key);
    if (wanted === undefined && usable.length > 1 && segments.length > 0) {
      const rule = `said, as the zone has several: ${some(ids)}`;
      const wrong = { asked: `physical network of the layer-2 zones ${segments.join(", ")}`, value: "not said", rule };
      return [fixable({ ...wrong, remedy: override(path, String(usable[0]?.id)), requirement })];
    }
    return [ok(asked, some(usable.map(({ name }) => String(name))), { requirement })];
  },
} as const;
