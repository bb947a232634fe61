import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { pattern } from "../../core/settings.ts";
import type { Subject } from "../../core/subject.ts";
import { types } from "../../model/types.ts";

export default resourceRule({
  id: "hygiene-names",
  title: { en: "Names follow the pattern", ko: "이름은 규칙을 따름" },
  description: {
    en: "An operator at night tells from a name whose a machine is and what it does. {env}-{use}-{role}-{nn} in the documents, ai-{tenant}-{role}-{nn} in the profiles.",
    ko: "야간 운영자가 이름만으로 소유자와 용도를 알 수 있어야 한다. 문서는 {env}-{use}-{role}-{nn}, 프로필은 ai-{tenant}-{role}-{nn} 형식이다.",
  },
  severity: "low",
  strength: "mandatory",
  requirements: ["T8"],
  frameworks: [csap("3", "identification of assets")],
  remediation: {
    en: ["Rename it: lower case, words between hyphens, a machine with two digits at the end"],
    ko: ["소문자와 하이픈으로, VM은 끝에 두 자리 번호를 붙여 이름 변경"],
  },
  example: `new compute.Instance("test", { name: "Test_VM", … });`,
  settings: z.strictObject({
    machines: pattern.default("^[a-z][a-z0-9]*(?:-[a-z0-9]+)*-\\d{2,}$").describe("Names of machines."),
    others: pattern
      .default("^[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*$")
      .describe("Names of volumes, networks, lists of rules, offerings, accounts, domains, pools and buckets."),
  }),
  grades: {},
  kind: "resource",
  types: [
    types.instance,
    types.volume,
    types.network,
    types.aclList,
    types.vpc,
    types.affinityGroup,
    types.serviceOffering,
    types.diskOffering,
    types.storagePool,
    types.account,
    types.domain,
    types.cephPool,
    types.filesystem,
    types.bucket,
  ],
  check({ type, props }: Subject<{ name: string }>, { settings, report }) {
    const wanted = type === types.instance ? settings.machines : settings.others;
    if (new RegExp(wanted).test(props.name)) return;
    report({ en: `"${props.name}" does not fit ${wanted}`, ko: `"${props.name}" 이름이 ${wanted} 형식에 맞지 않음` });
  },
});
