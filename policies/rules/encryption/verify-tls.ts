import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { isUnknown } from "../../core/sdk.ts";
import { Undecided } from "../../core/unknown.ts";
import { endpointsOf } from "../../model/endpoint.ts";
import { types } from "../../model/types.ts";

export default resourceRule({
  id: "encryption-verify-tls",
  title: { en: "The APIs' certificates are verified", ko: "API 인증서를 검증함" },
  description: {
    en: "Without it anybody on the way answers as CloudStack or Ceph, and is sent the administrator's secrets. On this machine itself there is nobody on the way.",
    ko: "검증하지 않으면 경로상의 누구나 CloudStack이나 Ceph로 위장해 관리자 비밀을 받을 수 있다. 루프백은 예외이다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.6"],
  frameworks: [n2sf("DT-3", "authentication of the other side"), csap("12", "data protection and encryption")],
  remediation: {
    en: [
      "Take verifyTls: false out of the provider's configuration",
      "Give the authority's certificate as caCertificate",
    ],
    ko: ["프로바이더 설정에서 verifyTls: false 제거", "인증기관 인증서를 caCertificate로 지정"],
  },
  example: `new cloudstack.Provider("cloud", {
  apiUrl: "https://mold.example.go.kr:8443/client/api",
  verifyTls: false,
});`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.cloudstackProvider, types.cephProvider],
  check(provider, { report }) {
    const { verifyTls } = provider.raw;
    // Providers get their configuration as text.
    if (verifyTls === undefined || verifyTls === true || verifyTls === "true") return;
    for (const { text, isLoopback } of endpointsOf(provider)) {
      if (isLoopback) continue;
      if (isUnknown(verifyTls))
        throw new Undecided({ en: "verifyTls is not known yet", ko: "verifyTls 값이 아직 미정" });
      const where =
        text === "" ? { en: "an address that nobody says", ko: "지정되지 않은 주소" } : { en: text, ko: text };
      report({
        en: `provider ${provider.name} does not verify the certificate of ${where.en}`,
        ko: `프로바이더 ${provider.name}이(가) ${where.ko}의 인증서를 검증하지 않음`,
      });
    }
  },
});
