import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { type LoadBalancer, type PortForwarding, types } from "../../model/types.ts";

export default resourceRule({
  id: "encryption-tls-termination",
  title: { en: "TLS ends at the gateway, not before it", ko: "TLS는 게이트웨이에서 종단" },
  description: {
    en: "A rule that ends TLS at the virtual router, or passes port 443 to a port for plain text, sends people's data unencrypted through the zone.",
    ko: "가상 라우터에서 TLS를 종단하거나 443을 평문 포트로 전달하면 개인정보가 암호화되지 않은 채 구역을 통과한다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P1.6", "P4.1"],
  frameworks: [n2sf("DT-1", "encryption of transmitted data"), csap("12", "data protection and encryption")],
  remediation: {
    en: ["Pass TCP 443 to 443 and let the gateways end TLS"],
    ko: ["TCP 443을 443으로 전달하고 게이트웨이에서 TLS를 종단"],
  },
  example: `new network.LoadBalancerRule("service-edge", {
  publicPort: 443,
  privatePort: 80,
  …
});`,
  settings: z.strictObject({
    plainPorts: z
      .array(z.int().min(1).max(65535))
      .default([80, 8000, 8080, 8888])
      .describe("Ports that speak plain text."),
  }),
  grades: {},
  kind: "resource",
  types: [types.loadBalancer, types.portForwarding],
  check({ name: key, props }: Subject<LoadBalancer | PortForwarding>, { settings, report }) {
    const { protocol, publicPort, privatePort } = props;
    // A forwarded port has no name of its own.
    const name = "name" in props ? props.name : key;
    if (protocol === "ssl") {
      report({ en: `${name} ends TLS at the virtual router`, ko: `${name}이(가) 가상 라우터에서 TLS를 종단함` });
    }
    if (settings.plainPorts.includes(privatePort)) {
      report({
        en: `${name} passes port ${publicPort} on to ${privatePort}, which speaks plain text`,
        ko: `${name}이(가) 포트 ${publicPort}을(를) 평문 포트 ${privatePort}(으)로 전달함`,
      });
    }
  },
});
