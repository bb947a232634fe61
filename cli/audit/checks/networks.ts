import type { Row } from "../../doctor/questions.ts";
import { type Check, type CheckFinding, everywhere } from "../estate.ts";
import { type Kept, recordsOf, textOf, wordsOf } from "../state.ts";

/** Networks that nobody declared, on a VLAN of the stack or in its VPC. */
export const foreignNetworks: Check = {
  id: "live-foreign-network",
  title: { en: "VLANs and the VPC carry declared networks only", ko: "VLAN과 VPC에는 선언된 네트워크만 존재" },
  requirements: ["P1.5", "P7"],
  async ask({ state, cloud, networks }) {
    const rows = await everywhere(cloud, "listNetworks");
    const byVlan = new Map([...networks.values()].map((network) => [textOf(network.outputs.vlan), network]));
    const vpcs = new Map(state.ofType("cloudstack:network:Vpc").map((vpc) => [vpc.id, vpc]));
    return rows.flatMap((row) => {
      if (state.has(row.id)) return [];
      const twin = textOf(row.vlan) === "" ? undefined : byVlan.get(textOf(row.vlan));
      const isSamePhysically =
        twin !== undefined && textOf(row.physicalnetworkid) === textOf(twin.outputs.physicalNetworkId);
      if (isSamePhysically) return [onVlan(row, twin)];
      return vpcs.has(textOf(row.vpcid)) ? [inVpc(row)] : [];
    });
  },
};

function onVlan(row: Row, twin: Kept): CheckFinding {
  const [name, vlan] = [textOf(row.name), textOf(row.vlan)];
  return {
    ...networkOf(row),
    severity: "critical",
    layer: twin.layer,
    message: {
      en: `${name} is a second network on VLAN ${vlan}, which is that of ${twin.name}: no rule stands between them`,
      ko: `${name}은(는) ${twin.name}의 VLAN ${vlan}을(를) 함께 쓰는 네트워크: 둘 사이에 규칙이 없음`,
    },
    remedy: {
      en: `Remove it: cmk delete network id=${textOf(row.id)}`,
      ko: `삭제: cmk delete network id=${textOf(row.id)}`,
    },
  };
}

function inVpc(row: Row): CheckFinding {
  const name = textOf(row.name);
  return {
    ...networkOf(row),
    severity: "high",
    layer: "foundation",
    message: {
      en: `${name} is a tier of the stack's VPC and is not in the state`,
      ko: `${name}은(는) 스택 VPC의 계층이나 상태에 없음`,
    },
    remedy: { en: "Declare it in the profile, or remove it", ko: "프로파일에 선언하거나 삭제" },
  };
}

/** Rules that somebody added to, or took from, the lists of the stack, and tiers that follow another list. */
export const aclRules: Check = {
  id: "live-acl-rule",
  title: { en: "Access rules are the declared ones", ko: "접근 규칙이 선언과 일치" },
  requirements: ["P1.5", "P4.4"],
  async ask({ state, cloud, networks }) {
    const found: CheckFinding[] = [];
    for (const list of state.ofType("cloudstack:network:NetworkAclList")) {
      const rows = await cloud.rows("listNetworkACLs", { listall: true, aclid: list.id });
      found.push(...differences(list, rows));
    }
    const rows = new Map((await everywhere(cloud, "listNetworks")).map((row) => [textOf(row.id), row]));
    for (const network of networks.values()) {
      const [live, declared] = [textOf(rows.get(network.id)?.aclid), textOf(network.inputs.aclId)];
      if (rows.has(network.id) && declared !== "" && live !== declared) found.push(otherList(network, live));
    }
    return found;
  },
};

function differences(list: Kept, rows: readonly Row[]): CheckFinding[] {
  const declared = new Map(recordsOf(list.inputs.rules).map((rule) => [declaredKey(rule), rule]));
  const live = new Map(rows.map((row) => [liveKey(row), row]));
  const added = [...live].filter(([key]) => !declared.has(key));
  const gone = [...declared].filter(([key]) => !live.has(key));
  return [
    ...added.map(([key, row]): CheckFinding => {
      const isAllow = textOf(row.action).toLowerCase() === "allow";
      return {
        ...ruleOf(list, textOf(row.id), textOf(row.number)),
        severity: isAllow ? "critical" : "medium",
        message: { en: `a rule by hand in ${list.name}: ${key}`, ko: `${list.name}에 수동으로 추가된 규칙: ${key}` },
        remedy: {
          en: `Remove it: cmk delete networkacl id=${textOf(row.id)}, or pulumi up, which does so`,
          ko: `삭제: cmk delete networkacl id=${textOf(row.id)} 또는 pulumi up 실행`,
        },
      };
    }),
    ...gone.map(([key, rule]): CheckFinding => {
      const isDeny = textOf(rule.action) === "deny";
      return {
        ...ruleOf(list, list.id, textOf(rule.number)),
        severity: isDeny ? "critical" : "medium",
        message: {
          en: `a declared rule of ${list.name} is gone: ${key}`,
          ko: `${list.name}의 선언된 규칙이 사라짐: ${key}`,
        },
        remedy: { en: "pulumi up puts it back", ko: "pulumi up으로 복구" },
      };
    }),
  ];
}

/** E.g. `500 allow ingress tcp 443-443 10.0.16.0/20`. */
function declaredKey(rule: Row): string {
  const { number, action, trafficType, protocol, startPort, endPort } = rule;
  return [number, action, trafficType, protocol, ports(startPort, endPort), wordsOf(rule.cidrs).sort().join(",")].join(
    " ",
  );
}

function liveKey(row: Row): string {
  const [action, traffic] = [textOf(row.action).toLowerCase(), textOf(row.traffictype).toLowerCase()];
  const cidrs = textOf(row.cidrlist).split(",").sort().join(",");
  return [
    row.number,
    action,
    traffic,
    textOf(row.protocol).toLowerCase(),
    ports(row.startport, row.endport),
    cidrs,
  ].join(" ");
}

function ports(from: unknown, to: unknown): string {
  return textOf(from) === "" ? "any" : `${textOf(from)}-${textOf(to) || textOf(from)}`;
}

function otherList(network: Kept, live: string): CheckFinding {
  return {
    kind: "network",
    id: network.id,
    name: network.name,
    layer: network.layer,
    severity: "critical",
    message: {
      en: `${network.name} follows ${live === "" ? "no list of rules" : `another list of rules (${live})`} than the declared one`,
      ko: `${network.name}이(가) 선언과 다른 규칙 목록을 따름${live === "" ? " (목록 없음)" : ` (${live})`}`,
    },
    remedy: { en: "pulumi up puts the declared list back", ko: "pulumi up으로 선언된 목록 복구" },
  };
}

function networkOf({ id, name }: Row) {
  return { kind: "network" as const, id: textOf(id), name: textOf(name) };
}

function ruleOf(list: Kept, id: string, number: string) {
  return { kind: "access rule" as const, id, name: `${list.name} ${number}`, layer: list.layer };
}
