import * as ceph from "@pulumi/ceph";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { BlockPool as BlockPoolPlan, BucketStorage, StoragePlan, Tier } from "../../plan/storage.ts";
import { type DeviceClass, deviceClasses } from "../../plan/stored.ts";
import type { Site } from "../site.ts";
import { BlockPool } from "./block-pool.ts";
import { Bucket } from "./bucket.ts";
import { createSharedPool } from "./shared-pool.ts";

export interface StorageArgs {
  plan: StoragePlan;
  monitors: string[];
  /** True keeps pools, file systems and buckets from being destroyed. */
  protect: boolean;
  site: Site;
}

/**
 * The platform's storage in Ceph (requirements P6, O3).
 *
 * Creates: a CRUSH rule per device class; the platform's pools for volumes, files and objects, each with its quota. A
 * tenant's own pool or bucket is made by the tenant's enclave.
 * Takes: the quotas of the plan, times their copies or chunks.
 */
export class Storage extends ComponentResource {
  /** Disk offerings of the platform's block pools, by the pools' keys. */
  readonly diskOfferingIds: Record<string, Output<string>>;
  readonly #args: StorageArgs;
  readonly #rules = new Map<DeviceClass, Output<string>>();

  constructor(name: string, args: StorageArgs, opts?: ComponentResourceOptions) {
    super("strata:part:Storage", name, {}, opts);
    this.#args = args;
    const blocks = Object.entries(args.plan.blocks).map(
      ([key, plan]) => [key, new BlockPool(key, this.blockPoolArgs(plan), { parent: this }).diskOfferingId] as const,
    );
    this.diskOfferingIds = Object.fromEntries(blocks);
    for (const pool of args.plan.shared) {
      const deviceClass = deviceClasses[pool.tier];
      const { protect, plan } = args;
      const ruleOf = (tier: Tier) => this.crushRule(deviceClasses[tier]);
      const ground = { copies: plan.copies, crushRule: ruleOf(pool.tier), deviceClass, protect, ruleOf };
      createSharedPool(pool, ground, this);
    }
    this.registerOutputs({});
  }

  /** A pool of one tenant, whose domain alone sees its disk offering. */
  tenantPool(
    name: string,
    plan: BlockPoolPlan,
    { domainId, parent }: { domainId: Input<string>; parent: ComponentResource },
  ): Output<string> {
    return new BlockPool(name, { ...this.blockPoolArgs(plan), domainId }, { parent }).diskOfferingId;
  }

  /** A bucket of one tenant's documents. */
  tenantBucket(name: string, plan: BucketStorage, parent: ComponentResource): void {
    new Bucket(name, { plan, protect: this.#args.protect }, { parent });
  }

  private blockPoolArgs(plan: BlockPoolPlan) {
    const { site, monitors, protect } = this.#args;
    return {
      plan,
      site,
      monitors,
      protect,
      copies: this.#args.plan.copies,
      crushRule: this.crushRule(deviceClasses[plan.tier]),
    };
  }

  /** Name of a class's rule, which is made for the tiers in use only: a cluster may have no disks of the other class. */
  private crushRule(deviceClass: DeviceClass): Output<string> {
    const known = this.#rules.get(deviceClass);
    if (known !== undefined) return known;
    const name = `${this.#args.plan.crushRulePrefix}-${deviceClass}`;
    const rule = new ceph.pool.CrushRule(deviceClass, { name, failureDomain: "host", deviceClass }, { parent: this })
      .name;
    this.#rules.set(deviceClass, rule);
    return rule;
  }
}
