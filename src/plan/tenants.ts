import type { Profile, Tenant } from "../config/schema.ts";
import type { Landscape } from "./acl.ts";
import { type GroupPlan, planGroups } from "./groups.ts";
import { limitsOf, type TenantLimits } from "./limits.ts";
import type { MachinePlan } from "./machines.ts";
import { physicalName, tenantName } from "./names.ts";
import { planTier, type TierPlan } from "./network.ts";
import { planTenantStorage, type TenantStorage } from "./storage.ts";
import { type Tags, tagsOf } from "./tags.ts";

/** One tenant's share of the plan. */
export interface TenantPlan {
  key: string;
  /** E.g. `tenant-a`: the enclave's logical name. */
  name: string;
  displayName: string;
  /** Name of the domain and of the account in it. */
  accountName: string;
  email: string;
  limits: TenantLimits;
  /** Absent where the tenant has no machines. */
  zone?: TierPlan;
  machines: MachinePlan[];
  groups: readonly GroupPlan[];
  storage: TenantStorage;
  /** A token for the platform's API is made (O1). */
  apiToken: boolean;
  tags: Tags;
}

export function planTenant(
  profile: Profile,
  tenant: Tenant,
  machines: MachinePlan[],
  landscape: Landscape,
): TenantPlan {
  const { platform, placement } = profile;
  const { key, name: displayName, vlan, cidr, apiToken } = tenant;
  const name = tenantName(key);
  const tags = tagsOf(platform, "tenant-enclave", tenant);
  const basics = { key: name, name: physicalName("network", platform.name, name), displayText: displayName, tags };
  const zone = vlan !== undefined && cidr !== undefined && { ...basics, vlan, cidr, publicLoadBalancing: false };
  return {
    key,
    name,
    displayName,
    accountName: physicalName("account", platform.name, name),
    email: `${name}@${platform.networkDomain}`,
    limits: limitsOf(tenant),
    ...(zone && { zone: planTier(zone, landscape) }),
    machines,
    groups: planGroups(platform.name, tenant.machines, placement),
    storage: planTenantStorage(profile, tenant),
    apiToken,
    tags,
  };
}
