import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
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
    env: {
      ...process.env,
      ...stack.env,
      PULUMI_BACKEND_URL: `file://${stack.folder}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(stack.folder, "passphrase"),
    },
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
  const { id: diskofferingid } = await cloud.find("listDiskOfferings", "strata-tenant-a");
  await cloud.by("updateDiskOffering", { id: diskofferingid, domainid: "public" });
  const { id: machine } = await cloud.find("listVirtualMachines", "ai-gateway-01");
  const { id: plain } = await cloud.find("listDiskOfferings", "strata-data");
  const [zone] = await cloud.rows("listZones");
  const zoneid = String(zone?.id);
  const { volume } = (await cloud.by("createVolume", {
    name: "take-away",
    diskofferingid: plain,
    size: "5",
    zoneid,
  })) as {
    volume: { id: string };
  };
  await cloud.by("attachVolume", { id: volume.id, virtualmachineid: machine });

  const { ceph: dashboard } = await connectCeph(ceph.env);
  const make = (entity: string, osd: string) =>
    dashboard?.api.send("POST", "cluster/user", {
      body: {
        user_entity: entity,
        capabilities: [
          { entity: "mon", cap: "profile rbd" },
          { entity: "osd", cap: osd },
        ],
      },
      signal: new AbortController().signal,
    });
  await make("client.copy", "profile rbd pool=tenant-a-ai-data");
  await make("client.everything", "allow *");

  const { live, code, text } = await audit("--fail-on", "high");
  expect(live).toEqual([
    "critical live-ceph-user tenant-a client.copy",
    expect.stringMatching(/^critical live-ceph-user tenant-\w client\.everything$/),
    "critical live-offering-visibility tenant-a strata-tenant-a",
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
