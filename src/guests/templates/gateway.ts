import { nginx, nginxPackages } from "../nginx.ts";
import { secrets, serviceName } from "../secrets.ts";
import { type Endpoint, type Guest, portOf, reached, type Template } from "../setup.ts";

/** TLS, tokens, limits, versions, routes and log of the public API (P4.1), in nginx alone. */
export const gateway: Template = {
  doc: "API gateway: TLS 1.3, tokens, rate limits, versions, routes, log",
  document: "TPL-API-GW",
  packages: nginxPackages,
  setup: (guest) => nginx("gateway", site(guest)),
};

/** What the gateway passes on. */
interface Route {
  path: string;
  role: "router" | "web";
  servers: Endpoint[];
  /** False: the application itself knows its users, and limits go by address. */
  tokens: boolean;
}

/** The API goes to the router (P4.2), and where there is none, like all else, to the web servers (T2). */
function routesOf(guest: Guest): Route[] {
  const routers = reached(guest, "requests");
  const webs = reached(guest, "documents");
  const api =
    routers.length > 0 ? ({ role: "router", servers: routers } as const) : ({ role: "web", servers: webs } as const);
  const routes: Route[] = [
    { path: "/api/v1/", ...api, tokens: true },
    { path: "/", role: "web", servers: webs, tokens: false },
  ];
  return routes.filter(({ servers }) => servers.length > 0);
}

function site(guest: Guest): string {
  const { requestsPerSecond = 50, networkDomain } = guest.context;
  const routes = routesOf(guest);
  const fallback = routes.some(({ path }) => path === "/") ? "" : "  location / { return 404; }\n";
  return `# A token's tenant; none where it is unknown.
map $http_authorization $tenant {
  default "";
  include ${secrets.apiTokens};
}
limit_req_zone $tenant zone=tenants:10m rate=${requestsPerSecond}r/s;
limit_req_zone $binary_remote_addr zone=addresses:10m rate=${requestsPerSecond}r/s;
limit_req_status 429;
log_format gateway escape=json '{"time":"$time_iso8601","id":"$request_id","from":"$remote_addr","tenant":"$tenant",'
  '"method":"$request_method","path":"$uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"upstream":"$upstream_addr"}';
${[...new Set(routes.map(upstream))].join("")}server {
  listen ${portOf("public API")} ssl http2;
  access_log /var/log/nginx/access.log gateway;
  client_max_body_size 64m;
  add_header Strict-Transport-Security "max-age=31536000" always;
  location = /health { access_log off; return 200 "ok\\n"; }
  # A version that is not served is said so, and does not fall through to another one.
  location /api/ { return 404; }
${routes.map((route) => location(route, networkDomain)).join("")}${fallback}}
`;
}

function upstream({ role, servers }: Route): string {
  const lines = servers.map(({ address, port }) => `  server ${address}:${port} max_fails=5 fail_timeout=60s;\n`);
  return `upstream ${role} {\n${lines.join("")}  keepalive 32;\n}\n`;
}

function location({ path, role, tokens }: Route, networkDomain: string): string {
  const guard = tokens
    ? `    if ($tenant = "") { return 401; }
    limit_req zone=tenants burst=100 nodelay;
    proxy_set_header X-Tenant $tenant;
`
    : `    limit_req zone=addresses burst=100 nodelay;
    proxy_set_header X-Tenant "";
`;
  return `  location ${path} {
${guard}    proxy_set_header Authorization ${tokens ? '""' : "$http_authorization"};
    proxy_set_header X-Request-Id $request_id;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header Connection "";
    proxy_http_version 1.1;
    # The router has the retries and the time of its answer (P4.4): half a minute more than each of its tries.
    proxy_read_timeout 150s;
    proxy_ssl_protocols TLSv1.3;
    proxy_ssl_verify on;
    proxy_ssl_trusted_certificate ${secrets.authority};
    proxy_ssl_name ${serviceName(role, networkDomain)};
    proxy_ssl_server_name on;
    proxy_pass https://${role};
  }
`;
}
