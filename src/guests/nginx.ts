import { secrets, secretsFolder, secretsPackages } from "./secrets.ts";
import { combined, file, type Packages, type Setup } from "./setup.ts";
import { keepTrying } from "./units.ts";

export const nginxPackages: Packages = { nginx: "1.18.0-*", ...secretsPackages };

/** TLS 1.3 and nothing else (P1.6), a log of every request as JSON, and only the sites below. */
const main = `user www-data;
worker_processes auto;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 4096; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  sendfile on;
  server_tokens off;
  map_hash_bucket_size 256;
  ssl_protocols TLSv1.3;
  ssl_certificate ${secrets.certificate};
  ssl_certificate_key ${secrets.key};
  ssl_session_tickets off;
  # Neither queries nor headers: they may carry people's data and tokens.
  log_format strata escape=json '{"time":"$time_iso8601","id":"$request_id","from":"$remote_addr",'
    '"method":"$request_method","path":"$uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"upstream":"$upstream_addr"}';
  access_log /var/log/nginx/access.log strata;
  include /etc/nginx/strata/*.conf;
}
`;

/** nginx with one site of the given name. */
export function nginx(name: string, site: string): Setup {
  return combined([
    secretsFolder,
    {
      files: [
        file("/etc/nginx/nginx.conf", main),
        file(`/etc/nginx/strata/${name}.conf`, site),
        keepTrying("nginx.service"),
      ],
      commands: [],
      services: ["nginx.service"],
    },
  ]);
}

export interface Frontend {
  name: string;
  /** TLS. */
  listen: number;
  /** Port on the machine itself where the application listens. */
  local: number;
  /** Largest body. Default: 16m. */
  maxBody?: string;
  /** Seconds that an answer may take. Default: 30 (P4.3). */
  seconds?: number;
  /** True: callers show a certificate of the platform's authority. */
  callersCertified?: boolean;
}

/** TLS in front of an application on the same machine. */
export function frontend({ name, listen, local, maxBody = "16m", seconds = 30, callersCertified }: Frontend): Setup {
  const site = `server {
  listen ${listen} ssl;
  client_max_body_size ${maxBody};
${callersCertified ? certified : ""}  location = /health { access_log off; proxy_pass http://127.0.0.1:${local}; }
  location / {
    proxy_pass http://127.0.0.1:${local};
    proxy_http_version 1.1;
    proxy_request_buffering off;
    proxy_read_timeout ${seconds}s;
    proxy_set_header Host $host;
    proxy_set_header X-Request-Id $request_id;
    proxy_set_header X-Caller $ssl_client_s_dn;
  }
}
`;
  return nginx(name, site);
}

/** Directives of a server whose callers show a certificate of the platform's authority. */
export const certified = `  ssl_client_certificate ${secrets.authority};
  ssl_verify_client on;
`;
