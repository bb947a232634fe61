import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checks } from "../../cli/audit/checks.ts";
import { type AuditReport, exitCodeOf } from "../../cli/audit/finding.ts";
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

describe("identity", () => {
  test("a domain in a tenant's domain is seen", async () => {
    const { id: parentdomainid } = await site.cloud.find("listDomains", "strata-demo-tenant-c");
    await site.cloud.by("createDomain", { name: "annex", parentdomainid });
    expect(brief(await site.audit())).toEqual(["high live-foreign-account tenant-c annex"]);
  });

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
