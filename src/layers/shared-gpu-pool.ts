import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Foundation } from "../parts/foundation.ts";
import { Machines, platformGround } from "../parts/machines.ts";
import type { LayerPlan } from "../plan/plan.ts";

export interface SharedGpuPoolArgs {
  plan: LayerPlan;
  foundation: Foundation;
}

/**
 * Where all tenants' approved data becomes shared models (requirements P3).
 *
 * Creates: the machines for training, inference, scheduling, the model registry and storage, with their volumes.
 * Takes: the vCPU, memory and disks of the plan; in demo-cpu 8 vCPU, 28 GiB and no GPU.
 */
export class SharedGpuPool extends ComponentResource {
  constructor(name: string, { plan, foundation }: SharedGpuPoolArgs, opts?: ComponentResourceOptions) {
    super("strata:layer:SharedGpuPool", name, {}, opts);
    const args = { plan: plan.machines, tags: plan.tags, foundation, ...platformGround(foundation) };
    new Machines(name, args, { parent: this });
    this.registerOutputs({});
  }
}
