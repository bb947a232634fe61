import * as ceph from "@pulumi/ceph";
import { storage } from "@pulumi/cloudstack";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { BlockPool as BlockPoolPlan } from "../../plan/storage.ts";
import type { Site } from "../site.ts";
import { copies as spread } from "./redundancy.ts";

export interface BlockPoolArgs {
  plan: BlockPoolPlan;
  site: Site;
  monitors: string[];
  /** Copies of everything. */
  copies: number;
  /** True keeps the pool from being destroyed. */
  protect: boolean;
  /** Name of the CRUSH rule of the pool's tier. */
  crushRule: Input<string>;
  /** Whose domain alone sees the disk offering. Default: everybody does. */
  domainId?: Input<string>;
}

/**
 * A pool of Ceph that holds volumes, reached by one cephx user that reaches nothing else (requirements P1.3, O3).
 *
 * Creates: the pool with its quota; the user; the pool as a primary storage of CloudStack with a tag of its own; a disk
 * offering with that tag, so that volumes of this owner land here and nobody else's do.
 * Takes: at most the quota, times the copies, of the tier's disks.
 * The user's key stays between Ceph and CloudStack: a secret in the state, in no output and in no guest.
 */
export class BlockPool extends ComponentResource {
  readonly diskOfferingId: Output<string>;

  constructor(name: string, args: BlockPoolArgs, opts?: ComponentResourceOptions) {
    super("strata:part:BlockPool", name, {}, opts);
    const pool = this.createPool(name, args);
    const user = this.createUser(name, args, pool);
    const primary = this.register(name, args, pool, user);
    this.diskOfferingId = this.offer(name, args, primary);
    this.registerOutputs({});
  }

  private createPool(name: string, { plan, copies, crushRule, protect }: BlockPoolArgs): ceph.pool.Pool {
    const compressed = plan.compression !== "none";
    return new ceph.pool.Pool(
      name,
      {
        name: plan.name,
        ...spread(copies),
        crushRule,
        quotaGib: plan.sizeGib,
        applications: ["rbd"],
        ...(compressed && { compressionMode: "aggressive", compressionAlgorithm: plan.compression }),
      },
      { parent: this, protect },
    );
  }

  /** By name, not by the pool's output: what a user may do must be readable before anything is there. */
  private createUser(name: string, { plan }: BlockPoolArgs, pool: ceph.pool.Pool): ceph.auth.User {
    const own = `profile rbd pool=${plan.name}`;
    const args = { entity: plan.user, caps: { mon: "profile rbd", osd: own, mgr: own } };
    return new ceph.auth.User(name, args, { parent: this, dependsOn: [pool] });
  }

  private register(
    name: string,
    { plan, site, monitors }: BlockPoolArgs,
    pool: ceph.pool.Pool,
    user: ceph.auth.User,
  ): storage.StoragePool {
    return new storage.StoragePool(
      name,
      {
        name: plan.tag,
        zoneId: site.zoneId,
        hypervisor: site.hypervisor,
        monitors,
        pool: pool.name,
        user: user.entity,
        secretKey: user.key,
        storageTags: [plan.tag],
      },
      { parent: this },
    );
  }

  private offer(name: string, { plan, domainId }: BlockPoolArgs, primary: storage.StoragePool): Output<string> {
    return new storage.DiskOffering(
      name,
      {
        name: plan.diskOffering,
        displayText: `Data volume in ${plan.name}`,
        customized: true,
        storageTags: [plan.tag],
        ...(domainId !== undefined && { domainIds: [domainId] }),
      },
      { parent: this, dependsOn: [primary] },
    ).id;
  }
}
