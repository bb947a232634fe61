import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditReport } from "../../cli/audit/finding.ts";
import { connectCeph } from "../../cli/doctor/ceph-connection.ts";
import { repoRoot } from "../../tools/toolchain/layout.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";

/** `strata audit` as people call it, on a deployed enterprise: the engine's state, the pack, CloudStack and Ceph. */

let cloud: Cloud;
let ceph: CephCloud;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "enterprise" });
  ceph = await CephCloud.start({ seed: "enterprise" });
  stack = new EngineStack({ profile: "enterprise", env: { ...cloud.env, ...ceph.env } });
  const { code, text } = await stack.up();
  expect({ code, text: text.slice(-2000) }).toMatchObject({ code: 0 });
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
  await ceph.close();
});

async function audit(...words: string[]) {
  const json = join(stack.folder, "audit.json");
  const files = [
    "--json",
    json,
    "--sarif",
    join(stack.folder, "audit.sarif"),
    "--html",
    join(stack.folder, "audit.html"),
  ];
  const child = spawn(process.execPath, ["cli/main.ts", "audit", stack.name, ...files, ...words], {
    cwd: repoRoot,
    env: { ...process.env, ...stack.env, ...(await stack.engineEnv()) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  const [code] = await once(child, "close");
  const report = JSON.parse(readFileSync(json, "utf8")) as AuditReport;
  const live = report.findings.filter(({ source }) => source === "live");
  return {
    code,
    text,
    report,
    live: live.map(({ rule, severity, layer, name }) => `${severity} ${rule} ${layer} ${name}`),
  };
}

test("a deployed profile is clean by the pack and by the servers", async () => {
  const { report, live, text, code } = await audit();
  expect(live).toEqual([]);
  expect(report.findings).toEqual([]);
  expect(report.unasked).toEqual([]);
  expect(report.looked.policyDecisions).toBeGreaterThan(0);
  expect(text).toContain("Nothing is there that is not declared");
  expect(code).toBe(0);
});

test("what hands did on both servers is found, with no key in any of the reports", async () => {
  await byHandInCloudStack();
  await byHandInCeph();
  const { live, code, text } = await audit("--fail-on", "high");
  expect(live).toEqual([
    "critical live-acl-rule tenant-b tenant-b-rules 1",
    "critical live-ceph-user tenant-a client.copy",
    "critical live-ceph-user tenant-a client.everything",
    // One key for two entities: said of the declared one.
    "critical live-ceph-user tenant-b client.tenant-b",
    expect.stringMatching(/^critical live-entrance tenant-b \S+$/),
    "critical live-foreign-machine tenant-c spy",
    "critical live-foreign-volume tenant-a in-their-pool",
    expect.stringMatching(/^critical live-gateway-admin \S+ ai-archive-owner$/),
    "critical live-offering-visibility tenant-a strata-tenant-a",
    expect.stringMatching(/^critical live-open-bucket \S+ \S+$/),
    "high live-foreign-account tenant-c helper",
    "high live-foreign-nic service-edge ai-router-01",
    "medium live-foreign-volume service-edge take-away",
  ]);
  expect(code).toBe(14);
  const written = ["json", "sarif", "html"].map((kind) => readFileSync(join(stack.folder, `audit.${kind}`), "utf8"));
  for (const one of [text, ...written]) {
    expect(one).not.toMatch(/AQ[A-Za-z0-9+/]{36}==/);
    expect(one).not.toContain(cloud.env.CLOUDSTACK_SECRET_KEY);
    expect(one).toContain("client.copy");
  }
});

test("the site's settings of the pack hold, exceptions are listed in every form, and an expired one is a violation", async () => {
  const rule = "hygiene-names";
  const exception = { rule, reason: "renamed with the next release", owner: "kim", expires: inDays(30) };
  const config = join(stack.folder, "policy-config.json");
  const exceptions = [
    { ...exception, resource: "*::ai-router-01" },
    { ...exception, resource: "*::ai-nowhere-*" },
    { ...exception, resource: "*::ai-gateway-01", owner: "lee", expires: "2020-01-31" },
  ];
  // Wrong by this are the edge's machines.
  const names = { machines: "^(?!ai-(router|gateway)-01$)[a-z]", enforcementLevel: "mandatory" };
  writeFileSync(config, JSON.stringify({ "strata-pack": { exceptions }, [rule]: names }));

  stack.env = { ...stack.env, STRATA_LANG: "ko" };
  const { report, text } = await audit("--policy-pack-config", config);
  expect(text).toMatch(/만료 {2}hygiene-names/);
  expect(report.looked.policyDecisions).toBeGreaterThan(0);
  const ofPack = report.findings.filter(({ source }) => source === "policy");
  expect(ofPack.map(({ rule: id, severity, layer, name }) => `${severity} ${id} ${layer} ${name}`)).toEqual([
    "high strata-pack  ",
    "low hygiene-names service-edge ai-gateway-01",
    "low strata-pack  ",
  ]);
  expect(ofPack[1]?.message.ko).toMatch(/[가-힣]/);
  expect(ofPack[1]?.message.en).not.toMatch(/[가-힣]/);
  expect(report.excepted).toMatchObject([{ rule, name: "ai-router-01", exception: { owner: "kim" } }]);
  expect(report.exceptions.map(({ state, covers }) => [state, covers])).toEqual([
    ["in force", 1],
    ["in force", 0],
    ["expired", 0],
  ]);
  const sarif = JSON.parse(readFileSync(join(stack.folder, "audit.sarif"), "utf8"));
  const suppressed = sarif.runs[0].results.filter(
    ({ suppressions }: { suppressions: object[] }) => suppressions.length,
  );
  expect(suppressed).toMatchObject([
    { ruleId: rule, suppressions: [{ justification: expect.stringContaining("renamed") }] },
  ]);
  for (const one of [text, readFileSync(join(stack.folder, "audit.html"), "utf8")]) {
    for (const { resource, owner } of exceptions) {
      expect(one).toContain(resource);
      expect(one).toContain(owner);
    }
    expect(one).toContain("2020-01-31");
  }
});

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

async function byHandInCloudStack(): Promise<void> {
  const { id: offeringOfA } = await cloud.find("listDiskOfferings", "strata-tenant-a");
  await cloud.by("updateDiskOffering", { id: offeringOfA, domainid: "public" });
  const gateway = (await cloud.find("listVirtualMachines", "ai-gateway-01")) as unknown as Record<string, string>;
  const { id: plain } = await cloud.find("listDiskOfferings", "strata-data");
  const zoneid = gateway.zoneid ?? "";
  const attach = async (name: string, diskofferingid: string, machine: string, owner: Record<string, string> = {}) => {
    const { volume } = (await cloud.by("createVolume", { name, diskofferingid, size: "5", zoneid, ...owner })) as {
      volume: { id: string };
    };
    await cloud.by("attachVolume", { id: volume.id, virtualmachineid: machine });
  };
  await attach("take-away", plain, gateway.id ?? "");

  const tier = async (tenant: string) =>
    (await cloud.find("listNetworks", `strata-tenant-${tenant}`)) as unknown as Record<string, string>;
  const [b, c] = [await tier("b"), await tier("c")];
  // Whoever can put a machine there can lift the limits before.
  const owner = { account: c.account ?? "", domainid: c.domainid ?? "" };
  for (const resourcetype of ["0", "2", "8", "9", "10"]) {
    await cloud.by("updateResourceLimit", { domainid: owner.domainid, resourcetype, max: "-1" });
    await cloud.by("updateResourceLimit", { ...owner, resourcetype, max: "-1" });
  }
  const { virtualmachine: spy } = (await cloud.by("deployVirtualMachine", {
    name: "spy",
    zoneid,
    templateid: gateway.templateid ?? "",
    serviceofferingid: gateway.serviceofferingid ?? "",
    networkids: c.id ?? "",
    ...owner,
  })) as { virtualmachine: { id: string } };
  await attach("in-their-pool", offeringOfA, spy.id, owner);

  const { id: router } = await cloud.find("listVirtualMachines", "ai-router-01");
  const { id: fabric } = await cloud.find("listNetworks", "strata-gpu-storage");
  await cloud.by("addNicToVirtualMachine", { virtualmachineid: router, networkid: fabric });
  const { id: aclid } = await cloud.find("listNetworkACLLists", "strata-tenant-b");
  const rule = { number: "1", protocol: "tcp", startport: "22", endport: "22", traffictype: "ingress" };
  await cloud.by("createNetworkACL", { aclid, ...rule, cidrlist: "0.0.0.0/0", action: "allow" });
  const { ipaddress } = (await cloud.by("associateIpAddress", { vpcid: b.vpcid ?? "" })) as {
    ipaddress: { id: string };
  };
  const { id: virtualmachineid } = await cloud.find("listVirtualMachines", "ai-b-data-01");
  await cloud.by("enableStaticNat", { ipaddressid: ipaddress.id, virtualmachineid, networkid: b.id ?? "" });
  const person = {
    username: "helper",
    password: "not-a-secret-1",
    firstname: "a",
    lastname: "b",
    email: "a@b.example",
  };
  await cloud.by("createAccount", { account: "helper", ...person, accounttype: "0", domainid: c.domainid ?? "" });
}

async function byHandInCeph(): Promise<void> {
  const { ceph: dashboard } = await connectCeph(ceph.env);
  const signal = new AbortController().signal;
  const make = (body: object) => dashboard?.api.send("POST", "cluster/user", { body: { ...body }, signal });
  const user = (user_entity: string, osd: string) => {
    const capabilities = [
      { entity: "mon", cap: "profile rbd" },
      { entity: "osd", cap: osd },
    ];
    return make({ user_entity, capabilities });
  };
  await user("client.copy", "profile rbd pool=tenant-a-ai-data");
  await user("client.everything", "allow *");
  const users = (await ceph.ask("cluster/user")) as { entity: string; key: string }[];
  const key = users.find(({ entity }) => entity === "client.tenant-b")?.key;
  await make({ import_data: `[client.twin]\n\tkey = ${key}\n\tcaps mon = "allow r"\n` });
  const [bucket] = (await ceph.ask("rgw/bucket", { version: "1.1" })) as string[];
  const row = (await ceph.ask("rgw/bucket/{bucket}", { path: { bucket: bucket ?? "" } })) as {
    id: string;
    owner: string;
  };
  const body = { bucket_id: row.id, uid: row.owner, canned_acl: "public-read" };
  await dashboard?.api.send("PUT", "rgw/bucket/{bucket}", { path: { bucket: bucket ?? "" }, body, signal });
  const cap = { path: { uid: row.owner }, body: { type: "users", perm: "*" }, signal };
  await dashboard?.api.send("POST", "rgw/user/{uid}/capability", cap);
}
