import { speaksKorean } from "../../core/locale.ts";
import type { ErrorFacts, ErrorKind } from "./errors.ts";

interface Hint {
  kind?: ErrorKind;
  /** The server's own words, where the kind alone does not tell. */
  text?: RegExp;
  endpoint?: RegExp;
  en: string;
  ko: string;
}

/** What to do about it, first match wins. */
const hints: readonly Hint[] = [
  {
    kind: "refused",
    en: "Nothing listens at url (CEPH_DASHBOARD_URL). Is the dashboard on (`ceph mgr services`), the port right (8443), and are all managers in the list?",
    ko: "url(CEPH_DASHBOARD_URL)에서 응답이 없습니다. 대시보드(`ceph mgr services`)와 포트(8443)를 확인하고 모든 매니저를 목록에 넣으십시오.",
  },
  {
    kind: "dns",
    en: "The host name in url (CEPH_DASHBOARD_URL), or the one that a standby manager names, cannot be resolved: check its spelling and this machine's DNS.",
    ko: "url(CEPH_DASHBOARD_URL)의 호스트 이름, 또는 대기 매니저가 알려 준 이름을 찾을 수 없습니다. 철자와 DNS를 확인하십시오.",
  },
  {
    kind: "tls",
    text: /expired|not yet valid/i,
    en: "Renew the dashboard's certificate (or set this machine's clock right).",
    ko: "대시보드 인증서를 갱신하십시오(또는 이 컴퓨터의 시계를 맞추십시오).",
  },
  {
    kind: "tls",
    text: /altname|does not match/i,
    en: "Use in url a host name that the dashboard's certificate carries.",
    ko: "url에 대시보드 인증서에 있는 호스트 이름을 사용하십시오.",
  },
  {
    kind: "tls",
    en: "Set caCertificate to the certificate of the authority that issued the dashboard's. Is url https where the dashboard speaks http?",
    ko: "caCertificate에 대시보드 인증서를 발급한 인증 기관의 인증서를 지정하십시오. 대시보드가 http인데 url이 https는 아닌지 확인하십시오.",
  },
  {
    kind: "standby",
    en: "No active manager answered. Put the dashboards of all managers into url, and look at `ceph -s`.",
    ko: "활성 매니저가 응답하지 않았습니다. url에 모든 매니저의 대시보드를 넣고 `ceph -s`를 확인하십시오.",
  },
  {
    kind: "not-ceph",
    en: "url must be the dashboard itself, usually https://HOST:8443 (with its url_prefix, if it has one), not another web page.",
    ko: "url은 대시보드 주소여야 합니다. 보통 https://HOST:8443 이며 url_prefix가 있으면 포함해야 합니다.",
  },
  {
    kind: "auth",
    text: /password .*(change|expire|update)/i,
    en: "Log in to the dashboard once and set a new password, or make a user of its own for automation.",
    ko: "대시보드에 한 번 로그인하여 새 비밀번호를 설정하거나 자동화 전용 사용자를 만드십시오.",
  },
  {
    kind: "auth",
    en: "Check username and password (CEPH_DASHBOARD_USERNAME, CEPH_DASHBOARD_PASSWORD). After several failures the dashboard locks the user: `ceph dashboard ac-user-enable`.",
    ko: "username과 password(CEPH_DASHBOARD_USERNAME, CEPH_DASHBOARD_PASSWORD)를 확인하십시오. 여러 번 실패하면 사용자가 잠깁니다: `ceph dashboard ac-user-enable`.",
  },
  {
    kind: "forbidden",
    en: "The dashboard's user lacks a permission for this: give it the role administrator.",
    ko: "대시보드 사용자에게 권한이 없습니다. administrator 역할을 부여하십시오.",
  },
  {
    kind: "version",
    text: /lifecycle/,
    en: "This version of Ceph does not manage lifecycles through its dashboard (19.2 or newer does): leave `lifecycle` out and set it through S3.",
    ko: "이 Ceph 버전은 대시보드에서 수명 주기를 관리하지 못합니다(19.2 이상 필요). `lifecycle`을 빼고 S3로 설정하십시오.",
  },
  {
    kind: "version",
    endpoint: /\/rgw\/zone/,
    en: "This version of Ceph does not manage placement targets and storage classes through its dashboard (18.2 or newer does): `radosgw-admin zonegroup placement add` and `radosgw-admin zone placement add`, `radosgw-admin period update --commit`, and leave them out of the program; buckets may name them.",
    ko: "이 Ceph 버전은 대시보드에서 배치 대상과 스토리지 클래스를 관리하지 못합니다(18.2 이상 필요). `radosgw-admin zonegroup placement add`, `radosgw-admin zone placement add`, `radosgw-admin period update --commit`을 실행하고 프로그램에서 빼십시오. 버킷은 그 이름을 쓸 수 있습니다.",
  },
  {
    kind: "server",
    endpoint: /\/rgw\/site/,
    text: /KeyError/,
    en: "A placement target of the zone has no data pool for the class STANDARD: `radosgw-admin zone placement list`, then add the pool or remove the target.",
    ko: "영역의 배치 대상 중 STANDARD 클래스의 데이터 풀이 없는 것이 있습니다. `radosgw-admin zone placement list`로 찾아 풀을 추가하거나 대상을 제거하십시오.",
  },
  {
    kind: "version",
    en: "This version of Ceph does not have this in the form that is needed: Ceph 18 or newer.",
    ko: "이 Ceph 버전에는 필요한 기능이 없습니다. Ceph 18 이상이 필요합니다.",
  },
  {
    kind: "not-permitted",
    text: /mon_allow_pool_delete/,
    en: "Pools are protected: `ceph config set mon mon_allow_pool_delete true`, delete, and set it back.",
    ko: "풀 삭제가 막혀 있습니다. `ceph config set mon mon_allow_pool_delete true` 실행 후 삭제하고 되돌리십시오.",
  },
  {
    kind: "not-empty",
    en: "Remove its objects first, or set purgeObjectsOnDelete to true, `pulumi up`, and delete then: that removes all of them for good.",
    ko: "먼저 객체를 지우거나, purgeObjectsOnDelete를 true로 하고 `pulumi up` 후 삭제하십시오. 모든 객체가 영구 삭제됩니다.",
  },
  {
    kind: "in-use",
    en: "Something still uses it: remove that first.",
    ko: "아직 사용 중입니다. 사용하는 것을 먼저 제거하십시오.",
  },
  {
    kind: "task-lost",
    en: "Another manager has become active and knows nothing of the task. Run `pulumi up` again: it finds what was done.",
    ko: "다른 매니저가 활성화되어 작업을 알지 못합니다. `pulumi up`을 다시 실행하면 완료된 것을 찾아 이어 갑니다.",
  },
];

/** The remedy for a failure, in Korean where the locale is. */
export function hintFor({ kind, text, endpoint }: ErrorFacts, korean: boolean = speaksKorean()): string | undefined {
  const hint = hints.find(
    (candidate) =>
      (candidate.kind ?? kind) === kind &&
      (candidate.text?.test(text) ?? true) &&
      (candidate.endpoint?.test(endpoint) ?? true),
  );
  return korean ? hint?.ko : hint?.en;
}
