import { file, type Guest, type Setup } from "./setup.ts";
import { unitText } from "./units.ts";

/** A folder whose files go when nobody has written, renamed or read them for so many days. */
export interface Retained {
  folder: string;
  days: number;
}

/** The gate's areas of data that nobody has approved (P2.2). */
const unapproved = /\/(staging|pending)$/;

/** What the gate's machines hold unapproved goes after the days of the profile (P2.6). */
export function unapprovedData({ machine, context }: Guest): Setup {
  const days = context.unapprovedDays;
  const folders = (machine.data?.folders ?? []).filter((folder) => unapproved.test(folder));
  return retention(days === undefined ? [] : folders.map((folder) => ({ folder, days })));
}

/**
 * Clears folders every night, by systemd-tmpfiles: it follows no link, crosses into no other file system, and leaves what
 * is locked. Each removal is a line in the journal (P2.7). It can write nowhere else, and does nothing where a folder's own
 * volume is not mounted.
 */
export function retention(all: readonly Retained[]): Setup {
  if (all.length === 0) return { files: [], commands: [], services: [] };
  const rules = "/etc/strata/retention.conf";
  const service = unitText({
    Unit: { Description: "Clears away what is kept for some days only", After: "mount-data.service" },
    Service: {
      Type: "oneshot",
      ExecCondition: all.map(({ folder }) => `/usr/bin/mountpoint -q ${folder}`),
      ExecStart: `/usr/bin/systemd-tmpfiles --clean ${rules}`,
      // What it removes is told at no other level.
      Environment: "SYSTEMD_LOG_LEVEL=debug",
      ProtectSystem: "strict",
      ReadWritePaths: all.map(({ folder }) => `-${folder}`),
      ProtectHome: "yes",
      PrivateNetwork: "yes",
      PrivateTmp: "yes",
      NoNewPrivileges: "yes",
      CapabilityBoundingSet: "CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER",
    },
  });
  const timer = unitText({
    Unit: { Description: "Clears away every night" },
    Timer: { OnCalendar: "*-*-* 03:30", Persistent: "true", RandomizedDelaySec: "30min" },
    Install: { WantedBy: "timers.target" },
  });
  return {
    files: [
      file(rules, all.map(({ folder, days }) => `e ${folder} - - - ${days}d\n`).join("")),
      file("/etc/systemd/system/strata-retention.service", service),
      file("/etc/systemd/system/strata-retention.timer", timer),
    ],
    commands: [],
    services: ["strata-retention.timer"],
  };
}
