import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { keysOf } from "../../core/pointer.ts";
import { resourceRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import type { PackSettings } from "../../core/settings.ts";
import type { Subject } from "../../core/subject.ts";
import { accountOwner, ownerOf, platform } from "../../model/owner.ts";
import { types } from "../../model/types.ts";

type Tags = Readonly<Record<string, string>>;

export default resourceRule({
  id: "hygiene-tags",
  title: { en: "Everything says where it belongs", ko: "모든 리소스에 필수 태그가 있음" },
  description: {
    en: "By its tags a thing is charged, encrypted, backed up and taken down: env, layer, owner, data-class, and for what is a tenant's, tenant. The tag tenant follows from the account; the others are filled in where the configuration says with what.",
    ko: "태그는 과금, 암호화, 백업, 철거의 기준이다: env, layer, owner, data-class, 테넌트 소유물은 tenant. tenant는 계정에서 채우고, 나머지는 설정된 값으로 채운다.",
  },
  severity: "low",
  strength: "remediate",
  requirements: ["G6", "P1.1"],
  frameworks: [n2sf("AC-3", "inventory by grade"), csap("3", "identification of assets")],
  remediation: {
    en: ["Add the missing tags", "Or give values for them in the pack's configuration (fill)"],
    ko: ["빠진 태그를 추가", "또는 정책 설정(fill)에 값을 지정"],
  },
  example: `new storage.Volume("scratch", { account: "strata-tenant-a", tags: { env: "prod" }, … });`,
  settings: z.strictObject({
    required: z
      .array(z.string().min(1))
      .default(["env", "layer", "owner", "data-class"])
      .describe("Tags that everything has; what is a tenant's also has the tag tenant."),
    fill: z.record(z.string(), z.string().min(1)).default({}).describe("Values for tags that are missing."),
  }),
  grades: {},
  kind: "resource",
  types: [
    types.instance,
    types.volume,
    types.network,
    types.vpc,
    types.publicIp,
    types.loadBalancer,
    types.portForwarding,
    types.template,
  ],
  async check(subject: Subject<{ tags?: Tags }>, { world, settings, report, part }) {
    const { tags = {} } = subject.props;
    const missing = settings.required.filter((name) => (tags[name] ?? "") === "");
    if (missing.length > 0) {
      const list = missing.join(", ");
      report({ en: `${subject.name} lacks the tags ${list}`, ko: `${subject.name}에 태그 ${list}이(가) 없음` });
    }
    await part(async () => {
      const owner = await ownerOf(subject, world);
      // That it names the right one is a matter of isolation.
      if (owner === platform || (tags.tenant ?? "") !== "") return;
      report({
        en: `${subject.name} is of tenant ${owner} and lacks the tag tenant`,
        ko: `${subject.name}은(는) 테넌트 ${owner} 소유이나 tenant 태그가 없음`,
      });
    });
  },
  remediate(subject, { settings, world }) {
    const { tags = {} } = subject.raw as { tags?: Tags };
    // Secret tags would come back as plain text.
    if (isUnknown(tags) || [...subject.secrets].some((path) => keysOf(path)[0] === "tags")) return undefined;
    const tenant = tenantByAccount(subject.raw.account, world.settings);
    const known: Tags = { ...settings.fill, ...(tenant !== undefined && { tenant }) };
    const names = [...settings.required, ...(tenant === undefined ? [] : ["tenant"])];
    const added = names.filter((name) => tags[name] === undefined && known[name] !== undefined);
    if (added.length === 0) return undefined;
    return { tags: { ...tags, ...Object.fromEntries(added.map((name) => [name, known[name]])) } };
  },
});

function tenantByAccount(account: unknown, settings: PackSettings): string | undefined {
  if (typeof account !== "string" || account === "" || isUnknown(account)) return undefined;
  const owner = accountOwner(account, settings);
  return owner === platform ? undefined : owner;
}
