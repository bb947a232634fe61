import type { Profile, Tenant } from "../config/schema.ts";
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
  tenants: readonly TenantGuestsPlan[];
  /** File trees of CephFS, with those who mount them. */
  files?: readonly SharedFilesPlan[];
  /** Days for which the gate keeps what nobody has approved (P2.6). */
  unapprovedDays?: number;
  alerts?: { smarthost: string; from: string; to: string };
}

/** A tenant as far as the platform's guests know it. */
export interface TenantGuestsPlan {
  key: string;
  machines: readonly MachinePlan[];
  /** What the tenant may store (P1.3); of a department, its documents (T5). */
  storageGib: number;
  /** Of its own network. */
  vlan?: number;
  /** Its quota of GPU memory, its own slices among it (P5.4). */
  gpu?: { dedicatedGib: number; burstGib?: number; jobs: number; priority: string };
  /** Name of the shared inference machine that answers first when its own model does not. Default: any. */
  fallback?: string;
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
  const wishes = new Map(profiles.map((tenant) => [tenant.key, tenant]));
  return {
    networkDomain,
    timezone,
    ...(mirrors && { mirrors: definedOnly(mirrors) }),
    platform: sorted(machines, ({ name }) => name),
    tenants: sorted(tenants, ({ key }) => key).map(({ key, machines: own, storage, zone }) => {
      const { gpu, fallback } = wishes.get(key) ?? {};
      return {
        key,
        machines: sorted(own, ({ name }) => name),
        storageGib: storage.sizeGib,
        ...(zone && { vlan: zone.vlan }),
        ...(gpu && { gpu: quotaOf(gpu) }),
        ...(fallback !== undefined && { fallback }),
      };
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

function quotaOf({ dedicated, burst, jobs, priority }: NonNullable<Tenant["gpu"]>) {
  return { dedicatedGib: dedicated, ...(burst !== undefined && { burstGib: burst }), jobs, priority };
}

function sorted<T>(things: readonly T[], keyOf: (thing: T) => string): T[] {
  return things.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

function definedOnly({ apt, pypi }: { apt?: string | undefined; pypi?: string | undefined }) {
  return { ...(apt !== undefined && { apt }), ...(pypi !== undefined && { pypi }) };
}
