import { once } from "node:events";
import { readFileSync } from "node:fs";
import http, { type Server } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";

/** A cloud that cannot be used: a message that says which of the many reasons it is, before anything is made. */

const oneOfEach = join(import.meta.dirname, "programs/one-of-each");
const certificates = join(import.meta.dirname, "../provider/client/testdata");

let cloud: Cloud;
let seeded: Record<string, Row[]>;
/** Of demo-cpu: what a user sees. */
let stack: EngineStack;
const servers: Server[] = [];

beforeAll(async () => {
  cloud = await Cloud.start();
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: cloud.env });
});

afterEach(async () => {
  stack.env = cloud.env;
  await cloud.control("POST", "clock", { offsetSeconds: 0 });
  for (const server of servers.splice(0)) server.close();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

/** Something that listens and is no CloudStack; resolves to its port. */
async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const webPage = (_: unknown, response: http.ServerResponse) => {
  response.setHeader("content-type", "text/html");
  response.end("<html><title>Welcome</title></html>");
};

/** What is wrong, what it takes to make it so, and the words that tell it from all others. */
const reasons: [reason: string, env: () => Promise<Record<string, string>>, says: RegExp][] = [
  ["the secret key is wrong", async () => ({ CLOUDSTACK_SECRET_KEY: "wrong-secret" }), /Check apiKey and secretKey/],
  ["the API key is wrong", async () => ({ CLOUDSTACK_API_KEY: "wrong-key" }), /Check apiKey and secretKey/],
  [
    "this machine's clock is an hour behind",
    async () => {
      await cloud.control("POST", "clock", { offsetSeconds: 3600 });
      return {};
    },
    /clock is 60 minutes behind the server's/,
  ],
  [
    "the address is a web page",
    async () => ({ CLOUDSTACK_API_URL: `http://127.0.0.1:${await listening(http.createServer(webPage))}/client/` }),
    /not CloudStack's JSON[\s\S]*apiUrl must be the API itself/,
  ],
  [
    "nothing listens at the address",
    async () => ({ CLOUDSTACK_API_URL: "http://127.0.0.1:9/client/api" }),
    /cannot connect to http:\/\/127\.0\.0\.1:9[\s\S]*Nothing listens at apiUrl/,
  ],
  [
    "the host is unknown",
    async () => ({ CLOUDSTACK_API_URL: "http://cloud.invalid:8080/client/api" }),
    /unknown host of http:\/\/cloud\.invalid:8080[\s\S]*cannot be resolved/,
  ],
  [
    "nobody known has issued the server's certificate",
    async () => {
      const key = readFileSync(join(certificates, "test.key"));
      const server = https.createServer({ key, cert: readFileSync(join(certificates, "good.pem")) }, webPage);
      return { CLOUDSTACK_API_URL: `https://127.0.0.1:${await listening(server)}/client/api` };
    },
    /no trusted TLS connection[\s\S]*issuing authority as caCertificate/,
  ],
  [
    "the address is no address",
    async () => ({ CLOUDSTACK_API_URL: "cloud.example:8080" }),
    /apiUrl[\s\S]*cloud\.example:8080/,
  ],
];

test.each(reasons)("when %s, the preview says so and nothing else", async (_, env, says) => {
  stack.env = { ...cloud.env, ...(await env()) };
  const preview = await stack.preview();
  expect(preview.code).not.toBe(0);
  expect(preview.text).toMatch(says);
  for (const [, , others] of reasons) if (String(others) !== String(says)) expect(preview.text).not.toMatch(others);
  expect(preview.text).not.toContain("node_modules");
  expect(preview.text).not.toContain(cloud.env.CLOUDSTACK_SECRET_KEY);
});

test("`up` with wrong keys makes nothing and leaves nothing in the state", async () => {
  stack.env = { ...cloud.env, CLOUDSTACK_SECRET_KEY: "wrong-secret" };
  const up = await stack.up();
  expect(up.code).not.toBe(0);
  expect(up.text).toMatch(/Check apiKey and secretKey/);
  const { deployment } = await stack.exportState();
  expect(deployment.resources?.filter(({ type }) => type.startsWith("cloudstack:")) ?? []).toEqual([]);
  expect(await cloud.inventory()).toEqual(seeded);
});

test("keys that become wrong between two runs do not make the state forget anything", async () => {
  const small = new EngineStack({ env: cloud.env, program: oneOfEach });
  const up = await small.up();
  expect(up.code, up.text).toBe(0);
  const ids = async () => (await small.exportState()).deployment.resources?.map(({ id }) => id);
  const before = await ids();

  small.env = { ...cloud.env, CLOUDSTACK_SECRET_KEY: "wrong-secret" };
  const refresh = await small.refresh();
  expect(refresh.code).not.toBe(0);
  expect(refresh.text).toMatch(/Check apiKey and secretKey/);
  expect(await ids()).toEqual(before);

  small.env = cloud.env;
  const destroy = await small.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect(await cloud.inventory()).toEqual(seeded);
  small.remove();
});
