import type { Row } from "../../doctor/questions.ts";
import type { Estate } from "../estate.ts";
import { foreignCheck, type Touch } from "../foreign.ts";
import { textOf } from "../state.ts";

/** Domains, accounts and users that somebody made within a tenant's domain: they see what the tenant has. */
export const foreignAccounts = foreignCheck(
  {
    id: "live-foreign-account",
    title: {
      en: "A tenant's domain has the declared account and user only, and no domain in it",
      ko: "테넌트 도메인에는 선언된 계정과 사용자만 존재하고 하위 도메인이 없음",
    },
    requirements: ["P1.1", "O4"],
  },
  [
    { kind: "domain", command: "listDomains", touches: domainIn },
    { kind: "account", command: "listAccounts", touches: accountIn },
    { kind: "user", command: "listUsers", isDeclared: isOwnUser, touches: userOf },
  ],
);

/** What a tenant's domain is shown, domains in it are shown, too. */
function domainIn(row: Row, { state }: Estate): Touch | undefined {
  const domains = state.ofType("cloudstack:identity:Domain").filter(({ isTenants }) => isTenants);
  const parent = domains.find(({ id }) => id === textOf(row.parentdomainid));
  if (parent === undefined) return undefined;
  const [name, id] = [textOf(row.name), textOf(row.id)];
  return {
    name,
    layer: parent.layer,
    severity: "high",
    message: {
      en: `domain ${name} in the domain of ${parent.layer} is not in the state`,
      ko: `${parent.layer} 도메인의 하위 도메인 ${name}이(가) 상태에 없음`,
    },
    remedy: {
      en: `Find out who needs it; empty, it goes with cmk delete domain id=${id}`,
      ko: `용도를 확인하고 비어 있으면 삭제: cmk delete domain id=${id}`,
    },
  };
}

function accountIn(row: Row, { state }: Estate): Touch | undefined {
  const domain = state.ofType("cloudstack:identity:Domain").find(({ id }) => id === textOf(row.domainid));
  if (domain === undefined) return undefined;
  const [name, id] = [textOf(row.name), textOf(row.id)];
  return {
    name,
    layer: domain.layer,
    severity: "high",
    message: {
      en: `account ${name} in the domain of ${domain.layer} is not in the state`,
      ko: `${domain.layer} 도메인의 계정 ${name}이(가) 상태에 없음`,
    },
    remedy: {
      en: `cmk disable account id=${id} lock=false, then ask who needs it`,
      ko: `계정 비활성화 후 용도 확인: cmk disable account id=${id} lock=false`,
    },
  };
}

/** An account comes with one user. */
function isOwnUser(row: Row, { state }: Estate): boolean {
  return state.ofType("cloudstack:identity:Account").some(({ outputs }) => textOf(outputs.userId) === textOf(row.id));
}

function userOf(row: Row, { state }: Estate): Touch | undefined {
  const account = state.ofType("cloudstack:identity:Account").find(({ id }) => id === textOf(row.accountid));
  if (account === undefined) return undefined;
  const [name, id] = [textOf(row.username), textOf(row.id)];
  return {
    name,
    layer: account.layer,
    severity: "high",
    message: {
      en: `user ${name} can act for ${account.layer} and is not in the state`,
      ko: `사용자 ${name}이(가) ${account.layer} 권한을 가지나 상태에 없음`,
    },
    remedy: {
      en: `cmk disable user id=${id}, then ask who needs it`,
      ko: `사용자 비활성화 후 용도 확인: cmk disable user id=${id}`,
    },
  };
}
