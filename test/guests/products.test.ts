import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Role } from "../../src/config/schema.ts";
import { cloudInit } from "../../src/guests/cloud-init.ts";
import { secrets } from "../../src/guests/secrets.ts";
import type { GuestContext } from "../../src/guests/setup.ts";
import { contentOf, context, guest, installed, machine, scripts, twoCards } from "./support.ts";

/** The products themselves read what is written for them, where they are installed. No rights are needed for that. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "guests-"));
  if (!installed("openssl")) return;
  const files = ["-keyout", `${folder}${secrets.key}`, "-out", `${folder}${secrets.certificate}`];
  mkdirSync(`${folder}${secrets.folder}`, { recursive: true });
  run(
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    ...files,
    "-subj",
    "/CN=test",
  );
  run("cp", `${folder}${secrets.certificate}`, `${folder}${secrets.authority}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", cwd: folder });
  return { status, text: `${stdout}${stderr}` };
}

/** Puts all files of machines with these roles below the folder, paths inside them included, and gives it back. */
function written(roles: Role[], surroundings: GuestContext = context): string {
  const root = mkdtempSync(join(folder, "root-"));
  run("sh", "-c", `mkdir -p '${root}/etc/strata' && cp -r '${folder}${secrets.folder}' '${root}${secrets.folder}'`);
  const { write_files } = guest(roles, { gpu: twoCards, data: { folders: ["/data/training"] } }, surroundings);
  for (const { path, content } of write_files) {
    mkdirSync(dirname(`${root}${path}`), { recursive: true });
    writeFileSync(`${root}${path}`, content.replaceAll(/(?<![\w/])\/(etc|var|run)\//g, `${root}/$1/`));
  }
  return root;
}

const needs = (...programs: string[]) => test.skipIf(!programs.every(installed));
const alone: GuestContext = { networkDomain: "ai.internal", timezone: "Asia/Seoul" };

// The others differ in nothing that its schema, by which all are checked, could see; and it takes seconds to start.
const withEverything = ["train", "gateway", "schedule"] as const;
needs("cloud-init").each(withEverything)("cloud-init accepts %s", (role) => {
  const path = join(folder, `${role}.yaml`);
  writeFileSync(path, cloudInit(machine("ai-x-01", [role], "10.0.5.99", { gpu: twoCards }), context));
  expect(run("cloud-init", "schema", "--config-file", path)).toMatchObject({ status: 0 });
});

/** Folders that nginx makes at its start, where the test may make them. */
function temporary(root: string): string {
  return ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${root}/run/${kind};`)
    .join(" ");
}

const nginxRoles: Role[][] = [
  ["gateway"],
  ["web"],
  ["serve"],
  ["infer"],
  ["model"],
  ["registry"],
  ["storage"],
  ["validate"],
];
needs("nginx", "openssl").each(nginxRoles)("nginx accepts %s", (...some) => {
  for (const surroundings of [context, alone]) {
    const root = written(some, surroundings);
    run("sed", "-i", `s,^http {,http { ${temporary(root)},`, `${root}/etc/nginx/nginx.conf`);
    run("sh", "-c", `mkdir -p '${root}/var/log/nginx' '${root}/run' && : >'${root}/etc/nginx/mime.types'`);
    const { text, status } = run(
      "nginx",
      "-t",
      "-q",
      "-c",
      `${root}/etc/nginx/nginx.conf`,
      "-e",
      `${root}/var/log/nginx/error.log`,
    );
    // Another machine need not have the user of Debian's nginx.
    expect({ status, text: text.replaceAll(/.*(the "user" directive|getpwnam).*\n/g, "") }).toEqual({
      status: 0,
      text: "",
    });
  }
});

needs("haproxy", "openssl")("haproxy accepts the router's configuration", () => {
  for (const surroundings of [context, alone]) {
    const path = `${written(["router"], surroundings)}/etc/haproxy/haproxy.cfg`;
    expect(run("sh", "-c", `sed -i '/^  \\(user\\|group\\) /d' '${path}'; haproxy -c -V -f '${path}'`).text).toMatch(
      /is valid/,
    );
  }
});

needs("promtool")("promtool accepts configuration and rules", () => {
  const root = written(["monitor"]);
  const { status, text } = run("promtool", "check", "config", `${root}/etc/prometheus/prometheus.yml`);
  expect({ status, text }).toEqual({ status: 0, text: expect.stringContaining("11 rules found") });
});

needs("promtool")("Prometheus tells of a department from 80 % on, and otherwise from 100 % on (T5)", () => {
  const root = written(["monitor"]);
  const series = (what: string, values: string) => ({
    series: `strata_department_${what}_bytes{department="a",instance="db"}`,
    values,
  });
  const firing = (alertname: string, severity: string, value: number) => ({
    exp_labels: { severity, action: "notify", department: "a", instance: "db" },
    exp_annotations: { summary: `${alertname} on db (a): ${value}` },
  });
  const at = (minute: number, alertname: string, exp_alerts: object[]) => ({
    eval_time: `${minute}m`,
    alertname,
    exp_alerts,
  });
  const path = `${root}/rules-test.yml`;
  const input = [series("used", "79 80 100"), series("quota", "100x2")];
  const [near, full] = ["DepartmentNearlyFull", "DepartmentFull"];
  const told = [
    ...[at(0, near, []), at(0, full, [])],
    ...[at(1, near, [firing(near, "warning", 80)]), at(1, full, [])],
    ...[at(2, near, []), at(2, full, [firing(full, "critical", 100)])],
  ];
  const tests = [{ interval: "1m", input_series: input, alert_rule_test: told }];
  writeFileSync(path, JSON.stringify({ rule_files: ["etc/prometheus/strata-rules.yml"], tests }));
  expect(run("promtool", "test", "rules", path)).toEqual({ status: 0, text: expect.stringContaining("SUCCESS") });
});

needs("amtool")("amtool accepts alerts by mail and without", () => {
  const alerts = { smarthost: "relay.ai.internal:25", from: "strata@ai.internal", to: "admin@ai.internal" };
  for (const surroundings of [context, { ...context, alerts }]) {
    const root = written(["monitor"], surroundings);
    expect(run("amtool", "check-config", `${root}/etc/prometheus/alertmanager.yml`)).toMatchObject({ status: 0 });
  }
});

needs("cryptsetup")("cryptsetup makes of the script's options a LUKS2 volume of AES-XTS with 512 bits", () => {
  const [volume, key] = [join(folder, "volume"), join(folder, "key")];
  run("sh", "-c", `head -c 64 /dev/urandom >'${key}'; truncate -s 32M '${volume}'`);
  const script = contentOf(
    guest(["data"], { data: { folders: ["/models"], encrypted: true } }),
    "/usr/local/sbin/unlock-data",
  );
  const command = /^ +cryptsetup luksFormat .*$/m.exec(script)?.[0] ?? "";
  // The derivation of the key may cost little here: it is not what is looked at.
  const cheap = command.replace("--batch-mode", "--batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000");
  const format = run("sh", "-c", `label=strata-data-crypt; key='${key}'; device='${volume}'; ${cheap}`);
  expect(format).toMatchObject({ status: 0 });
  const { text } = run("cryptsetup", "luksDump", volume);
  expect(text).toMatch(/Version:\s+2\n/);
  expect(text).toMatch(/Label:\s+strata-data-crypt\n/);
  expect(text).toMatch(/cipher: aes-xts-plain64\n/);
  expect(text).toMatch(/Key:\s+512 bits\n/);
});

needs("shellcheck")("shellcheck has nothing against what is written for the scheduler", () => {
  const path = `${written(["schedule"])}/usr/local/sbin/slurm-accounts`;
  expect(run("shellcheck", path)).toEqual({ status: 0, text: "" });
});

needs("shellcheck").each(scripts)("shellcheck has nothing against %s", (path) => {
  expect(run("shellcheck", path)).toEqual({ status: 0, text: "" });
});
