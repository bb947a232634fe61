import { retention } from "./retention.ts";
import { secrets } from "./secrets.ts";
import { file, type GuestContext, type GuestFile, type GuestMachine, type Packages, type Setup } from "./setup.ts";
import { unitText } from "./units.ts";

/** The client of CephFS. */
export const sharedFilesPackages: Packages = { "ceph-common": "17.2.*" };

/** The file trees that a machine mounts. */
export function sharedFilesOf({ name }: GuestMachine, { files = [] }: GuestContext) {
  return files.filter(({ machines }) => machines.includes(name));
}

/**
 * Mounts the platform's file trees of CephFS (P6.1) and, on one machine of each, clears away what is too old. The traffic is
 * encrypted by Ceph's own protocol (messenger 2, AES-GCM). Each tree's cephx key comes out of band, like every secret.
 */
export function sharedFiles(machine: GuestMachine, context: GuestContext): Setup[] {
  const trees = sharedFilesOf(machine, context);
  const kept = trees.flatMap(({ sweeper, folder, retentionDays: days }) =>
    sweeper === machine.name && days !== undefined ? [{ folder, days }] : [],
  );
  const units = trees.map(mountUnit);
  const mounts: Setup = { files: units, commands: [], services: units.map(({ path }) => path.replace(/.*\//, "")) };
  return trees.length === 0 ? [] : [mounts, retention(kept)];
}

/** A service and not a mount: it tries again until the key is there. */
function mountUnit({ name, user, monitors, folder }: NonNullable<GuestContext["files"]>[number]): GuestFile {
  const options = [
    `name=${user.replace(/^client\./, "")}`,
    `secretfile=${secrets.folder}/ceph-${name}.key`,
    `fs=${name}`,
    "ms_mode=secure",
    "nosuid",
    "nodev",
    "noexec",
    "noatime",
  ];
  // The port of messenger 2: the older one knows no encryption.
  const source = `${monitors.map((monitor) => `${monitor}:3300`).join(",")}:/volumes/data`;
  return file(
    `/etc/systemd/system/strata-files-${name}.service`,
    unitText({
      Unit: {
        Description: `Files of ${name}`,
        Wants: "network-online.target",
        After: "network-online.target mount-data.service",
        StartLimitIntervalSec: 0,
      },
      Service: {
        Type: "oneshot",
        RemainAfterExit: "yes",
        ExecStartPre: `/usr/bin/install -d ${folder}`,
        ExecStart: `/usr/bin/mount -t ceph ${source} ${folder} -o ${options.join(",")}`,
        ExecStop: `/usr/bin/umount ${folder}`,
        Restart: "on-failure",
        RestartSec: 30,
      },
      Install: { WantedBy: "multi-user.target" },
    }),
  );
}
