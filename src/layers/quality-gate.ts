import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Foundation } from "../parts/foundation.ts";
import { Machines, platformGround } from "../parts/machines.ts";
import type { LayerPlan } from "../plan/plan.ts";

export interface QualityGateArgs {
  plan: LayerPlan;
  foundation: Foundation;
}

/**
 * The only way for data from a tenant to the shared platform (requirements P2).
 *
 * Creates: the machines that validate and anonymise, with a volume for data before, under and after review.
 * Takes: the vCPU, memory and disks of the plan; in demo-cpu 2 vCPU, 8 GiB.
 */
export class QualityGate extends ComponentResource {
  constructor(name: string, { plan, foundation }: QualityGateArgs, opts?: ComponentResourceOptions) {
    super("strata:layer:QualityGate", name, {}, opts);
    const args = { plan: plan.machines, tags: plan.tags, foundation, ...platformGround(foundation) };
    new Machines(name, args, { parent: this });
    this.registerOutputs({});
  }
}
