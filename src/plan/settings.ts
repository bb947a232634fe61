import type { Profile } from "../config/schema.ts";

/** A setting of the management server that the profile asks for. */
export interface SettingPlan {
  name: string;
  value: string;
}

export interface ServerPlan {
  /** Of the whole server. */
  settings: SettingPlan[];
  /** Of clusters: the name of one, or `all` of the zone; absent where the profile leaves them alone. */
  clusters?: { which: string; settings: SettingPlan[]; hostHa?: string };
}

/** The activity checks that make up the time in which a host's failure is noticed. */
const checks = 3;

/** Overcommit (T1) and the detection of failed hosts (T6) where the profile names a cluster; the mails of alerts (T11). */
export function planServer({ infrastructure: { cluster, overcommit, hostHa }, alerts }: Profile): ServerPlan {
  return {
    settings:
      alerts === undefined
        ? []
        : [
            { name: "alert.smtp.host", value: alerts.smtpHost },
            { name: "alert.smtp.port", value: `${alerts.smtpPort}` },
            { name: "alert.email.sender", value: alerts.sender },
            { name: "alert.email.addresses", value: alerts.recipients.join(",") },
          ],
    ...(cluster !== undefined && {
      clusters: {
        which: cluster,
        settings: [
          { name: "cpu.overprovisioning.factor", value: `${overcommit.cpu}` },
          { name: "mem.overprovisioning.factor", value: `${overcommit.memory}` },
          ...(hostHa === undefined ? [] : detectionWithin(hostHa.detectionSeconds)),
        ],
        ...(hostHa && { hostHa: hostHa.provider }),
      },
    }),
  };
}

/** A host that gives no sign of life in any of the checks is switched off, and its machines start elsewhere. */
function detectionWithin(seconds: number): SettingPlan[] {
  const interval = `${Math.floor(seconds / checks)}`;
  return [
    { name: "kvm.ha.health.check.timeout", value: interval },
    { name: "kvm.ha.activity.check.interval", value: interval },
    { name: "kvm.ha.activity.check.timeout", value: interval },
    { name: "kvm.ha.activity.check.max.attempts", value: `${checks}` },
  ];
}
