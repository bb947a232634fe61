import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client, type ClientOptions } from "../../../provider/cloudstack/client/client.ts";

// Self-signed certificates made for these tests alone: good and elsewhere are valid until 2126, expired was until 2020.
const path = (name: string) => `${import.meta.dirname}/testdata/${name}`;
const key = readFileSync(path("test.key"), "utf8");
const certificate = (name: "good" | "elsewhere" | "expired") => readFileSync(path(`${name}.pem`), "utf8");

const servers: (http.Server | https.Server)[] = [];

async function serve(cert: string): Promise<string> {
  const server = https.createServer({ key, cert }, (_, response) => response.end('{"listzonesresponse":{}}'));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/client/api`;
}

function zones(apiUrl: string, options: Partial<ClientOptions> = {}) {
  return new Client({ apiUrl, apiKey: "k", secretKey: "s", signature: "sha1", ...options }).list("listZones", {});
}

let url: string;
beforeAll(async () => {
  url = await serve(certificate("good"));
});
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

test("an unknown issuer is refused, and the remedy named", async () => {
  await expect(zones(url)).rejects.toThrow(/no trusted TLS connection[\s\S]*caCertificate/);
});

test("caCertificate may be text or a file; verifyTls: false takes anything", async () => {
  expect(await zones(url, { caCertificate: certificate("good") })).toEqual([]);
  expect(await zones(url, { caCertificate: path("good.pem") })).toEqual([]);
  expect(await zones(url, { verifyTls: false })).toEqual([]);
});

test("caCertificate is trusted besides the authorities that are trusted anyway, not in their place", async () => {
  const before = getCACertificates("default");
  const [another, yetAnother] = before;
  await expect(zones(url, { caCertificate: another })).rejects.toThrow(/no trusted TLS connection/);
  setDefaultCACertificates([...before, certificate("good")]);
  try {
    expect(await zones(url, { caCertificate: yetAnother })).toEqual([]);
  } finally {
    setDefaultCACertificates(before);
  }
});

test("a certificate for another host is told apart", async () => {
  const cert = certificate("elsewhere");
  await expect(zones(await serve(cert), { caCertificate: cert })).rejects.toThrow(
    /host name that the server's certificate carries/,
  );
});

test("an expired certificate is told apart", async () => {
  const cert = certificate("expired");
  await expect(zones(await serve(cert), { caCertificate: cert })).rejects.toThrow(/Renew the server's certificate/);
});

test("https to a port without TLS is told apart", async () => {
  const plain = http.createServer((_, response) => response.end());
  servers.push(plain);
  await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
  const { port } = plain.address() as AddressInfo;
  await expect(zones(`https://127.0.0.1:${port}/client/api`)).rejects.toThrow(/does not speak TLS/);
});
