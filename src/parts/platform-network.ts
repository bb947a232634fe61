import { network } from "@pulumi/cloudstack";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { NetworkPlan } from "../plan/network.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Site } from "./site.ts";
import { Zone } from "./zone.ts";

export interface PlatformNetworkArgs {
  plan: NetworkPlan;
  networkDomain: string;
  site: Site;
}

/** What stands in the platform's network needs to know of it. */
export interface PlatformGround {
  vpcId: Output<string>;
  /** By the zone's key. */
  networks: Record<string, network.Network>;
}

/**
 * The platform's VPC and its own zones. Tenants' tiers are cut from the same VPC, by their enclaves.
 *
 * Creates: the VPC and a zone per VLAN of the platform.
 * Takes: one virtual router.
 * The VPC belongs to the account whose keys the provider uses: CloudStack wants its owner to have access to the
 * accounts whose tiers stand in it.
 */
export class PlatformNetwork extends ComponentResource {
  readonly vpcId: Output<string>;

  constructor(name: string, args: PlatformNetworkArgs, opts?: ComponentResourceOptions) {
    super("strata:part:PlatformNetwork", name, {}, opts);
    this.vpcId = this.createVpc(args);
    this.registerOutputs({ vpcId: this.vpcId });
  }

  /** The platform's own zones, by key: apart from the VPC, which need not wait for what they are made of. */
  createZones({ zones }: NetworkPlan, site: Site, catalogue: Catalogue): Record<string, network.Network> {
    const networks = zones.map((zone) => {
      const { network } = new Zone(zone.key, { plan: zone, vpcId: this.vpcId, site, catalogue }, { parent: this });
      return [zone.key, network] as const;
    });
    return Object.fromEntries(networks);
  }

  private createVpc({ plan, networkDomain, site }: PlatformNetworkArgs): Output<string> {
    const { name, cidr, tags } = plan;
    const { zoneId, vpcOfferingId } = site;
    const args = { name, displayText: name, cidr, networkDomain, zoneId, vpcOfferingId, tags };
    return new network.Vpc("vpc", args, { parent: this }).id;
  }
}
