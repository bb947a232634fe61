import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import { pattern } from "../../core/settings.ts";
import type { Subject } from "../../core/subject.ts";
import { type Template, types } from "../../model/types.ts";

export default resourceRule({
  id: "hygiene-pinned-template",
  title: { en: "Templates are pinned by checksum", ko: "템플릿은 체크섬으로 고정" },
  description: {
    en: "Every machine starts from a template. Without a checksum whoever answers for the image's address puts software into all of them; an address that says latest is another image every month.",
    ko: "모든 VM은 템플릿에서 시작한다. 체크섬이 없으면 이미지 주소를 장악한 자가 모든 VM에 소프트웨어를 심을 수 있고, latest 주소는 달마다 다른 이미지가 된다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["T7"],
  frameworks: [
    n2sf("IN-4", "integrity of software"),
    n2sf("IN-5", "verified images"),
    csap("13", "development and introduction"),
  ],
  remediation: {
    en: ["Set checksum to {SHA-256}… or {SHA-512}…", "Name an image of a fixed version"],
    ko: ["checksum에 {SHA-256}… 또는 {SHA-512}… 지정", "버전이 고정된 이미지 주소 사용"],
  },
  example: `new compute.Template("ubuntu", {
  url: "https://images.example/ubuntu/jammy/current/jammy.img",
  …
});`,
  settings: z.strictObject({
    algorithms: z
      .array(z.string().min(1))
      .default(["SHA-256", "SHA-384", "SHA-512"])
      .describe("Checksums that count, in CloudStack's words."),
    floating: pattern
      .default("(?:^|[/._-])(?:latest|current|daily|nightly)(?:[/._-]|$)")
      .describe("What an address says that is another image tomorrow."),
  }),
  grades: {},
  kind: "resource",
  types: [types.template],
  async check({ name, props }: Subject<Template>, { settings, report, part }) {
    await part(() => {
      const { checksum = "" } = props;
      const algorithm = /^\{([^}]+)\}[0-9a-f]+$/i.exec(checksum)?.[1];
      if (algorithm !== undefined && settings.algorithms.includes(algorithm.toUpperCase())) return;
      const said =
        checksum === ""
          ? { en: "no checksum", ko: "체크섬 없음" }
          : {
              en: `checksum ${algorithm ?? "of an old kind (MD5 by its form)"}`,
              ko: `허용되지 않는 체크섬 ${algorithm ?? "(MD5 형식)"}`,
            };
      report({ en: `template ${name}: ${said.en}`, ko: `템플릿 ${name}: ${said.ko}` });
    });
    await part(() => {
      if (!new RegExp(settings.floating, "i").test(props.url)) return;
      report({
        en: `template ${name}: its address changes what it gives (${props.url})`,
        ko: `템플릿 ${name}: 내용이 바뀌는 주소 (${props.url})`,
      });
    });
  },
});
