import { expect, test } from "vitest";
import { contentOf, context, guest } from "./support.ts";

/** Gateway, router, storage and monitoring, by what they write. `products.test.ts` has the products read it. */

const gateway = (surroundings = context) =>
  contentOf(guest(["gateway"], {}, surroundings), "/etc/nginx/strata/gateway.conf");
const router = (surroundings = context) => contentOf(guest(["router"], {}, surroundings), "/etc/haproxy/haproxy.cfg");
const only = (...roles: string[]) => ({
  ...context,
  platform: context.platform?.filter((peer) => peer.roles.some((role) => roles.includes(role))) ?? [],
});

test("every service speaks TLS 1.3 and nothing older (P1.6)", () => {
  expect(contentOf(guest(["gateway"]), "/etc/nginx/nginx.conf")).toMatch(/ssl_protocols TLSv1\.3;/);
  expect(gateway()).toMatch(/proxy_ssl_protocols TLSv1\.3;/);
  expect(router().match(/ssl-min-ver TLSv1\.3/g)).toHaveLength(2);
  expect(contentOf(guest(["db"]), "/etc/postgresql/14/main/conf.d/strata.conf")).toContain(
    "ssl_min_protocol_version = 'TLSv1.3'\n",
  );
  const broker = contentOf(guest(["broker"]), "/etc/rabbitmq/rabbitmq.conf");
  expect(broker).toContain("ssl_options.versions.1 = tlsv1.3\n");
  expect(broker).toContain("listeners.tcp = none\n");
});

test("the API goes to both routers, for known tokens only, at a limited rate, and only in versions that there are (P4.1)", () => {
  const text = gateway({ ...context, requestsPerSecond: 20 });
  expect(text).toContain(
    "upstream router {\n  server 10.0.5.23:8080 max_fails=5 fail_timeout=60s;\n  server 10.0.5.104:8080",
  );
  expect(text).toContain("zone=tenants:10m rate=20r/s;");
  const [, api = ""] = /location \/api\/v1\/ \{\n(.*?)\n {2}\}/s.exec(text) ?? [];
  expect(api.indexOf('if ($tenant = "") { return 401; }')).toBe(api.search(/\S/));
  expect(api).toContain("proxy_set_header X-Tenant $tenant;");
  // The token ends here.
  expect(api).toContain('proxy_set_header Authorization "";');
  expect(text).toContain("location /api/ { return 404; }");
});

test("where there is no router the API is the web application's (T2), and whatever says that it is a tenant is not believed", () => {
  const text = gateway(only("web"));
  expect(text.match(/^upstream (\w+)/gm)).toEqual(["upstream web"]);
  expect(text.match(/proxy_pass https:\/\/web;/g)).toHaveLength(2);
  const [, rest = ""] = /location \/ \{\n(.*?)\n {2}\}/s.exec(text) ?? [];
  expect(rest).toContain('proxy_set_header X-Tenant "";');
});

test("a tenant's model comes first, the one named for it next, the other last (P4.3)", () => {
  const [, a = ""] = /backend tenant-a\n(.*?)(\n\n|$)/s.exec(router()) ?? [];
  const servers = [...a.matchAll(/server (\S+) (\S+) .*?( backup)?$/gm)].map(([, name, at, backup]) => [
    name,
    at,
    !!backup,
  ]);
  expect(servers).toEqual([
    ["ai-a-serve-01", "10.0.20.8:8080", false],
    ["ai-infer-02", "10.0.5.102:8080", true],
    ["ai-infer-01", "10.0.5.15:8080", true],
  ]);
});

test("a tenant without a model has the shared ones, in turn", () => {
  const [, c = ""] = /backend tenant-c\n(.*)/s.exec(router()) ?? [];
  expect(c.match(/^ {2}server /gm)).toHaveLength(2);
  expect(c).not.toContain("backup");
});

test("failover is as P4.4 has it", () => {
  const text = router();
  for (const line of ["balance roundrobin", "retries 3", "option redispatch 1", "timeout server 30s"]) {
    expect(text).toContain(`\n  ${line}\n`);
  }
  expect(text).toContain("http-check send meth GET uri /health ");
  expect(text).toMatch(
    /default-server check .*fall 5 downinter 60s rise 1 observe layer7 error-limit 5 on-error mark-down/,
  );
  expect(text).not.toMatch(/cookie|stick/);
});

test("who is no tenant is refused", () => {
  expect(router()).toContain("  acl tenant req.hdr(x-tenant) -m str a c\n");
  expect(router()).toMatch(/ return status 403 unless \{ req\.hdr_cnt\(x-tenant\) eq 1 \} tenant\n/);
  expect(router({ ...context, tenants: [] })).not.toContain("use_backend");
});

test("training data can be put and read with certificates of the platform, and never taken away", () => {
  const text = contentOf(
    guest(["storage"], { data: { folders: ["/data/training"] } }),
    "/etc/nginx/strata/storage.conf",
  );
  expect(text).toContain("ssl_verify_client on;");
  expect(text).toContain("root /data/training/approved;");
  expect(text).toContain("limit_except GET PUT { deny all; }");
});

test("the gate takes batches of 10 GB (P2.3)", () => {
  expect(contentOf(guest(["validate"]), "/etc/nginx/strata/validate.conf")).toContain("client_max_body_size 10g;");
});

test("the database lets in the machines that need it, by TLS and password, and nobody else", () => {
  const text = contentOf(guest(["db"]), "/etc/postgresql/14/main/pg_hba.conf");
  const [first, ...others] = text.trim().split("\n");
  expect(first).toBe("local all postgres peer");
  expect(others.length).toBeGreaterThan(0);
  for (const line of others) expect(line).toMatch(/^hostssl tagging tagging 10\.0\.5\.\d+\/32 scram-sha-256$/);
});

test("alerts have the thresholds of P5.6", () => {
  const text = contentOf(guest(["monitor"]), "/etc/prometheus/strata-rules.yml");
  const rule = (name: string) =>
    new RegExp(`alert: ${name}\n +expr: (.*)\n +for: (.*)\n +labels:\n +severity: (.*)\n +action: (.*)`);
  expect(rule("GPU_OOM").exec(text)?.slice(1)).toEqual([
    expect.stringMatching(/> 95$/),
    "1m",
    "critical",
    "notify_and_throttle",
  ]);
  expect(rule("GPU_Thermal").exec(text)?.slice(1)).toEqual([
    expect.stringMatching(/TEMP > 85$/),
    "1m",
    "warning",
    "notify_and_reduce_load",
  ]);
  expect(rule("GPU_Idle").exec(text)?.slice(1)).toEqual([
    expect.stringMatching(/UTIL < 5$/),
    "1h",
    "info",
    "notify_for_optimization",
  ]);
  for (const [name, limit] of [
    ["Utilisation", 90],
    ["Memory", 90],
    ["Temperature", 80],
    ["Power", 300],
  ]) {
    expect(rule(`GPU_${name}`).exec(text)?.[1]).toMatch(new RegExp(`> ${limit}$`));
  }
});

test("Prometheus asks every machine of the platform", () => {
  const text = contentOf(guest(["monitor"]), "/etc/prometheus/prometheus.yml");
  for (const { name, legs } of context.platform ?? []) {
    expect(text).toContain(`- ${legs[0].address}:9100\n        labels:\n          instance: ${name}\n`);
  }
});

test("the scheduler and its nodes have the same cluster, with the cards that they have", () => {
  const on = (role: "schedule" | "train") => contentOf(guest([role]), "/etc/slurm/slurm.conf");
  expect(on("train")).toBe(on("schedule"));
  expect(on("schedule")).toMatch(/NodeName=ai-train-02 .* CPUs=4 RealMemory=15052 Gres=gpu:2 /);
});

test("a tenant's training machine is no node of the shared scheduler", () => {
  const { write_files } = guest(["train"], { name: "ai-a-train-01" });
  expect(write_files.filter(({ path }) => path.startsWith("/etc/slurm"))).toEqual([]);
});
