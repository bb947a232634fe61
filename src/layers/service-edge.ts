import { network } from "@pulumi/cloudstack";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { known } from "../kit/known.ts";
import type { Foundation } from "../parts/foundation.ts";
import { Machines, platformGround } from "../parts/machines.ts";
import type { EdgePlan } from "../plan/plan.ts";

export interface ServiceEdgeArgs {
  plan: EdgePlan;
  foundation: Foundation;
}

/**
 * The way in: gateways for the world, routers to the models (requirements P4).
 *
 * Creates: the machines; one public address, the only one of the platform, whose port 443 goes to the gateways in turn.
 * Takes: the vCPU and memory of the plan; in demo-cpu 4 vCPU, 8 GiB.
 */
export class ServiceEdge extends ComponentResource {
  readonly publicAddress: Output<string>;

  constructor(name: string, { plan, foundation }: ServiceEdgeArgs, opts?: ComponentResourceOptions) {
    super("strata:layer:ServiceEdge", name, {}, opts);
    const args = { plan: plan.machines, tags: plan.tags, foundation, ...platformGround(foundation) };
    const { instances } = new Machines(name, args, { parent: this });
    this.publicAddress = this.openToTheWorld(name, plan, foundation, instances);
    this.registerOutputs({ publicAddress: this.publicAddress });
  }

  /** Round robin without sticky sessions (P4.4). TLS ends in the gateways, so the balancer passes TCP through. */
  private openToTheWorld(
    name: string,
    plan: EdgePlan,
    { network: { vpcId, networks } }: Foundation,
    instances: Machines["instances"],
  ): Output<string> {
    const { name: ruleName, zone, port, gateways } = plan.entrance;
    const address = new network.PublicIp(name, { vpcId, tags: plan.tags }, { parent: this });
    new network.LoadBalancerRule(
      name,
      {
        name: ruleName,
        publicIpId: address.id,
        networkId: known(networks, zone).id,
        algorithm: "roundrobin",
        publicPort: port,
        privatePort: port,
        protocol: "tcp",
        instanceIds: gateways.map((gateway) => known(instances, gateway).id),
        tags: plan.tags,
      },
      // Not before there is somebody behind the gateways.
      { parent: this, dependsOn: Object.values(instances) },
    );
    return address.ipAddress;
  }
}
