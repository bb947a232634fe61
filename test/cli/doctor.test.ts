import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Report } from "../../cli/doctor/run.ts";
import { reportText } from "../../cli/doctor/text.ts";
import { Cloud } from "../support/cloud.ts";

const strata = join(import.meta.dirname, "../../cli/strata");
let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "default" });
});
beforeEach(() => cloud.control("POST", "reset"));
afterAll(() => cloud.close());

async function run(words: string[], settings: Record<string, string> = {}) {
  const child = spawn(strata, ["doctor", ...words], { env: { ...process.env, ...cloud.env, ...settings } });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
  const [code] = await once(child, "close");
  return { code, ...said };
}

test("all right: a table by subject, a summary, exit code 0, nothing on stderr, no colour in a pipe", async () => {
  const { code, out, err } = await run(["demo-cpu"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^connection\n {2}✓ answer of the API: http/);
  expect(out).toMatch(/demo-cpu can be deployed: \d+ ok, 0 fixable, 0 blocking\.\n$/);
  expect(out).not.toContain("\u001b");
  expect(out).not.toContain(cloud.env.CLOUDSTACK_SECRET_KEY);
  expect(out).not.toContain(cloud.env.CLOUDSTACK_API_KEY);
});

test("fixable is 1, blocking 2, unasked 3; --json holds the same", async () => {
  await cloud.control("POST", "hosts", { name: "host2", state: "Down" });
  const fixable = await run(["demo-cpu", "--json"]);
  const report = JSON.parse(fixable.out) as Report;
  expect([fixable.code, report.worst]).toEqual([1, "fixable"]);
  expect(report.checks.find(({ state }) => state === "fixable")).toMatchObject({ check: "hosts", subject: "hosts" });

  await cloud.control("POST", "hosts", { name: "host1", state: "Down" });
  await cloud.control("POST", "hosts", { name: "host3", state: "Down" });
  const blocking = await run(["demo-cpu"]);
  expect(blocking.code).toBe(2);
  expect(blocking.out).toMatch(/ {2}✗ a place for .*\n( {6}.*\n)* {6}remedy: /);
  expect(blocking.out).toContain("cannot be deployed here as it is");

  const unasked = await run(["demo-cpu", "--json"], { CLOUDSTACK_API_URL: "http://127.0.0.1:1/client/api" });
  expect([unasked.code, JSON.parse(unasked.out).worst]).toEqual([3, "unasked"]);
  // Not 1, which says that all can be mended.
  const unread = await run(["demo-cpu", "--overrides", "none.yaml"]);
  expect([unread.code, unread.err]).toEqual([3, expect.stringContaining("--overrides none.yaml")]);
});

test("overrides change what is asked; a profile that is wrong by itself is not asked about", async () => {
  const { code, out } = await run(["demo-cpu", "--overrides", "{ infrastructure: { zone: suwon } }"]);
  expect([code, out]).toEqual([1, expect.stringContaining("! zone suwon: there is none of this name")]);
  const wrong = await run(["demo-cpu", "--overrides", "{ infrastructure: { zoen: suwon } }"]);
  expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining("zoen")]);
  expect((await run([])).err).toContain(`"doctor" takes one profile`);
});

test("an authority of one's own is trusted when it is named as the remedy says", async () => {
  const file = (name: string) => join(import.meta.dirname, "../provider/client/testdata", name);
  const options = { key: readFileSync(file("test.key")), cert: readFileSync(file("good.pem")) };
  const server = createServer(options, (_, response) => response.end("<html></html>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const CLOUDSTACK_API_URL = `https://127.0.0.1:${port}/client/api`;
  const strange = await run(["demo-cpu"], { CLOUDSTACK_API_URL });
  expect(strange.out).toContain("export NODE_EXTRA_CA_CERTS=/path/to/authority.pem");
  const trusted = await run(["demo-cpu"], { CLOUDSTACK_API_URL, NODE_EXTRA_CA_CERTS: file("good.pem") });
  expect(trusted.out).toContain("rule: the address is that of a CloudStack or Mold API");
  server.close().closeAllConnections();
});

test("says on stderr what it waits for when that takes longer than two seconds", async () => {
  await cloud.fault("listPhysicalNetworks", { kind: "slow", delayMs: 3_000 });
  const { code, err } = await run(["demo-cpu"]);
  expect([code, err]).toEqual([0, expect.stringMatching(/^waiting for physical-network, vlans …\n/)]);
});

test("marks stand without colour, which only a terminal gets", () => {
  const report: Report = {
    worst: "fixable",
    checks: [
      { check: "zone", subject: "zone", state: "ok", asked: "zone a", value: "enabled" },
      {
        check: "vlans",
        subject: "network",
        state: "fixable",
        asked: "VLAN 5",
        value: "used",
        rule: "free",
        remedy: "x",
        requirement: "P7",
      },
    ],
  };
  expect(reportText(report, { profile: "p", colour: false, width: 80 })).toBe(
    [
      "zone",
      "  ✓ zone a: enabled",
      "",
      "network",
      "  ! VLAN 5: used [P7]",
      "      rule: free",
      "      remedy: x",
      "",
      "p can be deployed when the marked lines (!) are put right: 1 ok, 1 fixable, 0 blocking.",
    ].join("\n"),
  );
  expect(reportText(report, { profile: "p", colour: true, width: 80 })).toContain("\u001b[33m!\u001b[0m VLAN 5");
});
