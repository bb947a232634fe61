import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GuestMachine, Packages, Setup } from "./setup.ts";

/** What an encrypted volume needs. */
export const dataPackages: Packages = { "cryptsetup-bin": "2:2.4.3-*" };

const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
const mountData = read("mount-data.sh");
const unlockData = read("unlock-data.sh");

/**
 * A service that mounts the data volume whenever it comes: it is attached after the machine's first start.
 * @param elsewhere folders that something else is mounted on; what the volume has of them stays below /srv/data
 */
export function dataVolume(data: GuestMachine["data"], elsewhere: readonly string[] = []): Setup[] {
  if (data === undefined) return [];
  const { encrypted = false } = data;
  const folders = data.folders.filter((folder) => !elsewhere.includes(folder));
  // In one service with the mount, which would format a blank disk as it is if it came first.
  const unlock = encrypted ? "ExecStartPre=/usr/local/sbin/unlock-data\n" : "";
  const unit = `[Unit]
Description=Data volume
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
${unlock}ExecStart=/usr/local/sbin/mount-data${folders.map((folder) => ` ${folder}`).join("")}
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`;
  return [
    {
      files: [
        { path: "/usr/local/sbin/mount-data", permissions: "0755", content: mountData },
        ...(encrypted ? [{ path: "/usr/local/sbin/unlock-data", permissions: "0755", content: unlockData }] : []),
        { path: "/etc/systemd/system/mount-data.service", permissions: "0644", content: unit },
      ],
      // Not waited for: the volume may be minutes away.
      commands: [
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "--now", "--no-block", "mount-data.service"],
      ],
      services: [],
    },
  ];
}
