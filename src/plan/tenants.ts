import type { Profile, Tenant } from "../config/schema.ts";
import type { Landscape } from "./acl.ts";
import { limitsOf, type TenantLimits } from "./limits.ts";
import { type MachinePlan, planMachines } from "./machines.ts";
import { physicalName, tenantName } from "./names.ts";
import { planTier, type TierPlan } from "./network.ts";
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
  zone: TierPlan;
  machines: MachinePlan[];
  tags: Tags;
}

export function planTenant({ platform }: Profile, tenant: Tenant, landscape: Landscape): TenantPlan {
  const { key, name: displayName, vlan, cidr } = tenant;
  const name = tenantName(key);
  const tags = tagsOf(platform, "tenant-enclave", tenant);
  const zone = planTier(
    {
      key: name,
      name: physicalName("network", platform.name, name),
      displayText: displayName,
      vlan,
      cidr,
      publicLoadBalancing: false,
      tags,
    },
    landscape,
  );
  return {
    key,
    name,
    displayName,
    accountName: physicalName("account", platform.name, name),
    email: `${name}@${platform.networkDomain}`,
    limits: limitsOf(tenant),
    zone,
    machines: planMachines(platform.name, tenant.machines, () => [{ key: name, kind: "tier", cidr }]),
    tags,
  };
}
