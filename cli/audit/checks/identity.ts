import { type Check, type CheckFinding, everywhere } from "../estate.ts";
import { textOf } from "../state.ts";

/** Accounts and users that somebody made within a tenant's domain: they see what the tenant has. */
export const foreignAccounts: Check = {
  id: "live-foreign-account",
  title: {
    en: "A tenant's domain has the declared account and user only",
    ko: "테넌트 도메인에는 선언된 계정과 사용자만 존재",
  },
  requirements: ["P1.1", "O4"],
  async ask({ state, cloud }) {
    const domains = new Map(state.ofType("cloudstack:identity:Domain").map((one) => [one.id, one]));
    const declared = new Map(state.ofType("cloudstack:identity:Account").map((one) => [one.id, one]));
    const accounts = (await everywhere(cloud, "listAccounts")).flatMap((row): CheckFinding[] => {
      const domain = domains.get(textOf(row.domainid));
      if (domain === undefined || declared.has(textOf(row.id))) return [];
      const name = textOf(row.name);
      return [
        {
          kind: "account",
          id: textOf(row.id),
          name,
          layer: domain.layer,
          severity: "high",
          message: {
            en: `account ${name} in the domain of ${domain.layer} is not in the state`,
            ko: `${domain.layer} 도메인의 계정 ${name}이(가) 상태에 없음`,
          },
          remedy: {
            en: `cmk disable account id=${textOf(row.id)} lock=false, then ask who needs it`,
            ko: `계정 비활성화 후 용도 확인: cmk disable account id=${textOf(row.id)} lock=false`,
          },
        },
      ];
    });
    const users = (await everywhere(cloud, "listUsers")).flatMap((row): CheckFinding[] => {
      const account = declared.get(textOf(row.accountid));
      if (account === undefined || textOf(account.outputs.userId) === textOf(row.id)) return [];
      const name = textOf(row.username);
      return [
        {
          kind: "user",
          id: textOf(row.id),
          name,
          layer: account.layer,
          severity: "high",
          message: {
            en: `user ${name} can act for ${account.layer} and is not in the state`,
            ko: `사용자 ${name}이(가) ${account.layer} 권한을 가지나 상태에 없음`,
          },
          remedy: {
            en: `cmk disable user id=${textOf(row.id)}, then ask who needs it`,
            ko: `사용자 비활성화 후 용도 확인: cmk disable user id=${textOf(row.id)}`,
          },
        },
      ];
    });
    return [...accounts, ...users];
  },
};
