import { speaksKorean } from "../../core/locale.ts";
import type { ErrorFacts, ErrorKind } from "./errors.ts";

interface Hint {
  kind?: ErrorKind;
  /** The server's own words, where the kind alone does not tell. */
  text?: RegExp;
  en: string;
  ko: string;
}

/** What to do about it, first match wins. Texts are those of a real 4.22 server. Users asked for both languages (T#145). */
const HINTS: readonly Hint[] = [
  {
    kind: "clock",
    en: "Set this machine's clock right (NTP): the server refuses requests whose time of validity has passed.",
    ko: "이 컴퓨터의 시계를 맞추십시오(NTP). 서버는 유효 시간이 지난 요청을 거부합니다.",
  },
  {
    kind: "auth",
    en: "Check apiKey and secretKey (CLOUDSTACK_API_KEY, CLOUDSTACK_SECRET_KEY): both of the same user, the user and its account enabled. With `signature` other than auto, Mold needs sha256 and CloudStack sha1. A command that the server does not know is answered the same way.",
    ko: "apiKey와 secretKey(CLOUDSTACK_API_KEY, CLOUDSTACK_SECRET_KEY)가 같은 사용자의 것이고 사용자와 계정이 활성 상태인지 확인하십시오. `signature`가 auto가 아니면 Mold는 sha256, CloudStack은 sha1이어야 합니다. 서버가 모르는 명령도 같은 응답을 받습니다.",
  },
  {
    kind: "refused",
    en: "Nothing listens at apiUrl (CLOUDSTACK_API_URL). Is the management server up, and the port right (8080, or 443 behind a proxy)? For the embedded cloud: `npx strata emulator start`.",
    ko: "apiUrl(CLOUDSTACK_API_URL)에서 응답하는 서버가 없습니다. 관리 서버와 포트(8080, 프록시 뒤에서는 443)를 확인하십시오. 내장 클라우드는 `npx strata emulator start`로 시작합니다.",
  },
  {
    kind: "dns",
    en: "The host name in apiUrl (CLOUDSTACK_API_URL) cannot be resolved: check its spelling and this machine's DNS.",
    ko: "apiUrl(CLOUDSTACK_API_URL)의 호스트 이름을 찾을 수 없습니다. 철자와 DNS 설정을 확인하십시오.",
  },
  {
    kind: "not-cloudstack",
    en: "apiUrl must be the API itself, usually http://HOST:8080/client/api, not the web page in front of it.",
    ko: "apiUrl은 웹 화면이 아니라 API 주소여야 합니다. 보통 http://HOST:8080/client/api 입니다.",
  },
  {
    kind: "tls",
    text: /expired|not yet valid/i,
    en: "Renew the server's certificate (or set this machine's clock right).",
    ko: "서버 인증서를 갱신하십시오(또는 이 컴퓨터의 시계를 맞추십시오).",
  },
  {
    kind: "tls",
    text: /altname|does not match/i,
    en: "Use in apiUrl a host name that the server's certificate carries.",
    ko: "apiUrl에 서버 인증서에 적힌 호스트 이름을 쓰십시오.",
  },
  {
    kind: "tls",
    text: /wrong version|packet length|SSL routines/i,
    en: "The port does not speak TLS: check http and https, and the port, in apiUrl.",
    ko: "해당 포트는 TLS를 쓰지 않습니다. apiUrl의 http/https와 포트를 확인하십시오.",
  },
  {
    kind: "tls",
    en: "Give the issuing authority as caCertificate (PEM text or file). verifyTls: false switches the check off and is for tests only.",
    ko: "발급 기관 인증서를 caCertificate(PEM 내용 또는 파일)로 지정하십시오. verifyTls: false는 시험용으로만 쓰십시오.",
  },
  {
    kind: "forbidden",
    en: "The keys' role or account may not do this. Use the keys of an administrator, or extend the role's permissions.",
    ko: "이 키의 역할 또는 계정에는 권한이 없습니다. 관리자 키를 쓰거나 역할의 권한을 늘리십시오.",
  },
  {
    text: /role in use/,
    en: "Accounts still have the role: give them another (roleId) or delete them first; `listAccounts` shows roleid.",
    ko: "이 역할을 쓰는 계정이 있습니다. 계정에 다른 역할(roleId)을 주거나 계정을 먼저 삭제하십시오. `listAccounts`의 roleid로 확인할 수 있습니다.",
  },
  {
    kind: "limit",
    text: /Number of networks per VPC/,
    en: "Raise the setting vpc.max.networks (default 3) to the number of tiers the VPC needs, and restart the management server: it reads this setting only at its start.",
    ko: "설정 vpc.max.networks(기본값 3)를 VPC에 필요한 네트워크 수만큼 올리고 관리 서버를 재시작하십시오(시작할 때만 읽는 설정입니다).",
  },
  {
    text: /has maximum allowed resource limit/,
    en: "Raise the limit of the domain above first: nothing in a domain may be allowed more than the domain itself.",
    ko: "상위 도메인의 한도를 먼저 올리십시오. 도메인 안의 한도는 그 도메인의 한도를 넘을 수 없습니다.",
  },
  {
    kind: "limit",
    en: "Raise the limit of the account and of every domain above it (ResourceLimits), or ask for less.",
    ko: "계정과 모든 상위 도메인의 한도(ResourceLimits)를 올리거나 요청을 줄이십시오.",
  },
  {
    // CloudStackPrimaryDataStoreLifeCycleImpl; the reason itself stands in the logs of the hosts' agents only.
    text: /Failed to (access|create) storage pool/,
    en: "No host could log in to the storage: check user, secretKey and pool (`ceph auth get`), the monitors' addresses, and that the hosts reach them. The reason is in the hosts' agent.log.",
    ko: "어떤 호스트도 스토리지에 로그인하지 못했습니다. 사용자, secretKey, 풀(`ceph auth get`), 모니터 주소, 호스트에서의 접속 여부를 확인하십시오. 원인은 호스트의 agent.log에 있습니다.",
  },
  {
    // GpuServiceImpl, when others were faster than the host's allocator.
    text: /Insufficient GPU devices|Not enough GPU devices/,
    en: "The host has too few free GPU devices of this profile: look at getGpuDevices (state, managedState); a stopped instance keeps its own.",
    ko: "호스트에 이 프로필의 여유 GPU 장치가 부족합니다. getGpuDevices의 state와 managedState를 확인하십시오. 정지된 인스턴스도 장치를 점유합니다.",
  },
  {
    kind: "capacity",
    text: /affinity/i,
    en: "No host satisfies the affinity groups: add hosts, use a non-strict group, or free capacity on other hosts.",
    ko: "친화성 그룹을 만족하는 호스트가 없습니다. 호스트를 늘리거나 비엄격 그룹을 쓰거나 용량을 확보하십시오.",
  },
  {
    kind: "capacity",
    en: "No host, pool or address range has room: look at capacity (getCapacity), free GPU devices of the offering's profile (getGpuDevices), host and storage tags, and overcommit factors.",
    ko: "여유가 있는 호스트, 스토리지 또는 주소 범위가 없습니다. 용량(getCapacity), 오퍼링 프로필의 여유 GPU 장치(getGpuDevices), 호스트·스토리지 태그, 오버커밋 비율을 확인하십시오.",
  },
  {
    text: /Unable to acquire Guest IP address/,
    en: "The address is outside the network's range or belongs to another instance; a destroyed instance holds its address until it is expunged.",
    ko: "주소가 네트워크 범위 밖이거나 다른 인스턴스가 쓰고 있습니다. 삭제된 인스턴스는 완전 제거(expunge)될 때까지 주소를 점유합니다.",
  },
  {
    text: /already being used for dynamic vlan allocation/,
    en: "Choose a VLAN id outside the physical network's own range.",
    ko: "물리 네트워크의 동적 범위 밖의 VLAN ID를 고르십시오.",
  },
  {
    text: /Network with vlan \S+ already exists or overlaps/,
    en: "The VLAN is another network's: choose another VLAN id; `npx strata doctor` lists those that are taken. If that network goes in this same run, as a tenant's does under a new key: `up` without the new tenant first, then with it.",
    ko: "다른 네트워크가 쓰는 VLAN입니다. 다른 VLAN ID를 고르십시오. `npx strata doctor`가 사용 중인 VLAN을 보여 줍니다. 키를 바꾼 테넌트처럼 그 네트워크가 같은 실행에서 삭제될 것이면, 새 테넌트 없이 먼저 `up`한 뒤 새 테넌트를 넣으십시오.",
  },
  {
    text: /Network cidr \S+ crosses other network cidr/,
    en: "Choose addresses that no other tier of the VPC has; the text names the tier. If that tier goes in this same run, as a tenant's does under a new key: `up` without the new tenant first, then with it.",
    ko: "VPC의 다른 티어와 겹치지 않는 주소 범위를 고르십시오. 본문에 겹치는 티어가 적혀 있습니다. 키를 바꾼 테넌트처럼 그 티어가 같은 실행에서 삭제될 것이면, 새 테넌트 없이 먼저 `up`한 뒤 새 테넌트를 넣으십시오.",
  },
  {
    text: /Network cidr \S+ is not within vpc/,
    en: "Choose addresses inside the VPC's cidr, or give the VPC a larger one, which makes it anew.",
    ko: "VPC의 CIDR 안에서 주소 범위를 고르거나 VPC의 CIDR을 넓히십시오(VPC가 새로 만들어집니다).",
  },
  {
    text: /delete network offering .* used by \d+ networks/,
    en: "Delete the networks of this offering first, or give them another: `listNetworks networkofferingid=…` shows them.",
    ko: "이 오퍼링을 쓰는 네트워크를 먼저 삭제하거나 다른 오퍼링으로 바꾸십시오. `listNetworks networkofferingid=…`로 확인할 수 있습니다.",
  },
  {
    text: /delete VPC .* used by \d+ networks/,
    en: "Delete the VPC's tiers first: `listNetworks vpcid=…` shows them.",
    ko: "VPC의 티어를 먼저 삭제하십시오. `listNetworks vpcid=…`로 확인할 수 있습니다.",
  },
  {
    text: /ACL is still associated with \d+ tier/,
    en: "Give the tiers another ACL list (aclId) or delete them first: `listNetworks` shows aclid.",
    ko: "이 ACL 목록을 쓰는 티어에 다른 목록(aclId)을 주거나 티어를 먼저 삭제하십시오. `listNetworks`의 aclid로 확인할 수 있습니다.",
  },
  {
    text: /delete the domain yet because it has \d+ non-removed networks/,
    en: "Delete the networks of the domain first: `listNetworks domainid=… listall=true` shows them, also those made by hand.",
    ko: "도메인의 네트워크를 먼저 삭제하십시오. `listNetworks domainid=… listall=true`로 수동으로 만든 것까지 확인할 수 있습니다.",
  },
  {
    text: /delete the domain yet because it has \d+ accounts? to cleanup|Failed to clean up domain resources/,
    en: "The server is still cleaning up accounts of the domain, or some of what they own is left: wait a minute and try again, then look at `listAccounts domainid=…` and `listNetworks domainid=…`.",
    ko: "서버가 도메인의 계정을 아직 정리하고 있거나 자원이 남아 있습니다. 잠시 뒤 다시 시도하고, 안 되면 `listAccounts domainid=…`와 `listNetworks domainid=…`를 확인하십시오.",
  },
  {
    text: /Hypervisor passed to the deployVm call, is different/,
    en: "Leave `hypervisor` out, or give the template's own (`listTemplates` shows it): infrastructure.hypervisor and infrastructure.template of the profile belong together.",
    ko: "`hypervisor`를 빼거나 템플릿의 하이퍼바이저(`listTemplates`로 확인)와 같게 하십시오. 프로필의 infrastructure.hypervisor와 infrastructure.template은 서로 맞아야 합니다.",
  },
  {
    text: /Failed to delete network$/,
    en: "An instance on the network still exists or is being expunged.",
    ko: "네트워크에 인스턴스가 남아 있거나 완전 제거 중입니다.",
  },
  {
    text: /has delete protection enabled/,
    en: "Set deleteProtection to false and run `pulumi up`, then delete it.",
    ko: "deleteProtection을 false로 바꾸어 `pulumi up`을 실행한 다음 삭제하십시오.",
  },
  {
    text: /Invalid parameter \w+ value=/,
    en: "The parameter named in the text refers to something that does not exist for these keys: check that id.",
    ko: "본문에 적힌 매개변수가 이 키로 볼 수 없는 대상을 가리킵니다. 해당 ID를 확인하십시오.",
  },
  {
    kind: "job-timeout",
    en: "The job goes on at the server. Raise the resource's customTimeouts if it needs longer; the next run finds what it made.",
    ko: "작업은 서버에서 계속됩니다. 더 오래 걸리는 작업이면 customTimeouts를 늘리십시오. 다음 실행이 결과를 찾습니다.",
  },
  {
    kind: "busy",
    en: "The server is overloaded, shutting down or limits the rate (api.throttling.max): try again, or lower `concurrency`.",
    ko: "서버가 과부하이거나 종료 중이거나 호출 수를 제한합니다(api.throttling.max). 다시 시도하거나 `concurrency`를 낮추십시오.",
  },
];

/** The remedy for a failure, in Korean where the user's locale is Korean. */
export function hintFor(
  facts: Pick<ErrorFacts, "kind" | "text">,
  korean: boolean = speaksKorean(),
): string | undefined {
  const hint = HINTS.find(
    (h) => (h.kind === undefined || h.kind === facts.kind) && (h.text === undefined || h.text.test(facts.text)),
  );
  return korean ? hint?.ko : hint?.en;
}
