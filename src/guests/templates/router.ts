import { secrets, secretsFolder, secretsPackages } from "../secrets.ts";
import {
  combined,
  type Endpoint,
  endpoint,
  file,
  type Guest,
  portOf,
  reached,
  type Template,
  type TenantGuests,
} from "../setup.ts";
import { keepTrying } from "../units.ts";

/** TCP port of HAProxy's own metrics. */
export const routerMetricsPort = 8404;

/** A tenant's requests to the tenant's model, else to the shared one (P4.3), with failover (P4.4). */
export const router: Template = {
  doc: "Model router: tenant's model or else the shared one, health checks, retries, circuit breaker",
  packages: { haproxy: "2.4.*", ...secretsPackages },
  setup: (guest) =>
    combined([
      secretsFolder,
      {
        files: [file("/etc/haproxy/haproxy.cfg", configuration(guest)), keepTrying("haproxy.service")],
        commands: [],
        services: ["haproxy.service"],
      },
    ]),
};

/**
 * The circuit breaker of P4.4 is in `default-server`: five requests in a row or five checks that fail take a server out,
 * and it is asked again after 60 s.
 */
function configuration(guest: Guest): string {
  const { tenants = [] } = guest.context;
  const keys = tenants.map(({ key }) => key).join(" ");
  const refuse = "  http-request return status 403";
  const rules =
    tenants.length === 0
      ? `${refuse}\n`
      : `  acl tenant req.hdr(x-tenant) -m str ${keys}
${refuse} unless { req.hdr_cnt(x-tenant) eq 1 } tenant
  use_backend tenant-%[req.hdr(x-tenant)]
`;
  return `global
  log /dev/log local0
  user haproxy
  group haproxy
  # The key lies beside its certificate as tls.key, not in one file with it.
  ssl-load-extra-del-ext
  ssl-default-bind-options ssl-min-ver TLSv1.3
  ssl-default-server-options ssl-min-ver TLSv1.3

defaults
  mode http
  log global
  option httplog
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout queue 30s
  balance roundrobin
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response 502 503 504
  option httpchk
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host health
  http-check expect status 200
  default-server check inter 5s fall 5 downinter 60s rise 1 observe layer7 error-limit 5 on-error mark-down ssl verify required ca-file ${secrets.authority}

frontend metrics
  bind :${routerMetricsPort}
  http-request use-service prometheus-exporter if { path /metrics }
  http-request return status 404

frontend requests
  bind :${portOf("requests")} ssl crt ${secrets.certificate} alpn h2,http/1.1
  http-request return status 200 content-type text/plain string "ok" if { path /health }
${rules}${tenants.map((tenant) => backend(guest, tenant)).join("")}`;
}

function backend(guest: Guest, { key, machines, fallback }: TenantGuests): string {
  const { machine, context } = guest;
  const own = machines
    .filter(({ roles }) => roles.includes("serve"))
    .map((peer) => endpoint(machine, peer, portOf("tenant inference"), context));
  const shared = reached(guest, "inference").toSorted(
    (a, b) => Number(b.name === fallback) - Number(a.name === fallback),
  );
  const lines = [
    ...own.map((server) => line(server, "")),
    // Without a model of its own a tenant has the shared one, in turn; else that one stands by, the named one first.
    ...shared.map((server) => line(server, own.length > 0 ? " backup" : "")),
  ];
  return `
backend tenant-${key}
${lines.join("")}`;
}

function line({ name, fqdn, address, port }: Endpoint, options: string): string {
  return `  server ${name} ${address}:${port} verifyhost ${fqdn} sni str(${fqdn}) check-sni ${fqdn}${options}\n`;
}
