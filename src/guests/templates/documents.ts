import { departmentUsage, tables } from "../documents/tables.ts";
import { frontend, nginxPackages } from "../nginx.ts";
import { app, pythonPackages } from "../python.ts";
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
  withRole,
} from "../setup.ts";
import { keepTrying, unitText } from "../units.ts";

export const web: Template = {
  doc: "Web application of document tagging",
  document: "TPL-WEB",
  packages: { ...nginxPackages, ...pythonPackages },
  setup(guest) {
    const local = 8003;
    const environment = {
      ...at("STRATA_BROKER", reached(guest, "queue")),
      ...at("STRATA_DATABASE", reached(guest, "search")),
    };
    const command = `gunicorn --bind 127.0.0.1:${local} --workers ${2 * guest.machine.cpus + 1} --timeout 30 app:app`;
    return combined([
      frontend({ name: "web", listen: portOf("documents"), local, maxBody: "64m" }),
      app({ name: "web", doc: web.doc, set: "web", command, environment }, guest),
    ]);
  },
};

export const tagging: Template = {
  doc: "Tagging worker: takes jobs from the queue one at a time and in order",
  document: "TPL-TAGGING",
  packages: { ...pythonPackages, ...secretsPackages },
  setup(guest) {
    const environment = {
      ...at("STRATA_BROKER", reached(guest, "work")),
      ...at("STRATA_DATABASE", reached(guest, "tags")),
      ...at("STRATA_MODEL", reached(guest, "prediction")),
    };
    const command = `celery --app app worker --concurrency ${guest.machine.cpus} --prefetch-multiplier 1 --queues tagging`;
    return combined([
      secretsFolder,
      app({ name: "tagging", doc: tagging.doc, set: "tagging", command, environment }, guest),
    ]);
  },
};

/** The first of them: there is one broker, one database, one model server (T2). No secret in it. */
function at(variable: string, [first]: readonly Endpoint[]): Record<string, string> {
  return first === undefined ? {} : { [variable]: `${first.fqdn}:${first.port}` };
}

/** TCP port of RabbitMQ's own metrics. */
export const brokerMetricsPort = 15692;

export const broker: Template = {
  doc: "Message broker: RabbitMQ",
  packages: { "rabbitmq-server": "3.9.*", ...secretsPackages },
  setup() {
    const configuration = `listeners.tcp = none
listeners.ssl.default = ${portOf("queue")}
ssl_options.versions.1 = tlsv1.3
ssl_options.certfile = ${secrets.certificate}
ssl_options.keyfile = ${secrets.key}
ssl_options.cacertfile = ${secrets.authority}
ssl_options.verify = verify_none
load_definitions = ${secrets.brokerUsers}
# Work waits on disk, and who queues is slowed down before the machine is full (T5).
vm_memory_high_watermark.relative = 0.4
disk_free_limit.absolute = 2GB
prometheus.tcp.port = ${brokerMetricsPort}
`;
    return combined([
      secretsFolder,
      {
        files: [
          file("/etc/rabbitmq/rabbitmq.conf", configuration),
          file("/etc/rabbitmq/enabled_plugins", "[rabbitmq_prometheus].\n"),
          keepTrying("rabbitmq-server.service"),
        ],
        commands: [["usermod", "--append", "--groups", "ssl-cert", "rabbitmq"]],
        services: ["rabbitmq-server.service"],
      },
    ]);
  },
};

export const db: Template = {
  doc: "Metadata database: PostgreSQL with full-text search",
  document: "TPL-DB",
  packages: { "postgresql-14": "14.*", ...secretsPackages },
  setup: (guest) =>
    combined([
      secretsFolder,
      departmentUsage,
      {
        files: [
          file("/etc/postgresql/14/main/conf.d/strata.conf", settings(guest)),
          file("/etc/postgresql/14/main/pg_hba.conf", access(guest)),
          file("/etc/strata/tagging.sql", tables(guest)),
          file("/etc/systemd/system/strata-database.service", databaseUnit),
          keepTrying("postgresql@14-main.service"),
        ],
        commands: [],
        services: ["postgresql@14-main.service", "strata-database.service"],
      },
    ]),
};

function settings({ machine }: Guest): string {
  return `listen_addresses = '*'
port = ${portOf("tags")}
ssl = on
ssl_min_protocol_version = 'TLSv1.3'
ssl_cert_file = '${secrets.certificate}'
ssl_key_file = '${secrets.key}'
password_encryption = scram-sha-256
shared_buffers = ${Math.floor(machine.memoryGib * 256)}MB
effective_cache_size = ${Math.floor(machine.memoryGib * 512)}MB
log_connections = on
log_disconnections = on
log_timezone = 'UTC'
`;
}

/** Only by TLS, only the machines that need it, and only with a password. */
function access({ machine, context }: Guest): string {
  const users = [...withRole(context, "web"), ...withRole(context, "tagging")];
  const rows = users.map(
    (peer) => `hostssl tagging tagging ${endpoint(machine, peer, 0, context).address}/32 scram-sha-256\n`,
  );
  return `local all postgres peer\n${[...new Set(rows)].join("")}`;
}

const databaseUnit = unitText({
  Unit: {
    Description: "Tables of document tagging",
    Requires: "postgresql@14-main.service",
    After: "postgresql@14-main.service",
    StartLimitIntervalSec: 0,
  },
  Service: {
    Type: "oneshot",
    RemainAfterExit: "yes",
    User: "postgres",
    ExecStart: "/usr/bin/psql --quiet --set ON_ERROR_STOP=1 --file /etc/strata/tagging.sql",
    Restart: "on-failure",
    RestartSec: 30,
  },
  Install: { WantedBy: "multi-user.target" },
});
