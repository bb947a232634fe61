import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { PackSettings } from "../../core/settings.ts";
import type { Subject } from "../../core/subject.ts";
import { type Grant, grantsOf } from "../../model/ceph-caps.ts";
import { type Owner, platform, tenantInName } from "../../model/owner.ts";
import { type CephUser, types } from "../../model/types.ts";

/** What clients need of monitors and managers: to read the maps, and to have their own images looked after. */
function isHarmless({ daemon, text }: Grant): boolean {
  if (/^(?:allow r|profile (?:rbd|rbd-read-only))(?: pool=\S+)?$/.test(text)) return true;
  return daemon === "mon" && /^(?:allow r|profile (?:simple-rados-client|fs-client))(?: fsname=\S+)?$/.test(text);
}

/** What changes monitors' and managers' settings, or makes keys: whoever may is an administrator of everything. */
function isPower(text: string): boolean {
  return (
    /^allow (?:r?w|r?x|profile|module|service|command)/.test(text) ||
    /^profile (?:role-definer|bootstrap-|mon|mgr|osd|mds)/.test(text)
  );
}

function isAdministration(grant: Grant, isTenants: boolean): boolean {
  if (grant.daemon !== "mon" && grant.daemon !== "mgr") return false;
  return isTenants ? !isHarmless(grant) : isPower(grant.text);
}

export default resourceRule({
  id: "isolation-ceph-caps",
  title: { en: "A tenant's Ceph user reaches one pool, its own", ko: "테넌트 Ceph 사용자는 자기 풀 하나에만 접근" },
  description: {
    en: "Caps without a pool, or \"allow *\", open every tenant's data to whoever holds one key. A namespace bounds no pool; commands of managers and monitors, and files without a folder, are everybody's.",
    ko: "풀을 지정하지 않은 권한이나 allow *는 키 하나로 모든 테넌트 데이터를 열어 준다. 네임스페이스만으로는 풀이 제한되지 않으며, 매니저·모니터 명령과 폴더 없는 파일 권한도 모두의 것에 미친다.",
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
    for (const { daemon, text } of grants.filter((grant) => grant.isUnbounded)) {
      if (daemon === "osd") say(`osd "${text}" names no pool`, `osd "${text}"에 풀이 지정되지 않음`);
      if (daemon === "mds" && owner !== platform)
        say(`mds "${text}" names no folder`, `mds "${text}"에 폴더가 지정되지 않음`);
    }
    for (const { daemon, text } of grants.filter((grant) => isAdministration(grant, owner !== platform))) {
      say(`${daemon} "${text}" is an administrator's`, `${daemon} "${text}"은(는) 관리자 권한임`);
    }
    for (const place of grants.flatMap(({ places }) => places)) {
      if (isWithin(place, owner, world.settings)) continue;
      say(`reaches ${place}, which is not its own`, `자기 것이 아닌 ${place}에 접근함`);
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

/** A tenant's folders and file systems show its name; the platform's show no tenant's. */
function isWithin(place: string, owner: Owner, settings: PackSettings): boolean {
  const parts = place.split("/");
  const tenants = parts.flatMap((part) => tenantInName(part, settings) ?? []);
  if (parts.includes("..")) return false;
  return owner === platform ? tenants.length === 0 : tenants.length > 0 && tenants.every((one) => one === owner);
}
