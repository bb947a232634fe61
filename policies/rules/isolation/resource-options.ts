import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { ownerName, ownerOf, platform, tenantInName } from "../../model/owner.ts";
import { types } from "../../model/types.ts";

/** Properties that keep owners apart or bind them, of whatever type. */
const walls = [
  "account",
  "domainId",
  "domainIds",
  "vlan",
  "gateway",
  "netmask",
  "aclId",
  "aclType",
  "subdomainAccess",
  "rules",
  "exclusive",
  "nics",
  "networkId",
  "instanceId",
  "instanceIds",
  "diskOfferingId",
  "caps",
  "pool",
  "user",
  "owner",
  "storageTags",
  "permissions",
  "roleId",
  "limits",
  "quotaGib",
];

/** The first property of a path: `rules` of `rules[0]` and of `["rules"][0]`. */
function headOf(path: string): string {
  return /^\w+|^\*/.exec(path)?.[0] ?? /^\["([^"]+)"\]/.exec(path)?.[1] ?? path;
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Whether a tenant's key is a word of a name, as in `ai-a-data-01`. */
function shows(name: string, tenant: string): boolean {
  return name.split(/[-.]/).includes(tenant);
}

export default resourceRule({
  id: "isolation-resource-options",
  title: { en: "Options do not take a wall out of the program's hands", ko: "리소스 옵션으로 격리를 우회하지 않음" },
  description: {
    en: "With ignoreChanges on such a property the program says one thing and another stays in force. An alias makes what another tenant owns this tenant's: its data come along.",
    ko: "격리 속성에 ignoreChanges를 쓰면 프로그램의 내용과 실제 적용이 달라진다. alias는 다른 테넌트의 리소스를 데이터와 함께 이 테넌트의 것으로 만든다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.5", "P1.7", "AI-01"],
  frameworks: [n2sf("EB-3", "default deny at borders"), csap("3.2", "change of assets")],
  remediation: {
    en: ["Take the property out of ignoreChanges", "Make a new resource for the other owner instead of an alias"],
    ko: ["ignoreChanges에서 해당 속성을 제거", "alias 대신 새 소유자의 리소스를 새로 생성"],
  },
  example: `new network.NetworkAclList("tenant-a", { … }, { ignoreChanges: ["rules"] });`,
  settings: z.strictObject({
    properties: z.array(z.string().min(1)).default(walls).describe("Properties whose changes must not be ignored."),
  }),
  grades: {},
  kind: "resource",
  types: Object.values(types),
  async check(subject, { world, settings, report }) {
    const { name, ignoreChanges, aliases } = subject;
    const names = ignoreChanges.map(headOf);
    const ignored = names.filter((property) => property === "*" || settings.properties.includes(property));
    if (ignored.length > 0) {
      report({
        en: `${name} ignores changes of ${ignored.join(", ")}`,
        ko: `${name}이(가) ${ignored.join(", ")}의 변경을 무시함`,
      });
    }
    const former = aliases.map((alias) => tenantInName(nameOf(alias), world.settings));
    const [tenant] = former.filter((one) => one !== undefined);
    if (aliases.length === 0) return;
    const owner = tenantInName(name, world.settings) ?? (await ownerOf(subject, world));
    const others = aliases.map(nameOf).find((alias) => shows(name, owner) && !shows(alias, owner));
    if (tenant === undefined && owner !== platform && others !== undefined) {
      report({
        en: `${name} of ${ownerName(owner).en} takes over ${others}, whose name does not show it`,
        ko: `${ownerName(owner).ko}의 ${name}이(가) 이름에 그 소유자가 드러나지 않는 ${others}을(를) 이어받음`,
      });
    }
    if (tenant === undefined || owner === tenant) return;
    report({
      en: `${name} of ${ownerName(owner).en} takes over what was tenant ${tenant}'s`,
      ko: `${ownerName(owner).ko}의 ${name}이(가) 테넌트 ${tenant}의 리소스를 이어받음`,
    });
  },
});
