import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Text } from "../../core/text.ts";
import { type Listener, listenersIn } from "../../model/listeners.ts";
import { types } from "../../model/types.ts";
import { userDataOf } from "../../model/user-data.ts";

/**
 * Where a product's configuration names the versions that it speaks; every one that is named is allowed. A text without
 * the pattern's word is not searched: that would take longer than everything else.
 */
const directives: readonly { product: string; word: string; pattern: RegExp }[] = [
  {
    product: "nginx",
    word: "ssl_protocols",
    pattern: /^[^\n#]*\b((?:proxy_|grpc_|uwsgi_|mail_)?ssl_protocols\s[^;\n]+)/gim,
  },
  { product: "HAProxy", word: "ssl-min-ver", pattern: /^[^\n#]*\b(ssl-min-ver\s+\S+)/gim },
  { product: "HAProxy", word: "force-", pattern: /^[^\n#]*\b(force-(?:sslv3|tlsv1[0-3]))/gim },
  { product: "RabbitMQ", word: "ssl_options", pattern: /^\s*(ssl_options\.versions\.\d+\s*=\s*\S+)/gim },
  { product: "PostgreSQL", word: "ssl_min_protocol_version", pattern: /^\s*(ssl_min_protocol_version\s*=\s*\S+)/gim },
  { product: "Apache", word: "sslprotocol", pattern: /^\s*(SSLProtocol\s[^\n]+)/gim },
  { product: "OpenSSL", word: "minprotocol", pattern: /^\s*(MinProtocol\s*=\s*\S+)/gim },
];

export default resourceRule({
  id: "encryption-tls-version",
  title: {
    en: "Services speak TLS 1.3, nothing older and nothing plain",
    ko: "서비스는 평문 없이 TLS 1.3 이상만 사용",
  },
  description: {
    en: "A client that may choose an older version chooses its weaknesses, too, and who speaks plain text on a port of TLS has none. Read from what user data configures: nginx, HAProxy, RabbitMQ, PostgreSQL, Apache, OpenSSL. What a machine's template brings is not seen.",
    ko: "구버전 협상을 허용하면 그 취약점도 허용되고, TLS 포트에서 평문을 쓰면 보호가 없다. 사용자 데이터의 nginx, HAProxy, RabbitMQ, PostgreSQL, Apache, OpenSSL 설정을 검사하며, 템플릿에 내장된 설정은 보지 못한다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P1.6", "P4.1"],
  frameworks: [n2sf("DT-1", "encryption of transmitted data"), csap("12", "data protection and encryption")],
  remediation: {
    en: ["Name TLS 1.3 as the only version, such as ssl_protocols TLSv1.3;", "Update clients that cannot"],
    ko: ["ssl_protocols TLSv1.3; 와 같이 TLS 1.3만 지정", "지원하지 못하는 클라이언트는 갱신"],
  },
  example: `new compute.Instance("ai-gateway-01", {
  userData: "… listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; …",
  …
});`,
  settings: z.strictObject({
    minimum: z.enum(["1.2", "1.3"]).default("1.3").describe("Oldest version of TLS that may be spoken."),
    tlsPorts: z
      .array(z.int().min(1).max(65535))
      .default([443, 8443])
      .describe("Ports on which nginx and HAProxy speak TLS or nothing."),
  }),
  grades: {},
  kind: "resource",
  types: [types.instance, types.userData],
  async check(subject, { world, settings, report }) {
    const text = await userDataOf(subject, world);
    const listeners = listenersIn(text);
    const findings = [...tooOld(text, settings.minimum), ...unsaid(listeners), ...plain(listeners, settings.tlsPorts)];
    for (const finding of findings) report(finding);
  },
});

function tooOld(text: string, minimum: string): Text[] {
  const lower = text.toLowerCase();
  const present = directives.filter(({ word }) => lower.includes(word));
  return present.flatMap(({ product, pattern }) =>
    [...text.matchAll(pattern)].flatMap(([, directive = ""]) => {
      const old = versionsIn(directive).filter((version) => version < Number(minimum));
      if (old.length === 0) return [];
      const said = directive.replace(/\s+/g, " ").trim();
      return {
        en: `${product} speaks less than TLS ${minimum}: ${said}`,
        ko: `${product}가 TLS ${minimum} 미만 허용: ${said}`,
      };
    }),
  );
}

/** `TLSv1` is 1.0; SSL is 0. Apache's `all` and a leading `-` take the version out or leave all in. */
function versionsIn(directive: string): number[] {
  const named = [...directive.matchAll(/(-|!)?\b(sslv[23]|tlsv?1(?:[._]?[0-3])?|all)\b/gi)];
  return named.flatMap(([, without, name = ""]) => {
    if (without !== undefined) return [];
    if (/^(?:sslv|all)/i.test(name)) return [0];
    return Number(`1.${/1[._]?([0-3])$/.exec(name)?.[1] ?? 0}`);
  });
}

/** Who speaks TLS and leaves its version to the product, whose default is older. */
function unsaid(listeners: readonly Listener[]): Text[] {
  const silent = listeners.filter(({ tls, namesVersions }) => tls === true && !namesVersions);
  return [...new Set(silent.map(({ product }) => product))].map((product) => ({
    en: `${product} speaks TLS, and its versions are left to its default`,
    ko: `${product}가 TLS를 사용하나 버전이 기본값에 맡겨짐`,
  }));
}

function plain(listeners: readonly Listener[], ports: readonly number[]): Text[] {
  return listeners
    .filter(({ port, tls }) => tls === false && ports.includes(port))
    .map(({ product, port }) => ({
      en: `${product} speaks no TLS on port ${port}`,
      ko: `${product}가 포트 ${port}에서 TLS를 사용하지 않음`,
    }));
}
