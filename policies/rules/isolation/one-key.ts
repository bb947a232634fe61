import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import type { Subject } from "../../core/subject.ts";
import { Undecided } from "../../core/unknown.ts";
import { endpointsOf } from "../../model/endpoint.ts";
import { types } from "../../model/types.ts";

/** Who a provider is to its server: never shown, only compared. */
const identities: Readonly<Record<string, { property: string; variable: string }>> = {
  [types.cloudstackProvider]: { property: "apiKey", variable: "CLOUDSTACK_API_KEY" },
  [types.cephProvider]: { property: "username", variable: "CEPH_DASHBOARD_USERNAME" },
};

function identityOf({ type, raw }: Subject): string {
  const { property = "", variable = "" } = identities[type] ?? {};
  const given = raw[property] ?? process.env[variable] ?? "";
  if (!isUnknown(given)) return String(given);
  throw new Undecided({ en: `${property} is not known yet`, ko: `${property} 값이 아직 미정` });
}

export default resourceRule({
  id: "isolation-one-key",
  title: { en: "One administrator makes everything on a server", ko: "한 서버의 모든 리소스는 한 관리자 키로 생성" },
  description: {
    en: "What names no account belongs to whose key made it. With a second key in the program, a machine that looks like the platform's is a tenant's, and every rule on owners judges the wrong one.",
    ko: "계정을 지정하지 않은 리소스는 생성한 키의 소유자에게 속한다. 프로그램에 두 번째 키가 있으면 플랫폼 것처럼 보이는 VM이 테넌트 것일 수 있고, 소유자 규칙이 모두 엉뚱한 대상을 판정한다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.1", "P1.6"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("10.2", "administrators' access")],
  remediation: {
    en: ["Use one provider for each server, and name the account of what is a tenant's"],
    ko: ["서버마다 프로바이더 하나만 사용하고, 테넌트 리소스에는 account를 지정"],
  },
  example: `const other = new cloudstack.Provider("b", { apiKey: keyOfTenantB, … });
new compute.Instance("m", { … }, { provider: other });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.cloudstackProvider, types.cephProvider],
  check(provider, { world, report }) {
    for (const { text, url } of endpointsOf(provider)) {
      // One server in whatever spelling.
      const place = url === undefined ? text : `${url.host}${url.pathname.replace(/\/+$/, "")}`;
      const other = world.claim(`identity at ${place}`, provider.type, provider);
      if (other === undefined || identityOf(other) === identityOf(provider)) continue;
      report({
        en: `providers ${other.name} and ${provider.name} are two users of ${text}`,
        ko: `프로바이더 ${other.name}와(과) ${provider.name}이(가) ${text}에 서로 다른 사용자로 접속함`,
      });
    }
  },
});
