import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checks } from "../../cli/audit/checks.ts";
import { estateOf, type LiveCloud } from "../../cli/audit/estate.ts";
import { type AuditReport, exitCodeOf } from "../../cli/audit/finding.ts";
import { policyResult } from "../../cli/audit/policies.ts";
import { State } from "../../cli/audit/state.ts";
import type { CephQuestions } from "../../cli/doctor/ceph-questions.ts";
import { type FindingRecord, recordLine } from "../../policies/core/record.ts";
import { readRecorded } from "../e2e/recorded/files.ts";
import { AuditSite } from "./audit-site.ts";

/** What somebody does by hand on a deployed demo-cpu, and what the audit says of it. */

let site: AuditSite;

beforeEach(async () => {
  site = await AuditSite.start();
});
afterEach(() => site.close());

const brief = ({ findings }: AuditReport) =>
  findings.map(({ rule, severity, layer, name }) => `${severity} ${rule} ${layer} ${name}`);

/** A machine of the administrator's in some network. */
async function deploy(name: string, networkid: string, more: Record<string, string> = {}): Promise<void> {
  const like = await site.machine("ai-router-01");
  const { zoneid, templateid, serviceofferingid } = like as unknown as Record<string, string>;
  await site.cloud.by("deployVirtualMachine", {
    name,
    zoneid: zoneid ?? "",
    templateid: templateid ?? "",
    serviceofferingid: serviceofferingid ?? "",
    networkids: networkid,
    // It has its network cards without having run; the recorded cloud has no room for another disk.
    startvm: "false",
    ...more,
  });
}

test("what is deployed as declared has no finding, and everything was asked", async () => {
  const report = await site.audit();
  expect(report.findings).toEqual([]);
  expect(report.unasked).toEqual([]);
  expect(report.looked.resources).toBeGreaterThan(80);
  expect(report.looked.live).toBeGreaterThan(50);
  expect(exitCodeOf(report, "low")).toBe(0);
});

test("it only reads", async () => {
  const before = await site.cloud.inventory();
  await site.cloud.forgetCalls();
  await site.audit();
  const { byCommand } = await site.cloud.calls();
  expect(Object.keys(byCommand).filter((command) => !/^(list|get|query)/.test(command))).toEqual([]);
  expect(await site.cloud.inventory()).toEqual(before);
});

describe("machines", () => {
  test("a foreign machine in a tenant's VLAN is critical, in the platform's high", async () => {
    const tenant = await site.network("tenant-a");
    const owner = { account: String(tenant.account), domainid: String(tenant.domainid) };
    // Whoever can put a machine there can lift the limits before.
    for (const resourcetype of ["0", "2", "8", "9", "10"]) {
      await site.cloud.by("updateResourceLimit", { domainid: owner.domainid, resourcetype, max: "-1" });
      await site.cloud.by("updateResourceLimit", { ...owner, resourcetype, max: "-1" });
    }
    await deploy("spy", tenant.id, owner);
    await deploy("stray", (await site.network("service")).id);
    const report = await site.audit();
    expect(brief(report)).toEqual([
      "critical live-foreign-machine tenant-a spy",
      "high live-foreign-machine foundation stray",
    ]);
    expect(report.findings[0]?.message.en).toMatch(/spy of account \S+ has a network card in tenant-a-tier/);
    expect(exitCodeOf(report, "medium")).toBe(14);
  });

  test("a network card by hand is a bridge, and its removal is spelled out", async () => {
    const { id } = await site.machine("ai-router-01");
    const { id: networkid } = await site.network("gpu-storage");
    await site.cloud.by("addNicToVirtualMachine", { virtualmachineid: id, networkid });
    const report = await site.audit();
    expect(brief(report)).toEqual(["high live-foreign-nic service-edge ai-router-01"]);
    expect(report.findings[0]?.remedy.en).toMatch(/cmk remove nicfromvirtualmachine virtualmachineid=\S+ nicid=\S+/);
  });
});

describe("networks", () => {
  test("an allow rule by hand is critical, a declared deny that is gone too", async () => {
    const { id: aclid } = await site.cloud.find("listNetworkACLLists", "strata-demo-tenant-a");
    await site.cloud.by("createNetworkACL", {
      aclid,
      number: "1",
      protocol: "tcp",
      startport: "22",
      endport: "22",
      cidrlist: "0.0.0.0/0",
      traffictype: "ingress",
      action: "allow",
    });
    const denies = await site.cloud.list("listNetworkACLs", { aclid });
    const deny = denies.find(({ number }) => number === 9001);
    await site.cloud.by("deleteNetworkACL", { id: String(deny?.id) });
    const report = await site.audit();
    expect(brief(report)).toEqual([
      "critical live-acl-rule tenant-a tenant-a-rules 1",
      "critical live-acl-rule tenant-a tenant-a-rules 9001",
    ]);
    expect(report.findings.map(({ message }) => message.en)).toEqual([
      "a rule by hand in tenant-a-rules: 1 allow ingress tcp 22-22 0.0.0.0/0",
      "a declared rule of tenant-a-rules is gone: 9001 deny egress all any 0.0.0.0/0",
    ]);
  });

  test("a deny rule by hand is only in the way", async () => {
    const { id: aclid } = await site.cloud.find("listNetworkACLLists", "strata-demo-ai");
    const rule = { number: "2", protocol: "all", cidrlist: "10.0.20.0/24", traffictype: "ingress", action: "deny" };
    await site.cloud.by("createNetworkACL", { aclid, ...rule });
    expect(brief(await site.audit())).toEqual(["medium live-acl-rule foundation ai-rules 2"]);
  });

  test("a tier that follows another list is open", async () => {
    const { id: networkid } = await site.network("tenant-b");
    const { id: aclid } = await site.cloud.find("listNetworkACLLists", "default_allow");
    await site.cloud.by("replaceNetworkACLList", { aclid, networkid });
    expect(brief(await site.audit())).toEqual(["critical live-acl-rule tenant-b tenant-b-tier"]);
  });

  test("a further tier in the stack's VPC is seen", async () => {
    const like = (await site.network("service")) as unknown as Record<string, string>;
    await site.cloud.by("createNetwork", {
      name: "hidden",
      displaytext: "hidden",
      zoneid: like.zoneid ?? "",
      networkofferingid: like.networkofferingid ?? "",
      vpcid: like.vpcid ?? "",
      gateway: "10.0.77.1",
      netmask: "255.255.255.0",
      vlan: "77",
    });
    expect(brief(await site.audit())).toEqual(["high live-foreign-network foundation hidden"]);
  });
});

describe("ways in", () => {
  test("an address and a forwarded port by hand are seen, the declared edge is not", async () => {
    const tier = (await site.network("tenant-a")) as unknown as Record<string, string>;
    const { ipaddress } = (await site.cloud.by("associateIpAddress", { vpcid: tier.vpcid ?? "" })) as {
      ipaddress: { id: string; ipaddress: string };
    };
    const { id } = await site.machine("ai-a-data-01");
    await site.cloud.by("createPortForwardingRule", {
      ipaddressid: ipaddress.id,
      networkid: tier.id ?? "",
      virtualmachineid: id,
      protocol: "tcp",
      publicport: "2222",
      privateport: "22",
    });
    const address = ipaddress.ipaddress;
    expect(brief(await site.audit())).toEqual([
      `critical live-entrance tenant-a ${address}:2222 → ai-a-data-01:22`,
      expect.stringMatching(new RegExp(`high live-entrance \\S+ ${address}$`)),
    ]);
  });
});

describe("static NAT", () => {
  test("by hand leads the world past every list of the edge", async () => {
    const tier = (await site.network("tenant-a")) as unknown as Record<string, string>;
    const { ipaddress } = (await site.cloud.by("associateIpAddress", { vpcid: tier.vpcid ?? "" })) as {
      ipaddress: { id: string; ipaddress: string };
    };
    const { id: virtualmachineid } = await site.machine("ai-a-data-01");
    await site.cloud.by("enableStaticNat", { ipaddressid: ipaddress.id, virtualmachineid, networkid: tier.id ?? "" });
    const report = await site.audit();
    expect(brief(report)).toEqual([`critical live-entrance tenant-a ${ipaddress.ipaddress}`]);
    expect(report.findings[0]?.message.en).toContain("was taken by hand and leads to ai-a-data-01");
  });
});

describe("storage", () => {
  test("a volume that a tenant's account has beside the declared ones", async () => {
    const tier = await site.network("tenant-b");
    const { id: diskofferingid } = await site.cloud.find("listDiskOfferings", "strata-demo-data");
    const [zone] = await site.cloud.rows("listZones");
    const owner = { account: String(tier.account), domainid: String(tier.domainid) };
    for (const resourcetype of ["2", "10"]) {
      await site.cloud.by("updateResourceLimit", { domainid: owner.domainid, resourcetype, max: "-1" });
      await site.cloud.by("updateResourceLimit", { ...owner, resourcetype, max: "-1" });
    }
    const zoneid = String(zone?.id);
    await site.cloud.by("createVolume", { name: "aside", diskofferingid, size: "1", zoneid, ...owner });
    expect(brief(await site.audit())).toEqual(["medium live-foreign-volume tenant-b aside"]);
  });
});

describe("further things, as servers answer of them", () => {
  const state = new State(readRecorded("stack"));
  const idOf = (type: string, name: string) => state.ofType(type).find((one) => one.name === name)?.id ?? "";

  /** A check on rows of a server, and of Ceph. */
  async function ask(id: string, answers: Record<string, object[]>, kept = state) {
    const check = checks.find((one) => one.id === id);
    const rows = async (command: string) => answers[command] ?? [];
    const object = async (path: string, { path: { bucket = "" } = {} }: { path?: { bucket?: string } } = {}) =>
      answers[path]?.find((one) => (one as { bid?: string }).bid === bucket) ?? {};
    const commands = async () => new Map(Object.keys(answers).map((command) => [command, new Set<string>()]));
    const cloud = { rows, commands } as unknown as LiveCloud;
    const found = await check?.ask(estateOf(kept, cloud, { rows, object } as unknown as CephQuestions));
    return (found ?? []).map(({ severity, layer, name }) => `${severity} ${layer} ${name}`);
  }

  test("a second network on a tenant's VLAN of the same physical network, not one elsewhere", async () => {
    const physicalnetworkid = String(state.ofType("cloudstack:network:Network")[0]?.outputs.physicalNetworkId);
    const twin = { id: "n1", name: "twin", vlan: "20", physicalnetworkid };
    const listNetworks = [twin, { ...twin, id: "n2", name: "far", physicalnetworkid: "other" }];
    expect(await ask("live-foreign-network", { listNetworks })).toEqual(["critical tenant-a twin"]);
  });

  test("static NAT and a load balancer by hand; the router's own source NAT is none", async () => {
    const vpcid = idOf("cloudstack:network:Vpc", "vpc");
    const networkid = idOf("cloudstack:network:Network", "tenant-b-tier");
    const listPublicIpAddresses = [
      { id: "a1", ipaddress: "198.51.100.1", vpcid, issourcenat: true },
      { id: "a2", ipaddress: "198.51.100.2", vpcid, issourcenat: false, isstaticnat: true, virtualmachinename: "x" },
      { id: "a3", ipaddress: "198.51.100.3", vpcid: "another", issourcenat: false },
    ];
    const rule = { id: "l1", name: "side", publicip: "198.51.100.2", publicport: "80", privateport: "80", networkid };
    const answers = { listPublicIpAddresses, listLoadBalancerRules: [rule, { ...rule, id: "l2", networkid: "other" }] };
    expect(await ask("live-entrance", answers)).toEqual([
      "critical foundation 198.51.100.2",
      "critical tenant-b 198.51.100.2:80 → side:80",
    ]);
  });

  test("firewalls, VPNs and private gateways, where the server has such things", async () => {
    const vpcid = idOf("cloudstack:network:Vpc", "vpc");
    const networkid = idOf("cloudstack:network:Network", "tenant-b-tier");
    const publicipid = state.ofType("cloudstack:network:PublicIp")[0]?.id;
    const listFirewallRules = [
      {
        id: "f1",
        ipaddress: "198.51.100.9",
        protocol: "tcp",
        startport: 22,
        endport: 22,
        cidrlist: "0.0.0.0/0",
        networkid,
      },
      { id: "f2", ipaddress: "198.51.100.9", networkid: "of-others" },
    ];
    const answers = {
      listFirewallRules,
      listRemoteAccessVpns: [
        { id: "v1", publicip: "198.51.100.2", publicipid },
        { id: "v2", publicipid: "of-others" },
      ],
      listVpnGateways: [{ id: "g1", publicip: "198.51.100.3", vpcid }],
      listPrivateGateways: [
        { id: "p1", ipaddress: "10.9.9.1", vpcid },
        { id: "p2", vpcid: "of-others" },
      ],
    };
    expect((await ask("live-entrance", answers)).sort()).toEqual([
      "critical foundation 10.9.9.1",
      "critical foundation 198.51.100.3",
      "critical service-edge 198.51.100.2",
      "high tenant-b 198.51.100.9 tcp 22-22 0.0.0.0/0",
    ]);
  });

  test("a volume in a tenant's pool; root disks of declared machines are none", async () => {
    const urn = "urn:pulumi:s::p::strata:layer:TenantEnclave::tenant-a";
    const resources = [
      { urn, type: "strata:layer:TenantEnclave" },
      {
        urn: "urn:pulumi:s::p::cloudstack:storage:StoragePool::pool",
        type: "cloudstack:storage:StoragePool",
        id: "p1",
        parent: urn,
      },
      {
        urn: "urn:pulumi:s::p::cloudstack:compute:Instance::vm",
        type: "cloudstack:compute:Instance",
        id: "vm1",
        parent: urn,
      },
    ];
    const kept = new State(JSON.stringify({ deployment: { resources } }));
    const listVolumes = [
      { id: "v1", name: "root", type: "ROOT", storageid: "p1", virtualmachineid: "vm1" },
      { id: "v2", name: "strange", type: "ROOT", storageid: "p1", virtualmachineid: "other" },
      { id: "v3", name: "loose", type: "DATADISK", storageid: "p1" },
      { id: "v4", name: "elsewhere", type: "DATADISK", storageid: "p2" },
    ];
    expect(await ask("live-foreign-volume", { listVolumes }, kept)).toEqual([
      "critical tenant-a strange",
      "critical tenant-a loose",
    ]);
  });

  test("buckets open to everybody, to every user, to one user, by list or policy; one that changed hands", async () => {
    const parent = "urn:pulumi:s::p::strata:layer:TenantEnclave::tenant-a";
    const of = (type: string, id: string, inputs: object = {}) => ({
      urn: `urn:pulumi:s::p::${type}::${id}`,
      type,
      id,
      inputs,
      parent,
    });
    const resources = [
      { urn: parent, type: "strata:layer:TenantEnclave" },
      of("ceph:rgw:RgwUser", "docs"),
      of("ceph:rgw:RgwBucket", "a", { owner: "docs" }),
    ];
    const kept = new State(JSON.stringify({ deployment: { resources } }));
    const asked = (row: object) => {
      const whole = { bid: "a", bucket: "a", owner: "docs", ...row };
      return ask("live-open-bucket", { "rgw/bucket": [whole], "rgw/bucket/{bucket}": [whole] }, kept);
    };
    const policy = (Principal: unknown, Effect = "Allow") => ({
      bucket_policy: JSON.stringify({ Statement: [{ Effect, Principal }] }),
    });
    const group = (name: string) => ({
      acl: `<Grant><Grantee xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/${name}</URI></Grantee></Grant>`,
    });
    expect(await asked({ acl: "<Grantee><ID>docs</ID></Grantee>", bucket_policy: null })).toEqual([]);
    expect(await asked(group("AllUsers"))).toEqual(["critical tenant-a a"]);
    expect(await asked(group("AuthenticatedUsers"))).toEqual(["critical tenant-a a"]);
    expect(await asked({ acl: "<Grantee><ID>docs</ID></Grantee><Grantee><ID>spy</ID></Grantee>" })).toEqual([
      "high tenant-a a",
    ]);
    expect(await asked(policy("*"))).toEqual(["critical tenant-a a"]);
    expect(await asked(policy({ AWS: ["arn:aws:iam:::user/docs", "arn:aws:iam:::user/spy"] }))).toEqual([
      "high tenant-a a",
    ]);
    expect(await asked(policy("*", "Deny"))).toEqual([]);
    expect(await asked({ bucket_policy: "{torn" })).toEqual(["critical tenant-a a"]);
    expect(await asked({ owner: "spy" })).toEqual(["critical tenant-a a"]);
    const loose = { bid: "b", bucket: "b", owner: "docs", ...policy("*") };
    expect(await ask("live-open-bucket", { "rgw/bucket": [loose], "rgw/bucket/{bucket}": [loose] }, kept)).toEqual([
      "critical tenant-a b",
    ]);
  });

  test("a volume attached by hand, a machine of another owner, a user beside the declared one", async () => {
    const machine = idOf("cloudstack:compute:Instance", "ai-a-data-01");
    const listVolumes = [{ id: "v1", name: "take", type: "DATADISK", virtualmachineid: machine, account: "admin" }];
    expect(await ask("live-foreign-volume", { listVolumes })).toEqual(["high tenant-a take"]);
    const listVirtualMachines = [{ id: machine, account: "strata-demo-tenant-b" }];
    expect(await ask("live-owner", { listVirtualMachines })).toEqual(["critical tenant-a ai-a-data-01"]);
    const accountid = idOf("cloudstack:identity:Account", "tenant-c");
    expect(await ask("live-foreign-account", { listUsers: [{ id: "u1", username: "more", accountid }] })).toEqual([
      "high tenant-c more",
    ]);
  });

  test("a cephx key that two users share, and capabilities other than declared; namesakes of a pool are none", async () => {
    const urn = "urn:pulumi:s::p::strata:layer:TenantEnclave::tenant-a";
    const pool = { type: "ceph:pool:Pool", id: "1", inputs: { name: "tenant-a" }, parent: urn };
    const caps = { osd: "profile rbd pool=tenant-a" };
    const user = { type: "ceph:auth:User", id: "client.tenant-a", inputs: { caps }, parent: urn };
    const resources = [
      { urn, type: "strata:layer:TenantEnclave" },
      { ...pool, urn: "urn:pulumi:s::p::ceph:pool:Pool::tenant-a" },
      { ...user, urn: "urn:pulumi:s::p::ceph:auth:User::tenant-a" },
    ];
    const kept = new State(JSON.stringify({ deployment: { resources } }));
    const key = "AQDFkAFrQOtxJhAAEonvwpfYiIK9BESvDwYlsw==";
    const of = (...users: object[]) => ask("live-ceph-user", { "cluster/user": users }, kept);
    const declared = { entity: "client.tenant-a", caps, key };
    expect(await of(declared, { entity: "client.twin", caps: { mon: "allow r" }, key })).toEqual([
      "critical tenant-a client.tenant-a",
    ]);
    expect(await of({ ...declared, caps: { osd: "allow *" } })).toEqual(["critical tenant-a client.tenant-a"]);
    expect(await of(declared, { entity: "client.other", caps: { osd: "profile rbd pool=tenant-ab" } })).toEqual([]);
    expect(await of(declared, { entity: "client.admin", caps: { osd: "allow *" } })).toEqual([]);
    expect(
      await of(declared, { entity: "client.two", caps: { osd: "allow r pool=x, allow rw pool=tenant-a" } }),
    ).toEqual(["critical tenant-a client.two"]);
  });
});

describe("identity", () => {
  test("an account in a tenant's domain is seen", async () => {
    const { id: domainid } = await site.cloud.find("listDomains", "strata-demo-tenant-c");
    await site.cloud.by("createAccount", {
      account: "helper",
      username: "helper",
      password: "not-a-secret-1",
      firstname: "a",
      lastname: "b",
      email: "a@b.example",
      accounttype: "0",
      domainid,
    });
    const report = await site.audit();
    expect(brief(report)).toEqual(["high live-foreign-account tenant-c helper"]);
    expect(JSON.stringify(report)).not.toContain("not-a-secret-1");
  });
});

describe("what cannot be asked", () => {
  test("is named and is no clean bill: exit code 4", async () => {
    await site.cloud.fault("listPortForwardingRules", {
      kind: "error",
      status: 531,
      cserrorcode: 4365,
      text: "no",
      times: 9,
    });
    const report = await site.audit();
    expect(report.unasked).toEqual([
      {
        check: "live-entrance",
        because: expect.objectContaining({ en: expect.stringContaining("listPortForwardingRules") }),
      },
    ]);
    expect(exitCodeOf(report, "medium")).toBe(4);
  });

  test("a server that is not there, or wrong keys, end the audit with the reason and without a key", async () => {
    const wrong = { ...site.cloud.env, CLOUDSTACK_SECRET_KEY: "a-wrong-secret-key" };
    await expect(site.audit(wrong)).rejects.toThrow(/answer of the API/);
    await expect(site.audit(wrong)).rejects.not.toThrow(/a-wrong-secret-key/);
    await expect(site.audit({})).rejects.toThrow(/CLOUDSTACK_API_URL/);
  });
});

describe("what the policy pack says of the state", () => {
  const urn =
    "urn:pulumi:recorded::strata::strata:layer:TenantEnclave$strata:part:Machines$cloudstack:compute:Instance";
  const text = (en: string) => ({ en, ko: `${en} (한)` });
  const exception = {
    rule: "r-two",
    resource: "*::ai-c-*",
    reason: "moved in spring",
    owner: "kim",
    expires: "2027-01-31",
  };
  const finding = (more: Partial<FindingRecord>): FindingRecord => ({
    rule: "r-one",
    urn: `${urn}::ai-a-ml-01`,
    status: "violation",
    enforcement: "mandatory",
    severity: "critical",
    message: text("wrong"),
    remedy: text("take it out"),
    requirements: ["P1.5"],
    references: ["N2SF SG-4"],
    ...more,
  });
  const findings = [
    finding({}),
    finding({ rule: "r-two", urn: `${urn}::ai-c-ml-01`, status: "excepted", enforcement: "advisory", exception }),
    finding({ rule: "r-late", urn: "", status: "undecided", enforcement: "advisory", message: text("not yet") }),
  ];
  const summary = { rules: 61, resources: 55, checks: 950, violations: 1, advisories: 0, excepted: 1, undecided: 1 };
  const listed = { ...exception, state: "in force", covers: 1 } as const;
  const lines = [
    recordLine({ record: "start", exceptions: [{ ...exception, state: "in force" }] }),
    recordLine({ record: "findings", findings }),
    recordLine({ record: "end", summary, exceptions: [listed] }),
  ];
  const state = new State(readRecorded("stack"));
  const said = (printed: string[], scrub = (words: string) => words) => policyResult(printed.join("\n"), state, scrub);

  test("comes in by records, in both languages, with its layer; the words for people are not read", () => {
    const result = said(["strata 정책: 무엇이든", ...lines, '{"summaryEvent":{}}']);
    expect(result.findings).toEqual([
      {
        rule: "r-one",
        source: "policy",
        severity: "critical",
        kind: "cloudstack:compute:Instance",
        name: "ai-a-ml-01",
        id: `${urn}::ai-a-ml-01`,
        layer: "tenant-a",
        message: text("wrong"),
        remedy: text("take it out"),
        requirements: ["P1.5"],
        references: ["N2SF SG-4"],
      },
    ]);
    expect(result.excepted).toMatchObject([{ rule: "r-two", layer: "tenant-c", exception: { owner: "kim" } }]);
    expect(result.exceptions).toEqual([listed]);
    expect(result.unasked).toEqual([{ check: "r-late", because: text("not yet") }]);
    expect(result.decisions).toBe(950);
  });

  test("silence is no consent: a pack that did not come to its end has cleared nothing", () => {
    for (const printed of [[], ["error: rule r failed on x"], lines.slice(0, 2)]) {
      expect(said(printed).unasked.map(({ check }) => check)).toContain("policies");
    }
    const { unasked } = said(["error: the key is s3cret"], (words) => words.replaceAll("s3cret", "[secret]"));
    expect(unasked[0]?.because.en).toMatch(/ran to the end: the key is \[secret\]$/);
  });
});

test("exit codes rise with the severity, from the threshold on", () => {
  const report = (severity?: "low" | "medium" | "high" | "critical") =>
    ({ findings: severity === undefined ? [] : [{ severity }], unasked: [] }) as unknown as AuditReport;
  expect((["low", "medium", "high", "critical"] as const).map((one) => exitCodeOf(report(one), "low"))).toEqual([
    11, 12, 13, 14,
  ]);
  expect(exitCodeOf(report("medium"), "high")).toBe(0);
  expect(exitCodeOf(report(), "low")).toBe(0);
});

test("every check says in both languages what it holds to, and to which requirement", () => {
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  for (const { id, title, requirements } of checks) {
    expect(id).toMatch(/^live-/);
    expect(title.ko).toMatch(/[가-힣]/);
    expect(requirements.length).toBeGreaterThan(0);
  }
});
