import { z } from "zod";
import { csap } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import type { Subject } from "../../core/subject.ts";
import { Undecided } from "../../core/unknown.ts";
import { ownerOf, platform } from "../../model/owner.ts";
import { type Account, type Domain, type ResourceLimits, types } from "../../model/types.ts";

export default stackRule({
  id: "quota-limits-exist",
  title: { en: "Every tenant has limits on account and domain", ko: "모든 테넌트는 계정과 도메인에 한도가 있음" },
  description: {
    en: "CloudStack checks both. Limits on the account alone are passed by with a second account in the domain; those of the domain alone let one account take all.",
    ko: "CloudStack은 둘 다 검사한다. 계정에만 있으면 도메인에 두 번째 계정을 만들어 우회하고, 도메인에만 있으면 한 계정이 모두 점유한다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P1.7"],
  frameworks: [csap("9.1", "creation, change and reclaim of virtual resources")],
  remediation: {
    en: ["Make ResourceLimits for the domain, and others with account for the account"],
    ko: ["도메인용 ResourceLimits와, account를 지정한 계정용 ResourceLimits를 생성"],
  },
  example: `new identity.Account("tenant-d", { name: "strata-tenant-d", domainId: domain.id, … });
// and no identity.ResourceLimits with account "strata-tenant-d"`,
  settings: z.strictObject({}),
  grades: {},
  kind: "stack",
  types: [types.account, types.domain],
  async check(world, { report, part }) {
    const limited = { account: new Set<string>(), domain: new Set<string>() };
    // Limits that may be for any: an id that is known, though not to whom we ask, is no domain's of this stack.
    const open = { account: new Set<Limits>(), domain: new Set<Limits>() };
    for (const limits of world.ofType<ResourceLimits>(types.limits)) {
      const isAnyAccount = isUnknown(limits.raw.account);
      if (isAnyAccount) open.account.add(limits);
      if (isAnyAccount || isUnknown(limits.raw.domainId)) open.domain.add(limits);
      await part(async () => {
        const { account } = limits.props;
        if (account === undefined || account === "") limited.domain.add(await domainKey(limits));
        else limited.account.add(account);
        open.domain.delete(limits);
      });
    }
    const judge = (what: "account" | "domain", key: string, subject: Subject<{ name: string }>) => {
      if (limited[what].has(key)) return;
      if (open[what].size > 0) throw new Undecided(openFor(what, subject.props.name));
      report(missing(what, subject.props.name), subject);
    };
    for (const account of world.ofType<Account>(types.account)) {
      await part(async () => {
        if ((await ownerOf({ ...account, raw: { ...account.raw, account: account.raw.name } }, world)) === platform)
          return;
        judge("account", account.props.name, account);
      });
    }
    for (const domain of world.ofType<Domain>(types.domain)) {
      await part(() => judge("domain", domain.urn, domain));
    }

    /** Ids are unknown before creation: a domain is told by its urn. */
    async function domainKey(limits: Limits): Promise<string> {
      const [domain] = await world.referents<Domain>(limits, "domainId", types.domain, [limits.raw.domainId]);
      return domain?.urn ?? "";
    }
  },
});

type Limits = Subject<ResourceLimits>;
const nouns = { account: "계정", domain: "도메인" };

function openFor(what: "account" | "domain", name: string) {
  return {
    en: `limits of which not all is known yet may be for ${what} ${name}`,
    ko: `대상이 아직 미정인 한도가 ${nouns[what]} ${name}용일 수 있음`,
  };
}

function missing(what: "account" | "domain", name: string) {
  return { en: `${what} ${name} has no limits`, ko: `${nouns[what]} ${name}에 한도가 없음` };
}
