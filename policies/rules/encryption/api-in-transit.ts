import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { endpointsOf } from "../../model/endpoint.ts";
import { types } from "../../model/types.ts";

export default resourceRule({
  id: "encryption-api-in-transit",
  title: { en: "The APIs are reached over TLS", ko: "API는 TLS로 접근" },
  description: {
    en: "CloudStack listens on plain port 8080 by itself. A signature keeps requests from being changed, but passwords of accounts and keys of Ceph go over the wire as they are. Advice: many management networks are the operator's alone.",
    ko: "CloudStack 기본 포트 8080은 평문이다. 서명은 변조만 막을 뿐 계정 비밀번호와 Ceph 키는 그대로 전송된다. 관리망이 분리된 곳이 많아 권고로 둔다.",
  },
  severity: "medium",
  strength: "advisory",
  requirements: ["P1.6"],
  frameworks: [n2sf("DT-1", "encryption of transmitted data"), csap("12", "data protection and encryption")],
  remediation: {
    en: ["Give the management server a certificate and use its https address"],
    ko: ["관리 서버에 인증서를 설치하고 https 주소 사용"],
  },
  example: `new cloudstack.Provider("cloud", { apiUrl: "http://mold.example.go.kr:8080/client/api" });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.cloudstackProvider, types.cephProvider],
  check(provider, { report }) {
    for (const { text, url, isLoopback } of endpointsOf(provider)) {
      if (isLoopback || url?.protocol !== "http:") continue;
      report({
        en: `provider ${provider.name} sends secrets to ${text} without encryption`,
        ko: `프로바이더 ${provider.name}이(가) ${text}(으)로 비밀을 암호화 없이 전송함`,
      });
    }
  },
});
