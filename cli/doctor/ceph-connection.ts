import { Client } from "../../provider/ceph/client/client.ts";
import { type ErrorKind, isCephError } from "../../provider/ceph/client/errors.ts";
import { checkConfig, config, environment, optionsOf } from "../../provider/ceph/config.ts";
import { check } from "../../provider/core/check.ts";
import { CephQuestions } from "./ceph-questions.ts";
import { trust } from "./connection.ts";
import { blocking, fixable, ok, type Result } from "./finding.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Absent `ceph`: it cannot be asked. */
export interface CephConnection {
  readonly results: Result[];
  readonly ceph?: CephQuestions;
}

const timeoutSeconds = 30;

/** Whether the dashboard of CEPH_DASHBOARD_URL answers to the user, which manager is active, and which Ceph it is. */
export async function connectCeph(env: Environment): Promise<CephConnection> {
  const given = Object.fromEntries(
    Object.entries(environment).flatMap(([name, variable]) => (env[variable] ? [[name, env[variable]]] : [])),
  );
  const missing = missingSettings(given);
  if (missing.length > 0) return { results: missing };
  const options = optionsOf({ ...given, timeout: timeoutSeconds, verifyTls: true });
  const api = new Client(options);
  try {
    await api.connect();
    const ceph = new CephQuestions(api);
    const { mgr_id: manager, mgr_host: host, version } = await ceph.object("summary");
    const value = `${String(version).replace(/ \([0-9a-f]{6,}\)/, "")}, manager ${manager} is active at ${host}`;
    return { results: [ok("answer of the dashboard", value), ...tlsOf(options.urls)], ceph };
  } catch (error) {
    if (!isCephError(error)) throw error;
    const { kind, text, managers } = error.facts;
    const failure = blocking({
      asked: `answer of the dashboard at ${(managers ?? options.urls).join(", ")}`,
      value: text,
      rule: rules[kind] ?? "the dashboard answers GET /api/summary",
      remedy: [error.hint ?? "look into the log of the active manager", ...trust(kind)].join("\n"),
      requirement: "P1.3",
    });
    return { results: [failure] };
  }
}

function missingSettings(given: Readonly<Record<string, string | undefined>>): Result[] {
  const absent = Object.entries(environment).flatMap(([name, variable]) => {
    if (given[name] !== undefined) return [];
    const rule = "the profile has infrastructure.ceph, so that its pools are made by Ceph's dashboard";
    const wrong = { asked: `setting ${variable}`, value: "not set", rule, requirement: "P1.3" };
    return [blocking({ ...wrong, remedy: `export ${variable}=…` })];
  });
  if (absent.length > 0) return absent;
  const plain = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value ?? ""]));
  // The texts of these rules may quote the address: only a well-formed one without a password is shown.
  const broken = check(config, plain).issues.length > 0 || checkConfig(plain).length > 0;
  if (!broken) return [];
  const rule = "addresses of dashboards separated by commas, without user and password";
  const remedy = `export ${environment.url}=https://HOST:8443,https://OTHER:8443`;
  return [blocking({ asked: `setting ${environment.url}`, value: "not of this form", rule, remedy })];
}

function tlsOf(urls: readonly string[]): Result[] {
  const open = urls.filter((url) => {
    const { protocol, hostname } = new URL(url);
    return protocol === "http:" && !/^(localhost|127\..*|\[::1\])$/.test(hostname);
  });
  if (open.length === 0) return [];
  const rule = "https: the dashboard's password and the keys of cephx users go through it";
  const wrong = { asked: "encryption of the connection", value: `none (${open.join(", ")})`, rule };
  return [fixable({ ...wrong, remedy: "ceph config set mgr mgr/dashboard/ssl true", requirement: "P1.6" })];
}

const rules: Partial<Record<ErrorKind, string>> = {
  refused: "a dashboard listens at one of the addresses",
  dns: "the host names can be resolved",
  tls: "the certificates are trusted and name the hosts",
  timeout: "the dashboard answers in time",
  standby: "one of the managers is active",
  "not-ceph": "the address is that of a Ceph dashboard",
  auth: "the dashboard knows the user and the password",
  forbidden: "the user may read the cluster's state",
  version: "Ceph 18 or newer",
};
