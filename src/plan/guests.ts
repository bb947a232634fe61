import type { Profile } from "../config/schema.ts";
import type { MachinePlan } from "./machines.ts";
import { planSharedFiles, type SharedFilesPlan } from "./shared-files.ts";
import type { StoragePlan } from "./storage.ts";
import type { TenantPlan } from "./tenants.ts";

/** What all guests have in common, and what they may know of each other. By name and key, so that order means nothing. */
export interface GuestsPlan {
  networkDomain: string;
  timezone: string;
  mirrors?: { apt?: string; pypi?: string };
  platform: readonly MachinePlan[];
  tenants: readonly { key: string; machines: readonly MachinePlan[]; storageGib: number; fallback?: string }[];
  /** File trees of CephFS, with those who mount them. */
  files?: readonly SharedFilesPlan[];
  /** Days for which the gate keeps what nobody has approved (P2.6). */
  unapprovedDays?: number;
  alerts?: { smarthost: string; from: string; to: string };
}

export function planGuests(
  profile: Profile,
  machines: readonly MachinePlan[],
  tenants: readonly TenantPlan[],
  storage: StoragePlan,
): GuestsPlan {
  const { platform, guests, alerts, gate, tenants: profiles } = profile;
  const { networkDomain, timezone } = platform;
  const { mirrors } = guests;
  const files = planSharedFiles(profile, storage, machines);
  const fallbacks = new Map(profiles.map(({ key, fallback }) => [key, fallback]));
  return {
    networkDomain,
    timezone,
    ...(mirrors && { mirrors: definedOnly(mirrors) }),
    platform: sorted(machines, ({ name }) => name),
    tenants: sorted(tenants, ({ key }) => key).map(({ key, machines: own, storage }) => {
      const fallback = fallbacks.get(key);
      const basics = { key, machines: sorted(own, ({ name }) => name), storageGib: storage.sizeGib };
      return { ...basics, ...(fallback !== undefined && { fallback }) };
    }),
    ...(files.length > 0 && { files }),
    ...(gate && { unapprovedDays: gate.unapprovedDays }),
    ...(alerts && {
      alerts: {
        smarthost: `${alerts.smtpHost}:${alerts.smtpPort}`,
        from: alerts.sender,
        to: alerts.recipients.join(", "),
      },
    }),
  };
}

function sorted<T>(things: readonly T[], keyOf: (thing: T) => string): T[] {
  return things.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

function definedOnly({ apt, pypi }: { apt?: string | undefined; pypi?: string | undefined }) {
  return { ...(apt !== undefined && { apt }), ...(pypi !== undefined && { pypi }) };
}
