import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cloud } from "../support/cloud.ts";
import { complaints, examined, findingsOf, textOf } from "./doctor-support.ts";

const secret = "s3cr3t-of-nobody";
let cloud: Cloud;
const servers: { close(): unknown }[] = [];

beforeAll(async () => {
  cloud = await Cloud.start({ seed: "default" });
});
afterAll(async () => {
  for (const server of servers) server.close();
  await cloud.close();
});

const asked = (env: Record<string, string>) => examined({ profile: "demo-cpu", cloud, env });

/** Port of a web server on loopback that says hello to everybody. */
async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

test("settings that are not there are named, each with its command", async () => {
  const report = await examined({ profile: "demo-cpu" });
  expect(report.worst).toBe("unasked");
  expect(report.checks.map(({ asked: what }) => what)).toEqual([
    "setting CLOUDSTACK_API_URL",
    "setting CLOUDSTACK_API_KEY",
    "setting CLOUDSTACK_SECRET_KEY",
  ]);
  const wrong = await asked({ CLOUDSTACK_API_URL: "cloud.example/client/api" });
  expect(wrong.checks).toMatchObject([{ asked: "setting CLOUDSTACK_API_URL", state: "blocking" }]);
});

test("wrong keys are no wrong address, and no secret is shown", async () => {
  const report = await asked({ CLOUDSTACK_SECRET_KEY: secret });
  expect(report.worst).toBe("unasked");
  expect(complaints(report)).toMatchObject([
    {
      rule: "the server knows the keys and accepts the signature",
      remedy: expect.stringContaining("CLOUDSTACK_SECRET_KEY"),
    },
  ]);
  expect(textOf(report)).not.toContain(secret);
});

test("nobody listens, the port speaks no TLS, the certificate is not trusted, or it is another web page", async () => {
  const web = createServer((_, response) => response.end("<html>hello</html>"));
  const port = await portOf(web);
  const file = (name: string) => readFileSync(join(import.meta.dirname, "../provider/client/testdata", name));
  const tls = await portOf(
    createTlsServer({ key: file("test.key"), cert: file("good.pem") }, (_, response) => response.end()) as never,
  );
  const rules: [string, string][] = [
    ["http://127.0.0.1:1/client/api", "something listens at the address"],
    [`https://127.0.0.1:${port}/client/api`, "the certificate is trusted and names the host"],
    [`https://127.0.0.1:${tls}/client/api`, "the certificate is trusted and names the host"],
    [`http://127.0.0.1:${port}/`, "the address is that of a CloudStack or Mold API"],
  ];
  for (const [url, rule] of rules) {
    const report = await asked({ CLOUDSTACK_API_URL: url });
    expect([url, report.worst, complaints(report).map((one) => one.rule)]).toEqual([url, "unasked", [rule]]);
    expect(report.checks[0]?.remedy).toBeTruthy();
  }
});

test("a password in the address is not repeated", async () => {
  const report = await asked({ CLOUDSTACK_API_URL: `http://admin:${secret}@127.0.0.1:1/client/api` });
  expect(textOf(report)).not.toContain(secret);
});

test("clocks: a difference that grows is told before it hurts, and one that hurts is no matter of keys", async () => {
  await cloud.control("POST", "clock", { offsetSeconds: 200 });
  const slow = await asked({});
  expect(findingsOf(slow, "connection").at(-1)).toMatchObject({
    state: "fixable",
    value: expect.stringMatching(/^(199|200|201) s behind$/),
    remedy: expect.stringContaining("timedatectl set-ntp true"),
  });
  await cloud.control("POST", "clock", { offsetSeconds: 3600 });
  const late = await asked({});
  expect(late.worst).toBe("unasked");
  expect(complaints(late)[0]).toMatchObject({
    rule: expect.stringContaining("both clocks"),
    value: expect.stringContaining("60 minutes behind"),
  });
  await cloud.control("POST", "clock", { offsetSeconds: 0 });
});

test("a question that the server fails to answer is a finding, and the others are asked all the same", async () => {
  await cloud.fault("listPhysicalNetworks", { kind: "error", status: 530, text: "database gone", times: 20 });
  const report = await asked({});
  await cloud.forgetFaults();
  expect(complaints(report).map(({ check }) => check)).toEqual(["physical-network", "vlans"]);
  expect(complaints(report)[0]).toMatchObject({ state: "blocking", value: "database gone" });
  expect(findingsOf(report, "placement")).toMatchObject([{ state: "ok" }]);
});
