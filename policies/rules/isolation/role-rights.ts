import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { Text } from "../../core/text.ts";
import { accountOwner, platform } from "../../model/owner.ts";
import { type Account, type Role, types } from "../../model/types.ts";

/**
 * Commands by which whoever may call them reaches beyond the account, opens networks, carries data out, raises limits or sees
 * others' machines: `listGpuDevices` shows everybody's, and what a project owns no account's limit counts.
 */
const powerful = [
  ...["createAccount", "updateAccount", "createUser", "moveUser", "importLdapUsers", "ldapCreateAccount"],
  ...["linkAccountToLdap", "linkDomainToLdap", "addLdapConfiguration", "createProject", "addAccountToProject"],
  ...["createRole", "updateRole", "importRole", "createRolePermission", "updateRolePermission"],
  ...["createDomain", "updateDomain", "moveDomain", "updateResourceLimit", "updateConfiguration"],
  ...["createServiceOffering", "createDiskOffering", "updateDiskOffering", "createNetworkOffering"],
  ...["createNetwork", "updateNetwork", "createNetworkPermissions", "createVPC", "createPrivateGateway"],
  ...[
    "createNetworkACL",
    "createNetworkACLList",
    "updateNetworkACLItem",
    "updateNetworkACLList",
    "replaceNetworkACLList",
  ],
  ...["deleteNetworkACL", "deleteNetworkACLList", "moveNetworkAclItem", "createStaticRoute"],
  ...["createFirewallRule", "createEgressFirewallRule", "createIpv6FirewallRule", "createRoutingFirewallRule"],
  ...["createVpnGateway", "createVpnConnection", "createVpnCustomerGateway", "createRemoteAccessVpn", "addVpnUser"],
  ...["associateIpAddress", "createPortForwardingRule", "createIpForwardingRule", "enableStaticNat"],
  ...["createLoadBalancerRule", "createLoadBalancer", "createGlobalLoadBalancerRule", "assignToLoadBalancerRule"],
  ...["addNicToVirtualMachine", "updateVmNicIp", "addIpToNic", "createAutoScaleVmGroup", "createKubernetesCluster"],
  ...["extractVolume", "extractSnapshot", "extractTemplate", "extractIso", "updateTemplatePermissions"],
  ...["updateIsoPermissions", "updateBucket", "createWebhook", "runDiagnostics"],
  ...["createStoragePool", "updateStoragePool", "assignVirtualMachine", "assignVolume", "importVm", "importVolume"],
  ...["importUnmanagedInstance", "addHost", "updateHost", "migrateVirtualMachine", "migrateVolume", "issueCertificate"],
  ...["listGpuDevices", "createGpuDevice", "updateGpuDevice", "manageGpuDevice", "createVgpuProfile"],
];

export default resourceRule({
  id: "isolation-role-rights",
  title: { en: "Roles let nobody reach beyond his account", ko: "역할은 계정 범위를 넘는 권한을 주지 않음" },
  description: {
    en: "Who may call createNetworkACL, associateIpAddress or updateResourceLimit himself undoes in one call what the program built. A pattern such as * allows them as well; so does a role that leaves to its kind what no rule names, and an account without a role of ours.",
    ko: "createNetworkACL, associateIpAddress, updateResourceLimit 등을 직접 호출할 수 있으면 프로그램이 만든 격리와 한도를 한 번에 무너뜨릴 수 있다. * 같은 패턴이나, 규칙에 없는 명령을 역할 종류의 기본값에 맡기는 경우, 계정에 역할을 지정하지 않는 경우도 마찬가지이다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.1", "P1.7", "T5"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("10.2", "administrators' access")],
  remediation: {
    en: [
      "Allow the commands that tenants need, each by its name",
      'End the role with the rule "*", deny, and begin it with listGpuDevices, deny, where it allows list*',
      "Give each tenant's account such a role (roleId)",
      "Name roles of the platform's own administrators in the pack's configuration (administrators)",
    ],
    ko: [
      "테넌트에 필요한 명령만 이름으로 하나씩 허용",
      '역할의 마지막 규칙을 "*" deny로 지정하고, list*를 허용하면 listGpuDevices deny를 맨 앞에 지정',
      "테넌트 계정마다 그런 역할을 지정 (roleId)",
      "플랫폼 관리자의 역할은 정책 설정(administrators)에 등록",
    ],
  },
  example: `new identity.Role("tenant", { name: "tenant", type: "User", permissions: [{ rule: "*", permission: "allow" }] });`,
  settings: z.strictObject({
    administrators: z.array(z.string().min(1)).default([]).describe("Names of roles of the platform's administrators."),
    commands: z.array(z.string().min(1)).default(powerful).describe("Commands that no other role may allow."),
  }),
  grades: {},
  kind: "resource",
  types: [types.role, types.account],
  async check(subject: Subject<Role | Account>, { world, settings, report }) {
    if (subject.type === types.role) return judgeRole((subject as Subject<Role>).props, settings, report);
    const account = subject as Subject<Account>;
    if (accountOwner(account.props.name, world.settings) === platform) return;
    const { roleId } = account.raw;
    const roles = await world.referents<Role>(account, "roleId", types.role, [roleId]);
    if (roles.length === 0) {
      report({
        en: `account ${account.props.name} has the server's own role for its kind, which opens networks and shares data`,
        ko: `계정 ${account.props.name}에 역할이 지정되지 않아 네트워크 개방과 데이터 공유가 가능한 서버 기본 역할을 가짐`,
      });
    }
    // A role of this program is judged by itself.
    for (const { urn, props } of roles) if (world.get(urn) === undefined) judgeRole(props, settings, report);
  },
});

function judgeRole(role: Role, settings: { administrators: string[]; commands: string[] }, report: Report): void {
  const { name, type } = role;
  if (settings.administrators.includes(name)) return;
  if (type === "Admin") {
    report({ en: `role ${name} is of type Admin`, ko: `역할 ${name}의 종류가 Admin임` });
    return;
  }
  const granted = settings.commands.filter((command) => isGranted(command, role));
  if (granted.length === 0) return;
  const some = granted.length > 5 ? `${granted.slice(0, 5).join(", ")}, …` : granted.join(", ");
  report({
    en: `role ${name} allows ${granted.length} commands that reach beyond the account: ${some}`,
    ko: `역할 ${name}이(가) 계정 범위를 넘는 명령 ${granted.length}개를 허용함: ${some}`,
  });
}

type Report = (message: Text) => void;

/** The first rule that fits decides, as in CloudStack; what none fits, the kind of role decides: no user has any of these. */
function isGranted(command: string, { type, permissions = [] }: Role): boolean {
  const fitting = permissions.find(({ rule }) => pattern(rule).test(command));
  return fitting === undefined ? type !== "User" : fitting.permission === "allow";
}

function pattern(rule: string): RegExp {
  const parts = rule.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i");
}
