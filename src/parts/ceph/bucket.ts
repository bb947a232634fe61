import * as ceph from "@pulumi/ceph";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { BucketStorage } from "../../plan/storage.ts";

export interface BucketArgs {
  plan: BucketStorage;
  /** True keeps the bucket from being destroyed. */
  protect: boolean;
}

/**
 * A tenant's documents (requirement T5): a bucket whose owner's quota stops uploads when it is full.
 *
 * Creates: a user of the object gateway who may own this one bucket, and the bucket. Objects are never purged with it.
 * Takes: at most the quota.
 */
export class Bucket extends ComponentResource {
  constructor(name: string, { plan, protect }: BucketArgs, opts?: ComponentResourceOptions) {
    super("strata:part:Bucket", name, {}, opts);
    const owner = new ceph.rgw.RgwUser(
      name,
      { uid: plan.user, displayName: `Documents of ${plan.user}`, maxBuckets: 1, quotaGib: plan.sizeGib },
      { parent: this },
    );
    new ceph.rgw.RgwBucket(name, { name: plan.name, owner: owner.uid, versioning: true }, { parent: this, protect });
    this.registerOutputs({});
  }
}
