/** What the rules read of resources, in the providers' own types: outputs and inputs have the same names. */

import type { auth, pool, rgw } from "@pulumi/ceph";
import type { compute, identity, network, storage } from "@pulumi/cloudstack";
import type { Unwrap } from "@pulumi/pulumi";

export type Instance = Unwrap<compute.InstanceArgs>;
export type Network = Unwrap<network.NetworkArgs>;
export type AclList = Unwrap<network.NetworkAclListArgs>;
export type AclRule = AclList["rules"][number];
export type LoadBalancer = Unwrap<network.LoadBalancerRuleArgs>;
export type PortForwarding = Unwrap<network.PortForwardingRuleArgs>;
export type StaticNat = Unwrap<network.StaticNatArgs>;
export type Account = Unwrap<identity.AccountArgs>;
export type Domain = Unwrap<identity.DomainArgs>;
export type Volume = Unwrap<storage.VolumeArgs>;
export type DiskOffering = Unwrap<storage.DiskOfferingArgs>;
export type StoragePool = Unwrap<storage.StoragePoolArgs>;
export type CephUser = Unwrap<auth.UserArgs>;
export type CephPool = Unwrap<pool.PoolArgs>;
export type Bucket = Unwrap<rgw.RgwBucketArgs>;
export type BucketUser = Unwrap<rgw.RgwUserArgs>;

/** Type tokens. */
export const types = {
  instance: "cloudstack:compute:Instance",
  network: "cloudstack:network:Network",
  aclList: "cloudstack:network:NetworkAclList",
  loadBalancer: "cloudstack:network:LoadBalancerRule",
  portForwarding: "cloudstack:network:PortForwardingRule",
  staticNat: "cloudstack:network:StaticNat",
  publicIp: "cloudstack:network:PublicIp",
  vpc: "cloudstack:network:Vpc",
  account: "cloudstack:identity:Account",
  domain: "cloudstack:identity:Domain",
  limits: "cloudstack:identity:ResourceLimits",
  serviceOffering: "cloudstack:compute:ServiceOffering",
  userData: "cloudstack:compute:UserData",
  keyPair: "cloudstack:compute:SshKeyPair",
  affinityGroup: "cloudstack:compute:AffinityGroup",
  template: "cloudstack:compute:Template",
  volume: "cloudstack:storage:Volume",
  diskOffering: "cloudstack:storage:DiskOffering",
  storagePool: "cloudstack:storage:StoragePool",
  tags: "cloudstack:management:Tags",
  cephUser: "ceph:auth:User",
  cephPool: "ceph:pool:Pool",
  bucket: "ceph:rgw:RgwBucket",
  bucketUser: "ceph:rgw:RgwUser",
} as const;
