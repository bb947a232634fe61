import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Leg, MachinePlan } from "../plan/machines.ts";
import type { GuestSettings } from "../plan/plan.ts";

/** A file that cloud-init writes before services start. */
interface GuestFile {
  path: string;
  permissions: string;
  content: string;
}

/** What one part of a guest's set-up needs. */
interface Setup {
  files: GuestFile[];
  commands: string[][];
}

const mountData = readFileSync(join(import.meta.dirname, "mount-data.sh"), "utf8");

/**
 * The cloud-init configuration of a machine: name, time zone, node_exporter, the cards that DHCP does not configure and
 * the folders of its data volume (P1.3). It holds no secret: whoever may read a machine's user data may read this.
 */
export function cloudInit(machine: MachinePlan, { networkDomain, timezone }: GuestSettings): string {
  const [, ...others] = machine.legs;
  const setups = [nodeExporter, ...further(others), ...dataVolume(machine.data?.folders ?? [])];
  const config = {
    hostname: machine.name,
    fqdn: `${machine.name}.${networkDomain}`,
    manage_etc_hosts: true,
    timezone,
    ssh_pwauth: false,
    // Templates bring the package; where they do not and there is no mirror either, the boot must not wait for it.
    apt: { conf: 'Acquire::http::Timeout "5"; Acquire::Retries "0";' },
    packages: ["prometheus-node-exporter"],
    write_files: setups.flatMap(({ files }) => files),
    runcmd: setups.flatMap(({ commands }) => commands),
  };
  // cloud-init reads YAML 1.1.
  return `#cloud-config\n${stringify(config, { lineWidth: 0, version: "1.1" })}`;
}

const nodeExporter: Setup = {
  files: [],
  commands: [["systemctl", "enable", "--now", "prometheus-node-exporter"]],
};

/** Cards after the first: a fixed address, found by the card's own, and no further default route. */
function further(legs: readonly Leg[]): Setup[] {
  if (legs.length === 0) return [];
  const ethernets = Object.fromEntries(
    legs.map(({ zone, address, prefix, mac }) => [
      zone,
      { match: { macaddress: mac }, dhcp4: false, addresses: [`${address}/${prefix}`] },
    ]),
  );
  const content = stringify({ network: { version: 2, ethernets } });
  return [
    {
      files: [{ path: "/etc/netplan/60-strata.yaml", permissions: "0600", content }],
      commands: [["netplan", "apply"]],
    },
  ];
}

/** A service that mounts the data volume whenever it comes: it is attached after the machine's first start. */
function dataVolume(folders: readonly string[]): Setup[] {
  if (folders.length === 0) return [];
  const unit = `[Unit]
Description=Data volume
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/mount-data ${folders.join(" ")}
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`;
  return [
    {
      files: [
        { path: "/usr/local/sbin/mount-data", permissions: "0755", content: mountData },
        { path: "/etc/systemd/system/mount-data.service", permissions: "0644", content: unit },
      ],
      // Not waited for: the volume may be minutes away.
      commands: [
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "--now", "--no-block", "mount-data.service"],
      ],
    },
  ];
}
