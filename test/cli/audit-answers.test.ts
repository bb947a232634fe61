import { describe, expect, test } from "vitest";
import { checks } from "../../cli/audit/checks.ts";
import { estateOf, type LiveCloud } from "../../cli/audit/estate.ts";
import { State } from "../../cli/audit/state.ts";
import type { CephQuestions } from "../../cli/doctor/ceph-questions.ts";
import { readRecorded } from "../e2e/recorded/files.ts";

/** Checks of the audit on rows as servers write them, for what the embedded ones do not have or cannot be brought to. */

describe("as servers answer", () => {
  const state = new State(readRecorded("stack"));
  const idOf = (type: string, name: string) => state.ofType(type).find((one) => one.name === name)?.id ?? "";

  /** A check on rows of a server, and of Ceph. */
  async function ask(id: string, answers: Record<string, object[]>, kept = state) {
    const check = checks.find((one) => one.id === id);
    const rows = async (command: string) => answers[command] ?? [];
    const object = async (path: string, { path: { bucket, uid } = {} }: { path?: Record<string, string> } = {}) =>
      answers[path]?.find((one) => [Reflect.get(one, "bid"), Reflect.get(one, "uid")].includes(bucket ?? uid)) ?? {};
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

  test("a gateway user who may administer the gateway, by a system user's rights or by capabilities", async () => {
    const parent = "urn:pulumi:s::p::strata:layer:TenantEnclave::tenant-a";
    const type = "ceph:rgw:RgwUser";
    const own = { urn: `urn:pulumi:s::p::${type}::docs`, type, id: "docs", inputs: {}, parent };
    const resources = [{ urn: parent, type: "strata:layer:TenantEnclave" }, own];
    const kept = new State(JSON.stringify({ deployment: { resources } }));
    const asked = (row: object) => ask("live-gateway-admin", { "rgw/user/{uid}": [{ uid: "docs", ...row }] }, kept);
    expect(await asked({ system: false, caps: [] })).toEqual([]);
    expect(await asked({ system: "true", caps: [] })).toEqual(["critical tenant-a docs"]);
    expect(await asked({ caps: [{ type: "users", perm: "*" }] })).toEqual(["critical tenant-a docs"]);
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

  test("a stranger's name in a command that is to be copied is one word of it", async () => {
    const resources = [
      { type: "ceph:pool:Pool", id: "1", inputs: { name: "p" }, urn: "urn:pulumi:s::p::ceph:pool:Pool::p" },
    ];
    const kept = new State(JSON.stringify({ deployment: { resources } }));
    const rows = async () => [{ entity: "client.x; reboot #'", caps: { osd: "allow *" } }];
    const estate = estateOf(kept, {} as LiveCloud, { rows } as unknown as CephQuestions);
    const [found] = (await checks.find(({ id }) => id === "live-ceph-user")?.ask(estate)) ?? [];
    for (const remedy of [found?.remedy.en, found?.remedy.ko]) {
      expect(remedy).toContain(`ceph auth rm 'client.x; reboot #'\\'''`);
    }
  });
});
