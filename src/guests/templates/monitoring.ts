import { stringify } from "yaml";
import { flows } from "../../plan/flows.ts";
import { dcgmPort, gpuFields } from "../gpu.ts";
import { secretsFolder } from "../secrets.ts";
import { combined, endpoint, file, type Guest, type GuestFile, type GuestMachine, type Template } from "../setup.ts";
import { brokerMetricsPort } from "./documents.ts";
import { routerMetricsPort } from "./router.ts";

/** Prometheus for all machines of the platform that it may reach, with the alerts of P5.6 and T5. */
export const monitor: Template = {
  doc: "Monitoring: Prometheus and Alertmanager (O2, P5.6)",
  packages: { prometheus: "2.31.2+ds1-*", "prometheus-alertmanager": "0.23.0-*", "ssl-cert": "1.1.2*" },
  setup: (guest) =>
    combined([
      secretsFolder,
      {
        files: [
          file("/etc/prometheus/prometheus.yml", yaml(prometheus(guest))),
          file("/etc/prometheus/strata-rules.yml", yaml({ groups: [{ name: "strata", rules }] })),
          file("/etc/prometheus/alertmanager.yml", yaml(alertmanager(guest))),
          // Seen through a tunnel from the management zone: neither of them knows users.
          daemon("prometheus", "--web.listen-address=127.0.0.1:9090 --storage.tsdb.retention.time=30d"),
          daemon("prometheus-alertmanager", "--web.listen-address=127.0.0.1:9093 --cluster.listen-address="),
        ],
        commands: [],
        services: ["prometheus.service", "prometheus-alertmanager.service"],
      },
    ]),
};

/** As Prometheus reads it: YAML 1.1. */
const yaml = (value: unknown) => stringify(value, { lineWidth: 0, version: "1.1", aliasDuplicateObjects: false });

function daemon(name: string, options: string): GuestFile {
  return file(`/etc/default/${name}`, `ARGS="${options}"\n`);
}

/** What is asked on which machines. Only what the flow table lets the management zone reach: the rest would always be down. */
const jobs: readonly { name: string; port: number; on: (machine: GuestMachine) => boolean }[] = [
  { name: "node", port: 9100, on: () => true },
  { name: "gpu", port: dcgmPort, on: ({ gpu }) => gpu !== undefined },
  { name: "router", port: routerMetricsPort, on: ({ roles }) => roles.includes("router") },
  { name: "broker", port: brokerMetricsPort, on: ({ roles }) => roles.includes("broker") },
];

function prometheus({ machine, context }: Guest) {
  const open = flows.filter(({ from }) => from === "management zone").map(({ port }) => port);
  const scrapes = jobs
    .filter(({ port }) => open.includes(port))
    .map(({ name, port, on }) => ({
      job_name: name,
      static_configs: (context.platform ?? []).filter(on).map((peer) => {
        const { address } = endpoint(machine, peer, port, context);
        return { targets: [`${address}:${port}`], labels: { instance: peer.name } };
      }),
    }));
  return {
    global: { scrape_interval: "15s", evaluation_interval: "15s" },
    rule_files: ["/etc/prometheus/strata-rules.yml"],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:9093"] }] }] },
    scrape_configs: scrapes,
  };
}

function alertmanager({ context: { alerts } }: Guest) {
  if (alerts === undefined) return { route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] };
  const { smarthost, from, to } = alerts;
  return {
    global: { smtp_smarthost: smarthost, smtp_from: from, smtp_require_tls: true },
    route: { receiver: "mail", group_by: ["alertname", "instance"], group_wait: "30s", repeat_interval: "4h" },
    receivers: [{ name: "mail", email_configs: [{ to, send_resolved: true }] }],
  };
}

const memoryUsed = `100 * ${gpuFields.memoryUsed} / (${gpuFields.memoryUsed} + ${gpuFields.memoryFree})`;

/** Percent of what a department may store (T5). */
const documents = "100 * strata_department_used_bytes / strata_department_quota_bytes";

/** An alert: while `expr` holds for that long. `action` is what the platform is to do about it (P5.6). */
function alert(name: string, expr: string, held: string, severity: "critical" | "warning" | "info", action: string) {
  return {
    alert: name,
    expr,
    for: held,
    labels: { severity, action },
    annotations: {
      summary: `${name} on {{ $labels.instance }}{{ with $labels.department }} ({{ . }}){{ end }}: {{ $value }}`,
    },
  };
}

const rules = [
  alert("MachineDown", 'up{job="node"} == 0', "2m", "critical", "notify"),
  alert(
    "DiskFull",
    '100 * node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes < 10',
    "10m",
    "warning",
    "notify",
  ),
  alert("DepartmentNearlyFull", `${documents} >= 80 and ${documents} < 100`, "0m", "warning", "notify"),
  alert("DepartmentFull", `${documents} >= 100`, "0m", "critical", "notify"),
  alert("GPU_Utilisation", `${gpuFields.utilisation} > 90`, "5m", "warning", "notify"),
  alert("GPU_Memory", `${memoryUsed} > 90`, "5m", "warning", "notify"),
  alert("GPU_Temperature", `${gpuFields.temperature} > 80`, "5m", "warning", "notify"),
  alert("GPU_Power", `${gpuFields.power} > 300`, "5m", "warning", "notify"),
  alert("GPU_OOM", `${memoryUsed} > 95`, "1m", "critical", "notify_and_throttle"),
  alert("GPU_Thermal", `${gpuFields.temperature} > 85`, "1m", "warning", "notify_and_reduce_load"),
  alert("GPU_Idle", `${gpuFields.utilisation} < 5`, "1h", "info", "notify_for_optimization"),
];
