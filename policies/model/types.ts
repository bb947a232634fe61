/** What the rules read of resources, in the providers' own types: outputs and inputs have the same names. */

import type { auth, fs, pool, rgw } from "@pulumi/ceph";
import type { compute, gpu, identity, infrastructure, management, network, storage } from "@pulumi/cloudstack";
import type { Unwrap } from "@pulumi/pulumi";
import type { RandomBytesArgs } from "@pulumi/random";

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
export type ServiceOffering = Unwrap<compute.ServiceOfferingArgs>;
export type AffinityGroup = Unwrap<compute.AffinityGroupArgs>;
export type Template = Unwrap<compute.TemplateArgs>;
export type UserData = Unwrap<compute.UserDataArgs>;
export type KeyPair = Unwrap<compute.SshKeyPairArgs>;
export type SnapshotPolicy = Unwrap<storage.SnapshotPolicyArgs>;
export type ResourceLimits = Unwrap<identity.ResourceLimitsArgs>;
export type Setting = Unwrap<management.SettingArgs>;
export type GpuCard = Unwrap<gpu.GpuCardArgs>;
export type VgpuProfile = Unwrap<gpu.VgpuProfileArgs>;
export type GpuDevice = Unwrap<gpu.GpuDeviceArgs>;
export type HostDevice = Unwrap<gpu.HostDeviceArgs>;
export type CrushRule = Unwrap<pool.CrushRuleArgs>;
export type ErasureCodeProfile = Unwrap<pool.ErasureCodeProfileArgs>;
export type Filesystem = Unwrap<fs.FilesystemArgs>;
export type Subvolume = Unwrap<fs.SubvolumeArgs>;
export type Vpc = Unwrap<network.VpcArgs>;
export type NetworkOffering = Unwrap<network.NetworkOfferingArgs>;
export type Role = Unwrap<identity.RoleArgs>;
export type Tags = Unwrap<management.TagsArgs>;
export type RandomBytes = Unwrap<RandomBytesArgs>;
export type HostHa = Unwrap<infrastructure.HostHaArgs>;

/** The engine's own resource for the stack: its outputs are what the program exports. */
export const stackType = "pulumi:pulumi:Stack";

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
  networkOffering: "cloudstack:network:NetworkOffering",
  account: "cloudstack:identity:Account",
  domain: "cloudstack:identity:Domain",
  limits: "cloudstack:identity:ResourceLimits",
  role: "cloudstack:identity:Role",
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
  placementTarget: "ceph:rgw:RgwPlacementTarget",
  storageClass: "ceph:rgw:RgwStorageClass",
  snapshotPolicy: "cloudstack:storage:SnapshotPolicy",
  setting: "cloudstack:management:Setting",
  gpuCard: "cloudstack:gpu:GpuCard",
  vgpuProfile: "cloudstack:gpu:VgpuProfile",
  gpuDevice: "cloudstack:gpu:GpuDevice",
  hostDevice: "cloudstack:gpu:HostDevice",
  crushRule: "ceph:pool:CrushRule",
  erasureCodeProfile: "ceph:pool:ErasureCodeProfile",
  filesystem: "ceph:fs:Filesystem",
  subvolume: "ceph:fs:Subvolume",
  subvolumeGroup: "ceph:fs:SubvolumeGroup",
  hostHa: "cloudstack:infrastructure:HostHa",
  outOfBand: "cloudstack:infrastructure:OutOfBandManagement",
  randomBytes: "random:index/randomBytes:RandomBytes",
  cloudstackProvider: "pulumi:providers:cloudstack",
  cephProvider: "pulumi:providers:ceph",
} as const;
