import type { Profile } from "../config/schema.ts";

/** A setting of the management server that the profile asks for. */
export interface SettingPlan {
  name: string;
  value: string;
  /** Name of the cluster that it is for; absent = the whole server. */
  cluster?: string;
}

/** Overcommit where the profile names a cluster (T1), and the mail server of alerts (T11). */
export function planSettings({ infrastructure: { overcommit }, alerts }: Profile): SettingPlan[] {
  const { cpu, memory, cluster } = overcommit;
  return [
    ...(cluster === undefined
      ? []
      : [
          { name: "cpu.overprovisioning.factor", value: `${cpu}`, cluster },
          { name: "mem.overprovisioning.factor", value: `${memory}`, cluster },
        ]),
    ...(alerts === undefined
      ? []
      : [
          { name: "alert.smtp.host", value: alerts.smtpHost },
          { name: "alert.smtp.port", value: `${alerts.smtpPort}` },
          { name: "alert.email.sender", value: alerts.sender },
          { name: "alert.email.addresses", value: alerts.recipients.join(",") },
        ]),
  ];
}
