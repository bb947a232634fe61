import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { Text } from "../../core/text.ts";
import type { Surroundings } from "../../core/world.ts";
import { accountOwner, domainOwner, ownerName, platform, tenantInName } from "../../model/owner.ts";
import { type Account, type Domain, type Role, types } from "../../model/types.ts";

type Report = (message: Text) => void;
type Owned = { account?: string };

async function judgeDomain(domain: Subject<Domain>, world: Surroundings, report: Report): Promise<void> {
  const { parentDomainId } = domain.raw;
  for (const parent of await world.referents<Domain>(domain, "parentDomainId", types.domain, [parentDomainId])) {
    const owner = domainOwner(parent.props.name, world.settings);
    if (owner === platform) continue;
    report({
      en: `domain ${domain.props.name} lies below that of ${ownerName(owner).en}, whose administrators see into it`,
      ko: `도메인 ${domain.props.name}이(가) ${ownerName(owner).ko}의 도메인 아래에 있어 그 관리자가 볼 수 있음`,
    });
  }
}

/** Names tell whose something is, so each tenant's must be one domain's at a server, and the root's name nobody else's. */
function judgeName(domain: Subject<Domain>, world: Surroundings, report: Report): void {
  const { name } = domain.props;
  if (name.toUpperCase() === "ROOT") {
    report({
      en: `domain ${name} has the name of the platform's own`,
      ko: `도메인 ${name}이(가) 플랫폼 도메인의 이름을 사용함`,
    });
  }
  const tenant = tenantInName(name, world.settings);
  const other = tenant === undefined ? undefined : world.claim(`domain at ${domain.provider?.apiUrl}`, tenant, domain);
  if (other === undefined) return;
  report({
    en: `domains ${other.name} and ${name} both read as tenant ${tenant}'s: no rule would keep them apart`,
    ko: `도메인 ${other.name}와(과) ${name}이(가) 모두 테넌트 ${tenant}(으)로 읽혀 규칙이 구분하지 못함`,
  });
}

async function judgeHome(account: Subject<Account>, world: Surroundings, report: Report): Promise<void> {
  const owner = accountOwner(account.props.name, world.settings);
  const { domainId } = account.raw;
  for (const domain of await world.referents<Domain>(account, "domainId", types.domain, [domainId])) {
    if (domainOwner(domain.props.name, world.settings) === owner) continue;
    report({
      en: `account ${account.props.name} of ${ownerName(owner).en} lies in domain ${domain.props.name}`,
      ko: `${ownerName(owner).ko}의 계정 ${account.props.name}이(가) 도메인 ${domain.props.name}에 있음`,
    });
  }
}

/** Of what names an account and a domain, both must be one owner's: in another domain it is another account of that name. */
async function judgeOwned(subject: Subject<Owned>, world: Surroundings, report: Report): Promise<void> {
  const { account = "" } = subject.props;
  const { domainId } = subject.raw;
  if (account === "") return;
  const owner = accountOwner(account, world.settings);
  for (const domain of await world.referents<Domain>(subject, "domainId", types.domain, [domainId])) {
    if (domainOwner(domain.props.name, world.settings) === owner) continue;
    report({
      en: `${subject.name} names account ${account} of ${ownerName(owner).en} in domain ${domain.props.name}`,
      ko: `${subject.name}이(가) ${ownerName(owner).ko}의 계정 ${account}을(를) 도메인 ${domain.props.name}에서 찾음`,
    });
  }
}

async function judgePowers(account: Subject<Account>, world: Surroundings, report: Report): Promise<void> {
  if (accountOwner(account.props.name, world.settings) === platform) return;
  const { roleId } = account.raw;
  const roles = await world.referents<Role>(account, "roleId", types.role, [roleId]);
  if (account.props.accountType !== "root-admin" && !roles.some(({ props }) => props.type === "Admin")) return;
  report({
    en: `account ${account.props.name} is a root administrator's`,
    ko: `계정 ${account.props.name}이(가) 루트 관리자 권한을 가짐`,
  });
}

export default resourceRule({
  id: "isolation-account-home",
  title: {
    en: "A tenant's account lies in its own domain, and rules nothing else",
    ko: "테넌트 계정은 자기 도메인에 있고 그 밖의 권한이 없음",
  },
  description: {
    en: "Administrators of a domain see and change everything in it and in the domains below; a root administrator everything there is. An account in another's domain is that one's, and the same name in another domain is another account.",
    ko: "도메인 관리자는 그 도메인과 하위 도메인의 모든 것을, 루트 관리자는 전체를 보고 바꿀 수 있다. 남의 도메인에 있는 계정은 그 도메인의 것이나 다름없고, 도메인이 다르면 이름이 같아도 다른 계정이다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.1", "P1.7", "T5"],
  frameworks: [
    n2sf("LP-1", "least privilege"),
    n2sf("AC-3", "inventory of accounts"),
    csap("10.2", "administrators' access"),
  ],
  remediation: {
    en: [
      "Make a domain for each tenant, directly below the platform's",
      "Put the tenant's account there, as a user or as that domain's administrator",
    ],
    ko: [
      "테넌트마다 플랫폼 도메인 바로 아래에 도메인을 생성",
      "테넌트 계정은 그 도메인에 사용자 또는 도메인 관리자로 생성",
    ],
  },
  example: `new identity.Account("tenant-a", { name: "strata-tenant-a", domainId: domainOfTenantB.id, … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [
    types.account,
    types.domain,
    types.limits,
    types.instance,
    types.volume,
    types.network,
    types.vpc,
    types.publicIp,
    types.loadBalancer,
    types.template,
    types.keyPair,
    types.userData,
    types.affinityGroup,
  ],
  async check(subject: Subject<Account | Domain | Owned>, { world, report, part }) {
    if (subject.type === types.domain) {
      await part(() => judgeName(subject as Subject<Domain>, world, report));
      return judgeDomain(subject as Subject<Domain>, world, report);
    }
    if (subject.type !== types.account) return judgeOwned(subject as Subject<Owned>, world, report);
    const account = subject as Subject<Account>;
    await part(() => judgeHome(account, world, report));
    await part(() => judgePowers(account, world, report));
  },
});
