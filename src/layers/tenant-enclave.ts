import { identity } from "@pulumi/cloudstack";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { dataKey } from "../parts/data-key.ts";
import type { Foundation } from "../parts/foundation.ts";
import { createGroups } from "../parts/groups.ts";
import { Machines } from "../parts/machines.ts";
import { Zone } from "../parts/zone.ts";
import type { TierPlan } from "../plan/network.ts";
import type { TenantPlan } from "../plan/tenants.ts";

export interface TenantEnclaveArgs {
  /** The tenant's share of the plan: names, addresses, sizes, rules. Decided before anything is created. */
  plan: TenantPlan;
  /** The tenant's tier is cut from the platform's VPC and belongs to the tenant's account. */
  foundation: Foundation;
}

interface Tenancy {
  domain: identity.Domain;
  account: identity.Account;
}

interface Built {
  tenancy: Tenancy;
  limits: identity.ResourceLimits[];
  dataDiskId: Output<string>;
}

/**
 * One tenant's walls and what stands inside them (requirements P1).
 *
 * Creates: a domain with one account, limits on both; one tier with a fixed VLAN and rules that deny by default; an
 * instance per machine of the plan and a volume for its data. All but the domain belongs to the tenant's account.
 * Takes: `plan.limits`, which is what the limits allow too: a tenant cannot outgrow its plan.
 * Changing a machine's size stops that machine; changing VLAN or network replaces the tier and everything in it.
 */
export class TenantEnclave extends ComponentResource {
  readonly domainId: Output<string>;
  /** For the platform's API (O1); absent where the profile asks for none. */
  readonly apiToken?: Output<string>;
  /** Opens the tenant's encrypted volumes (P1.6); absent where there are none. */
  readonly dataKey?: Output<string>;

  constructor(name: string, args: TenantEnclaveArgs, opts?: ComponentResourceOptions) {
    const { plan, foundation } = args;
    super("strata:layer:TenantEnclave", name, { tenant: plan.key }, opts);
    const tenancy = this.createTenancy(name, plan, foundation);
    const limits = this.limit(name, plan, foundation, tenancy);
    const dataDiskId = this.provideStorage(name, plan, foundation, tenancy);
    if (plan.zone !== undefined) this.buildZone(name, plan, plan.zone, { ...args, tenancy, limits, dataDiskId });
    this.domainId = tenancy.domain.id;
    if (plan.apiToken) this.apiToken = this.createToken(name);
    const key = dataKey(name, plan.machines, { parent: this, protect: foundation.protectData });
    if (key !== undefined) this.dataKey = key;
    this.registerOutputs({ domainId: this.domainId });
  }

  private createToken(name: string): Output<string> {
    return new RandomPassword(`${name}-api-token`, { length: 40, special: false }, { parent: this }).result;
  }

  /** The tenant's own pool or bucket in Ceph; where there is none, volumes lie in the zone's primary storage. */
  private provideStorage(
    name: string,
    { storage: plan }: TenantPlan,
    { catalogue, storage }: Foundation,
    { domain }: Tenancy,
  ): Output<string> {
    if (plan.kind === "bucket") storage?.tenantBucket(name, plan, this);
    if (plan.kind !== "pool" || storage === undefined) return catalogue.dataDiskId;
    return storage.tenantPool(name, plan, { domainId: domain.id, parent: this });
  }

  /** The tenant's network and what stands in it, all of it the tenant's own. */
  private buildZone(
    name: string,
    plan: TenantPlan,
    zonePlan: TierPlan,
    { foundation, tenancy: { domain, account }, limits, dataDiskId }: TenantEnclaveArgs & Built,
  ): void {
    const { site, catalogue, network } = foundation;
    const owner = { account: account.accountName, domainId: domain.id };
    const zone = new Zone(name, { plan: zonePlan, vpcId: network.vpcId, site, catalogue, owner }, { parent: this });
    new Machines(
      name,
      {
        plan: plan.machines,
        tags: plan.tags,
        foundation,
        networks: { [zonePlan.key]: zone.network },
        groupsOf: createGroups(name, plan.groups, { parent: this, owner }),
        dataDiskId,
        owner,
        // A machine that would break the limits must fail before it exists, not after.
        after: limits,
      },
      { parent: this },
    );
  }

  /** The tenant as CloudStack knows it: a domain of its own, so that limits and names can be scoped to it. */
  private createTenancy(name: string, plan: TenantPlan, { catalogue }: Foundation): Tenancy {
    const domain = new identity.Domain(name, { name: plan.accountName }, { parent: this });
    const password = new RandomPassword(name, { length: 32, special: false }, { parent: this });
    const account = new identity.Account(
      name,
      {
        name: plan.accountName,
        domainId: domain.id,
        roleId: catalogue.tenantRoleId,
        password: password.result,
        email: plan.email,
        firstName: "Tenant",
        lastName: plan.key,
      },
      { parent: this },
    );
    return { domain, account };
  }

  /** On the domain too: CloudStack checks both, and an account added later stays within. Limits go with whom they bind. */
  private limit(
    name: string,
    { limits: { gpus, ...counted } }: TenantPlan,
    { site }: Foundation,
    { domain, account }: Tenancy,
  ): identity.ResourceLimits[] {
    const limits = { ...counted, ...(site.limitsGpus && { gpus }) };
    const onDomain = { domainId: domain.id, limits };
    const onAccount = { ...onDomain, account: account.accountName };
    return [
      new identity.ResourceLimits(`${name}-domain`, onDomain, { parent: this, deletedWith: domain }),
      new identity.ResourceLimits(`${name}-account`, onAccount, { parent: this, deletedWith: account }),
    ];
  }
}
