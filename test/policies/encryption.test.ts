import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Description } from "../../policies/core/subject.ts";
import { urnOf } from "../../policies/core/subject.ts";
import apiInTransit from "../../policies/rules/encryption/api-in-transit.ts";
import cipher from "../../policies/rules/encryption/cipher.ts";
import dataAtRest from "../../policies/rules/encryption/data-at-rest.ts";
import keyNotInUserData from "../../policies/rules/encryption/key-not-in-user-data.ts";
import keyPerTenant from "../../policies/rules/encryption/key-per-tenant.ts";
import tlsTermination from "../../policies/rules/encryption/tls-termination.ts";
import tlsVersion from "../../policies/rules/encryption/tls-version.ts";
import verifyTls from "../../policies/rules/encryption/verify-tls.ts";
import { nginx } from "../../src/guests/nginx.ts";
import { judge, unknown } from "./rule-test.ts";

const instanceType = "cloudstack:compute:Instance";
const offeringType = "cloudstack:storage:DiskOffering";
const luks = "cryptsetup luksFormat --type luks2 --cipher aes-xts-plain64 --key-size 512 --key-file k /dev/vdb";

function instance(name: string, userData: string | undefined): Description {
  return { type: instanceType, name, props: { name, nics: [], ...(userData !== undefined && { userData }) } };
}

describe("encryption-data-at-rest", () => {
  const offering = (encrypt: boolean): Description => ({
    type: offeringType,
    name: `encrypt-${encrypt}`,
    props: { name: "data", encrypt },
  });
  const volume = (env: string | undefined, machine?: string, encrypt = false): Description => ({
    type: "cloudstack:storage:Volume",
    name: "data",
    props: {
      name: "data",
      diskOfferingId: unknown,
      ...(machine !== undefined && { instanceId: unknown }),
      tags: { ...(env !== undefined && { env }) },
    },
    dependencies: {
      diskOfferingId: [urnOf(offeringType, `encrypt-${encrypt}`)],
      ...(machine !== undefined && { instanceId: [urnOf(instanceType, machine)] }),
    },
  });
  const around = [offering(true), offering(false), instance("luks", luks), instance("bare", "#cloud-config\n")];

  test("takes a machine with LUKS, and an offering that encrypts", async () => {
    const { violations, undecided } = await judge(dataAtRest, [...around, volume("prod", "luks")]);
    expect([violations, undecided]).toEqual([[], []]);
    expect((await judge(dataAtRest, [...around, volume("prod", "bare", true)])).violations).toEqual([]);
  });

  test.each([
    ["a machine without LUKS", volume("prod", "bare")],
    ["no machine", volume("prod")],
    ["no environment", volume(undefined, "bare")],
  ])("refuses %s", async (_, one) => {
    expect((await judge(dataAtRest, [...around, one])).violations).toEqual([
      "data: data is not encrypted: neither its offering nor its machine's user data does it",
    ]);
  });

  test("a demonstration is let off until a grade is set", async () => {
    expect((await judge(dataAtRest, [...around, volume("demo", "bare")])).violations).toEqual([]);
    const graded = await judge(dataAtRest, [...around, volume("demo", "bare")], { pack: { n2sf: "S" } });
    expect(graded.violations).toHaveLength(1);
  });

  test("is undecided while nobody knows the machine", async () => {
    const { dependencies: _, ...loose } = volume("prod", "bare");
    const { violations, undecided } = await judge(dataAtRest, [...around, loose]);
    expect(violations).toEqual([]);
    expect(undecided).toHaveLength(1);
  });
});

describe("encryption-cipher", () => {
  const format = (options: string) => instance("m", `runcmd:\n  - cryptsetup luksFormat ${options} /dev/vdb`);

  test("takes AES-256, in XTS and without", async () => {
    expect((await judge(cipher, [instance("m", luks)])).violations).toEqual([]);
    expect((await judge(cipher, [format("-c aes-cbc-essiv:sha256 -s 256")])).violations).toEqual([]);
    expect((await judge(cipher, [instance("m", undefined)])).violations).toEqual([]);
  });

  test.each([
    ["--cipher aes-xts-plain64 --key-size 256", "AES-128 is weaker than AES-256"],
    ["--cipher serpent-xts-plain64 --key-size 512", "serpent-xts-plain64 is not AES"],
    ["--type luks2", "cipher and key size are left to chance"],
  ])("refuses %s", async (options, reason) => {
    expect((await judge(cipher, [format(options)])).violations).toEqual([`m: cryptsetup luksFormat: ${reason}`]);
  });

  test("reads scripts that user data carries encoded, packed or not, and shared user data", async () => {
    const script = "#!/bin/sh\ncryptsetup luksFormat --cipher aes-xts-plain64 \\\n  --key-size 256 /dev/vdb\n";
    const files = [Buffer.from(script), gzipSync(script)].map((bytes) => bytes.toString("base64"));
    for (const content of files) {
      const userData = `#cloud-config\nwrite_files:\n  - path: /x\n    encoding: b64\n    content: ${content}\n`;
      const whole = Buffer.from(userData).toString("base64");
      for (const text of [userData, whole]) {
        const shared = { type: "cloudstack:compute:UserData", name: "u", props: { name: "u", userData: text } };
        expect((await judge(cipher, [shared])).violations).toHaveLength(1);
      }
    }
  });

  test("is undecided on user data that is not known", async () => {
    expect((await judge(cipher, [instance("m", unknown)])).undecided).toHaveLength(1);
  });
});

describe("encryption-key-not-in-user-data", () => {
  test("takes a machine that waits for its key", async () => {
    const text = "for candidate in /run/strata/data.key; do [ -s $candidate ]; done";
    expect((await judge(keyNotInUserData, [instance("m", text)])).violations).toEqual([]);
  });

  test.each([
    "write_files:\n  - path: /run/strata/data.key\n    content: hunter2",
    "runcmd:\n  - echo hunter2 | cryptsetup open /dev/vdb data",
    "runcmd:\n  - echo hunter2 > /etc/strata/secrets/data.key",
  ])("refuses %j, without showing the key", async (text) => {
    const { violations } = await judge(keyNotInUserData, [instance("m", text)]);
    expect(violations).toEqual(["m: the user data of m brings the key of an encrypted volume"]);
    expect(violations.join()).not.toContain("hunter2");
  });

  test("is undecided on user data that is not known", async () => {
    expect((await judge(keyNotInUserData, [instance("m", unknown)])).undecided).toHaveLength(1);
  });
});

describe("encryption-key-per-tenant", () => {
  const pool = (tenant: string, user: string, secretKey: string): Description => ({
    type: "cloudstack:storage:StoragePool",
    name: tenant,
    props: { name: `strata-${tenant}`, pool: `${tenant}-ai-data`, user, secretKey },
    secrets: ["/secretKey"],
  });
  const pair = (account: string, publicKey: string): Description => ({
    type: "cloudstack:compute:SshKeyPair",
    name: account,
    props: { name: "key", account, publicKey },
  });

  test("takes a key for each, and one owner's own twice", async () => {
    const own = [pool("tenant-a", "client.tenant-a", "k1"), pool("tenant-b", "client.tenant-b", "k2")];
    const pairs = [pair("strata-tenant-a", "ssh-ed25519 AAAA a"), pair("strata-tenant-b", "ssh-ed25519 BBBB b")];
    expect((await judge(keyPerTenant, [...own, ...pairs])).violations).toEqual([]);
  });

  test("refuses one key or one user for two tenants, without showing the key", async () => {
    const shared = [pool("tenant-a", "client.tenant-a", "k1"), pool("tenant-b", "client.tenant-b", "k1")];
    const { violations } = await judge(keyPerTenant, shared);
    expect(violations).toEqual([
      "tenant-b: storage pools tenant-b and tenant-a of different owners have the same secretKey",
    ]);
    const user = [pool("tenant-a", "client.x", "k1"), pool("tenant-b", "client.x", "k2")];
    expect((await judge(keyPerTenant, user)).violations[0]).toContain("the same user");
  });

  test("refuses one SSH key for two tenants, whatever its comment says", async () => {
    const pairs = [pair("strata-tenant-a", "ssh-ed25519 AAAA a"), pair("strata-tenant-b", "ssh-ed25519  AAAA b")];
    expect((await judge(keyPerTenant, pairs)).violations).toHaveLength(1);
  });

  test("tells keys that are still to be made by who makes them", async () => {
    const made = (tenant: string, maker: string): Description => ({
      ...pool(tenant, `client.${tenant}`, unknown),
      dependencies: { secretKey: [urnOf("ceph:auth:User", maker)] },
    });
    const own = await judge(keyPerTenant, [made("tenant-a", "a"), made("tenant-b", "b")]);
    expect([own.violations, own.undecided]).toEqual([[], []]);
    expect((await judge(keyPerTenant, [made("tenant-a", "a"), made("tenant-b", "a")])).violations).toHaveLength(1);
  });

  test("is undecided while a key is not known", async () => {
    expect((await judge(keyPerTenant, [pool("tenant-a", "client.tenant-a", unknown)])).undecided).toHaveLength(1);
  });
});

describe("encryption-tls-version", () => {
  const ours = nginx("site", "server {\n  listen 443 ssl;\n}\n").files.map(({ content }) => content);

  test("takes what our own machines configure", async () => {
    expect((await judge(tlsVersion, [instance("m", ours.join("\n"))])).violations).toEqual([]);
    const passed = "frontend a\n  mode tcp\n  bind :443\nserver {\n  listen 443;\n  ssl_preread on;\n}";
    expect((await judge(tlsVersion, [instance("m", passed)])).violations).toEqual([]);
    const others = "ssl-default-bind-options ssl-min-ver TLSv1.3\nssl_min_protocol_version = 'TLSv1.3'\n";
    expect((await judge(tlsVersion, [instance("m", others)])).violations).toEqual([]);
  });

  test.each([
    ["  ssl_protocols TLSv1.2 TLSv1.3;", "nginx speaks less than TLS 1.3: ssl_protocols TLSv1.2 TLSv1.3"],
    ["  proxy_ssl_protocols TLSv1;", "nginx speaks less than TLS 1.3: proxy_ssl_protocols TLSv1"],
    ["  ssl-default-bind-options ssl-min-ver TLSv1.2", "HAProxy speaks less than TLS 1.3: ssl-min-ver TLSv1.2"],
    ["ssl_options.versions.1 = tlsv1.2", "RabbitMQ speaks less than TLS 1.3: ssl_options.versions.1 = tlsv1.2"],
    [
      "ssl_min_protocol_version = 'TLSv1.1'",
      "PostgreSQL speaks less than TLS 1.3: ssl_min_protocol_version = 'TLSv1.1'",
    ],
    ["SSLProtocol all -SSLv3", "Apache speaks less than TLS 1.3: SSLProtocol all -SSLv3"],
    ["server {\n  listen 443 ssl;\n}", "nginx speaks TLS, and its versions are left to its default"],
    [
      "server {\n  listen 443 ssl;\n  location / { return 404; }\n  ssl_protocols TLSv1.3;\n}\nserver {\n  listen 8443 ssl;\n}",
      "nginx speaks TLS, and its versions are left to its default",
    ],
    [
      "bind :443 ssl crt /a ssl-min-ver TLSv1.3\nbind :8443 ssl crt /b",
      "HAProxy speaks TLS, and its versions are left to its default",
    ],
    ["ssl_protocols TLSv1.3;\nserver {\n  listen 10.0.5.40:443;\n}", "nginx speaks no TLS on port 443"],
    ["  listen [::]:443 default_server;", "nginx speaks no TLS on port 443"],
    ["frontend a\n  mode http\n  bind *:443", "HAProxy speaks no TLS on port 443"],
  ])("refuses %j", async (text, reason) => {
    expect((await judge(tlsVersion, [instance("m", text)])).violations).toEqual([`m: ${reason}`]);
  });

  test("may be asked for less", async () => {
    const text = "ssl_protocols TLSv1.2 TLSv1.3;";
    expect((await judge(tlsVersion, [instance("m", text)], { settings: { minimum: "1.2" } })).violations).toEqual([]);
  });

  test("is undecided on user data that is not known", async () => {
    expect((await judge(tlsVersion, [instance("m", unknown)])).undecided).toHaveLength(1);
  });
});

describe("encryption-tls-termination", () => {
  const rule = (props: object): Description => ({
    type: "cloudstack:network:LoadBalancerRule",
    name: "lb",
    props: { name: "api", protocol: "tcp", publicPort: 443, privatePort: 443, ...props },
  });

  test("takes 443 to 443", async () => {
    expect((await judge(tlsTermination, [rule({})])).violations).toEqual([]);
  });

  test.each([
    [{ protocol: "ssl" }, "lb: api ends TLS at the virtual router"],
    [{ privatePort: 80 }, "lb: api passes port 443 on to 80, which speaks plain text"],
  ])("refuses %j", async (props, reason) => {
    expect((await judge(tlsTermination, [rule(props)])).violations).toEqual([reason]);
  });

  test("is undecided on a port that is not known", async () => {
    expect((await judge(tlsTermination, [rule({ privatePort: unknown })])).undecided).toHaveLength(1);
  });
});

describe("the providers' addresses", () => {
  const cloudstack = (props: object): Description => ({
    type: "pulumi:providers:cloudstack",
    name: "p",
    props: { ...props },
  });
  const ceph = (props: object): Description => ({ type: "pulumi:providers:ceph", name: "p", props: { ...props } });
  const far = "https://mold.example:8443/client/api";

  beforeEach(() => {
    vi.stubEnv("CLOUDSTACK_API_URL", undefined);
  });
  afterEach(() => vi.unstubAllEnvs());

  test("may come from the environment", async () => {
    const provider = cloudstack({ verifyTls: "false" });
    vi.stubEnv("CLOUDSTACK_API_URL", "https://127.0.0.1:8443/client/api");
    expect((await judge(verifyTls, [provider])).violations).toEqual([]);
    vi.stubEnv("CLOUDSTACK_API_URL", far);
    expect((await judge(verifyTls, [provider])).violations).toHaveLength(1);
  });

  test.each([
    cloudstack({ apiUrl: far, verifyTls: "true" }),
    cloudstack({ apiUrl: "https://127.0.0.1:8443/client/api", verifyTls: "false" }),
    ceph({ url: "https://[::1]:8443,https://localhost:8444", verifyTls: false }),
  ])("verification is on, or the address this machine's: %j", async (provider) => {
    expect((await judge(verifyTls, [provider])).violations).toEqual([]);
  });

  test.each([
    [cloudstack({ apiUrl: far, verifyTls: "false" }), far],
    [
      ceph({ url: '["https://127.0.0.1:8443", "https://glue.example:8443"]', verifyTls: false }),
      "https://glue.example:8443",
    ],
    [cloudstack({ verifyTls: "false" }), "an address that nobody says"],
    [
      cloudstack({ apiUrl: "https://127.0.0.1.example/client/api", verifyTls: "false" }),
      "https://127.0.0.1.example/client/api",
    ],
  ])("refuses no verification: %j", async (provider, where) => {
    expect((await judge(verifyTls, [provider])).violations).toEqual([
      `p: provider p does not verify the certificate of ${where}`,
    ]);
  });

  test("is undecided on an address that is not known", async () => {
    expect((await judge(verifyTls, [cloudstack({ apiUrl: unknown, verifyTls: "false" })])).undecided).toHaveLength(1);
  });

  test("advises against plain HTTP beyond this machine", async () => {
    expect((await judge(apiInTransit, [cloudstack({ apiUrl: far })])).violations).toEqual([]);
    expect((await judge(apiInTransit, [cloudstack({ apiUrl: "http://localhost:8080" })])).violations).toEqual([]);
    for (const provider of [
      cloudstack({ apiUrl: "http://mold.example:8080" }),
      ceph({ url: "http://10.0.0.1:8080" }),
    ]) {
      expect((await judge(apiInTransit, [provider])).violations).toHaveLength(1);
    }
    expect((await judge(apiInTransit, [cloudstack({ apiUrl: unknown })])).undecided).toHaveLength(1);
  });
});
