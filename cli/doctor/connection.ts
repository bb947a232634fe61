import { payloadOf } from "../../provider/cloudstack/client/answer.ts";
import { Client } from "../../provider/cloudstack/client/client.ts";
import { type CloudStackError, type ErrorKind, isCloudStackError } from "../../provider/cloudstack/client/errors.ts";
import { type SignatureAlgorithm, signedBody } from "../../provider/cloudstack/client/sign.ts";
import { Transport } from "../../provider/cloudstack/client/transport.ts";
import { environment } from "../../provider/cloudstack/config.ts";
import { formats } from "../../provider/core/formats.ts";
import { blocking, fixable, ok, type Result } from "./finding.ts";
import type { Row } from "./questions.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the first answers told, and the client for all further ones. */
export interface Link {
  readonly client: Client;
  readonly apiKey: string;
  /** Which signature the server accepts. */
  readonly algorithm: SignatureAlgorithm;
  /** Of listCapabilities. */
  readonly capabilities: Row;
}

/** Absent `link`: nothing can be asked. */
export interface Connection {
  readonly results: Result[];
  readonly link?: Link;
}

interface Settings {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly secretKey: string;
}

const timeoutSeconds = 30;

/** Whether the server of CLOUDSTACK_API_URL answers to the keys, and how: address, TLS, keys, signature, clock. */
export async function connect(env: Environment): Promise<Connection> {
  const missing = missingSettings(env);
  if (missing.length > 0) return { results: missing };
  const settings: Settings = {
    apiUrl: env[environment.apiUrl] ?? "",
    apiKey: env[environment.apiKey] ?? "",
    secretKey: env[environment.secretKey] ?? "",
  };
  const client = new Client({ ...settings, timeout: timeoutSeconds });
  try {
    await client.connect();
    const { algorithm, capabilities, skew } = await listen(settings);
    const results = [
      ok("answer of the API", `${whereOf(settings.apiUrl)}, signed with HMAC-${algorithm.toUpperCase()}`),
      tlsOf(settings.apiUrl),
      ...(skew === undefined ? [] : [clockOf(skew)]),
    ];
    return { results, link: { client, apiKey: settings.apiKey, algorithm, capabilities } };
  } catch (error) {
    if (isCloudStackError(error)) return { results: [failureOf(error, settings.apiUrl)] };
    throw error;
  }
}

function missingSettings(env: Environment): Result[] {
  return Object.entries(environment).flatMap(([name, variable]) => {
    const value = env[variable];
    const asked = `setting ${variable}`;
    if (value === undefined || value === "") {
      const rule = "is needed to ask the server";
      return [blocking({ asked, value: "not set", rule, remedy: `export ${variable}=…` })];
    }
    if (name !== "apiUrl" || formats.url.test(value)) return [];
    const remedy = `export ${variable}=http://HOST:8080/client/api`;
    return [blocking({ asked, value: "no address", rule: formats.url.rule, remedy })];
  });
}

/** The address without what may be secret in it. */
function whereOf(apiUrl: string): string {
  const { origin, pathname } = new URL(apiUrl);
  return `${origin}${pathname}`;
}

/** One answer with its headers, which the client keeps to itself. */
async function listen(settings: Settings) {
  const transport = new Transport({
    apiUrl: settings.apiUrl,
    timeout: timeoutSeconds,
    concurrency: 2,
    verifyTls: true,
  });
  for (const algorithm of ["sha1", "sha256"] as const) {
    const asked = Date.now();
    const answer = await transport.post(
      "listCapabilities",
      signedBody({ command: "listCapabilities" }, settings, algorithm),
    );
    const answered = Date.now();
    try {
      const capabilities = payloadOf("listCapabilities", answer).capability as Row;
      const theirs = Date.parse(answer.headers.date ?? "");
      // The header has whole seconds: half of one is the best guess of the rest.
      const skew = Number.isNaN(theirs) ? undefined : (theirs + 500 - (asked + answered) / 2) / 1000;
      return { algorithm, capabilities, skew };
    } catch (error) {
      if (algorithm === "sha256" || !isCloudStackError(error, "auth")) throw error;
    }
  }
  throw new RangeError("a server accepts one of two signatures");
}

function tlsOf(apiUrl: string): Result {
  const { protocol, hostname } = new URL(apiUrl);
  const asked = "encryption of the connection";
  if (protocol === "https:") return ok(asked, "TLS with a trusted certificate");
  if (/^(localhost|127\..*|\[::1\])$/.test(hostname)) return ok(asked, "none, and none needed on this machine");
  const remedy = `export ${environment.apiUrl}=https://… (the management server's port 8443, or a proxy in front of it)`;
  const rule = "https: requests and answers hold passwords and keys of users";
  return fixable({ asked, value: "none (http)", rule, remedy, requirement: "P1.6" });
}

/** Requests of ours are valid for ten minutes; a server may allow less. */
const harmlessSeconds = 60;

function clockOf(skew: number): Result {
  const asked = "this machine's clock against the server's";
  const seconds = Math.round(Math.abs(skew));
  const value = seconds < 2 ? "the same" : `${seconds} s ${skew > 0 ? "behind" : "ahead"}`;
  if (seconds <= harmlessSeconds) return ok(asked, value);
  const rule = `at most ${harmlessSeconds} s: a signed request is valid for 10 minutes`;
  return fixable({ asked, value, rule, remedy: "sudo timedatectl set-ntp true (on the one that is wrong)" });
}

const rules: Partial<Record<ErrorKind, string>> = {
  refused: "something listens at the address",
  dns: "the host name can be resolved",
  tls: "the certificate is trusted and names the host",
  timeout: "the server answers in time",
  dropped: "the connection holds until the answer",
  "not-cloudstack": "the address is that of a CloudStack or Mold API",
  auth: "the server knows the keys and accepts the signature",
  clock: "both clocks are within the ten minutes for which a request is valid",
  busy: "the server takes requests",
};

/** The doctor has no configuration of a stack in which an authority could be named. */
export function trust(kind: string): string[] {
  return kind === "tls" ? ["Here: export NODE_EXTRA_CA_CERTS=/path/to/authority.pem"] : [];
}

function failureOf(error: CloudStackError, apiUrl: string): Result {
  const { kind, text } = error.facts;
  return blocking({
    asked: `answer of the API at ${whereOf(apiUrl)}`,
    value: text,
    rule: rules[kind] ?? "the server answers listCapabilities",
    remedy: [error.hint ?? "look into the log of the management server", ...trust(kind)].join("\n"),
  });
}
