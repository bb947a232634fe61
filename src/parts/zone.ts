import { network } from "@pulumi/cloudstack";
import { ComponentResource, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import type { SegmentPlan, TierPlan, ZonePlan } from "../plan/network.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Owner } from "./owner.ts";
import type { Site } from "./site.ts";

export interface ZoneArgs {
  plan: ZonePlan;
  vpcId: Input<string>;
  site: Site;
  catalogue: Catalogue;
  /** Default: the account whose keys the provider uses. */
  owner?: Owner;
}

/**
 * One VLAN zone (requirements P7).
 *
 * Creates: for a tier, its list of rules and the tier in the VPC, which never stands without them; for a layer-2 zone,
 * the bare network. The VLAN id is fixed; changing it or the network replaces the zone and what stands in it.
 * Takes: no vCPU, no memory.
 */
export class Zone extends ComponentResource {
  readonly network: network.Network;

  constructor(name: string, args: ZoneArgs, opts?: ComponentResourceOptions) {
    super("strata:part:Zone", name, {}, opts);
    const { plan } = args;
    this.network = plan.kind === "tier" ? this.createTier(name, plan, args) : this.createSegment(name, plan, args);
    this.registerOutputs({ networkId: this.network.id });
  }

  private createTier(name: string, plan: TierPlan, { vpcId, site, catalogue, owner }: ZoneArgs): network.Network {
    const { name: tierName, displayText, gateway, netmask, vlan, rules, tags, publicLoadBalancing } = plan;
    const list = new network.NetworkAclList(
      `${name}-rules`,
      // Exclusive: an allow rule by another hand is a hole in the wall, and drift.
      { name: tierName, description: `Rules of ${tierName}`, vpcId, rules, exclusive: true },
      { parent: this },
    );
    const offering = publicLoadBalancing ? "publicTier" : "tier";
    return new network.Network(
      `${name}-tier`,
      {
        name: tierName,
        displayText,
        networkOfferingId: catalogue.networkOfferingIds[offering],
        zoneId: site.zoneId,
        vpcId,
        aclId: list.id,
        gateway,
        netmask,
        vlan,
        tags,
        ...owner,
      },
      { parent: this },
    );
  }

  private createSegment(name: string, plan: SegmentPlan, { site, catalogue, owner }: ZoneArgs): network.Network {
    const { name: segmentName, displayText, vlan, tags } = plan;
    return new network.Network(
      `${name}-segment`,
      {
        name: segmentName,
        displayText,
        networkOfferingId: catalogue.networkOfferingIds.l2,
        zoneId: site.zoneId,
        ...(site.physicalNetworkId !== undefined && { physicalNetworkId: site.physicalNetworkId }),
        vlan,
        tags,
        ...owner,
      },
      { parent: this },
    );
  }
}
