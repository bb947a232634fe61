import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { grantsOf } from "../../model/ceph-caps.ts";
import { platform, tenantInName } from "../../model/owner.ts";
import { type CephUser, types } from "../../model/types.ts";

/** What clients need of monitors: to read the maps. Writing there, or another daemon's profile, is administration. */
function isHarmless(text: string): boolean {
  return /^(?:allow r|profile (?:rbd|rbd-read-only|simple-rados-client|fs-client))(?:\s+fsname=\S+)?$/.test(text);
}

export default resourceRule({
  id: "isolation-ceph-caps",
  title: { en: "A tenant's Ceph user reaches one pool, its own", ko: "테넌트 Ceph 사용자는 자기 풀 하나에만 접근" },
  description: {
    en: 'Caps without a pool, or "allow *", open every tenant\'s data to whoever holds one key.',
    ko: "풀을 지정하지 않은 권한이나 allow *는 키 하나로 모든 테넌트 데이터를 열어 준다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.3", "AI-01"],
  frameworks: [
    n2sf("LP-5", "least privilege for services"),
    n2sf("LP-1", "least privilege"),
    csap("12", "data protection"),
  ],
  remediation: {
    en: ['Give caps by "profile rbd pool=tenant-x-…", one pool for one tenant'],
    ko: ['"profile rbd pool=tenant-x-…" 형식으로 테넌트당 풀 하나만 부여'],
  },
  example: `new auth.User("tenant-a", { entity: "client.tenant-a", caps: { mon: "allow r", osd: "allow *" } });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.cephUser],
  check(user: Subject<CephUser>, { world, report }) {
    const { entity, caps } = user.props;
    const owner = tenantInName(entity, world.settings) ?? platform;
    const say = (en: string, ko: string) => report({ en: `${entity}: ${en}`, ko: `${entity}: ${ko}` });
    const grants = grantsOf(caps);
    for (const { daemon, text } of grants.filter((grant) => grant.isEverything)) {
      say(`${daemon} "${text}" is everything`, `${daemon} "${text}"은(는) 전체 권한임`);
    }
    for (const { daemon, text } of grants.filter((grant) => grant.daemon === "osd" && grant.isUnbounded)) {
      say(`${daemon} "${text}" names no pool`, `${daemon} "${text}"에 풀이 지정되지 않음`);
    }
    if (owner !== platform) {
      for (const { text } of grants.filter((grant) => grant.daemon === "mon" && !isHarmless(grant.text))) {
        say(`mon "${text}" is an administrator's`, `mon "${text}"은(는) 관리자 권한임`);
      }
      for (const place of grants.flatMap(({ places }) => places)) {
        if (place.split("/").some((part) => tenantInName(part, world.settings) === owner)) continue;
        say(`reaches ${place}, which is not its own`, `자기 것이 아닌 ${place}에 접근함`);
      }
    }
    const pools = [...new Set(grants.flatMap(({ pool }) => pool ?? []))];
    const foreign = pools.filter((pool) => (tenantInName(pool, world.settings) ?? platform) !== owner);
    if (foreign.length > 0) {
      say(`reaches ${foreign.join(", ")}, which is not its own`, `자기 것이 아닌 ${foreign.join(", ")}에 접근함`);
    }
    if (owner !== platform && pools.length !== 1) {
      say(`names ${pools.length} pools instead of one`, `풀이 1개가 아니라 ${pools.length}개 지정됨`);
    }
  },
});
