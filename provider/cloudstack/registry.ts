/** Every resource and function of the provider. */
import type { ProviderFunction, Resource } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { getApis } from "./functions/get-apis.ts";
import { getCapacity } from "./functions/get-capacity.ts";
import { getClusters } from "./functions/get-clusters.ts";
import { getDeviceAssignments } from "./functions/get-device-assignments.ts";
import { getGpuDevices } from "./functions/get-gpu-devices.ts";
import { getHostDevices } from "./functions/get-host-devices.ts";
import { getHosts } from "./functions/get-hosts.ts";
import { getLimits } from "./functions/get-limits.ts";
import { getNetworkOffering } from "./functions/get-network-offering.ts";
import { getSetting } from "./functions/get-setting.ts";
import { getTemplate } from "./functions/get-template.ts";
import { getVgpuProfile } from "./functions/get-vgpu-profile.ts";
import { getVpcOffering } from "./functions/get-vpc-offering.ts";
import { getZone } from "./functions/get-zone.ts";
import { account } from "./resources/account.ts";
import { affinityGroup } from "./resources/affinity-group.ts";
import { diskOffering } from "./resources/disk-offering.ts";
import { domain } from "./resources/domain.ts";
import { gpuCard } from "./resources/gpu-card.ts";
import { gpuDevice } from "./resources/gpu-device.ts";
import { hostDevice } from "./resources/host-device.ts";
import { hostHa } from "./resources/host-ha.ts";
import { instance } from "./resources/instance.ts";
import { loadBalancerRule } from "./resources/load-balancer-rule.ts";
import { network } from "./resources/network.ts";
import { networkAclList } from "./resources/network-acl-list.ts";
import { networkOffering } from "./resources/network-offering.ts";
import { outOfBandManagement } from "./resources/out-of-band-management.ts";
import { portForwardingRule } from "./resources/port-forwarding-rule.ts";
import { publicIp } from "./resources/public-ip.ts";
import { resourceLimits } from "./resources/resource-limits.ts";
import { role } from "./resources/role.ts";
import { serviceOffering } from "./resources/service-offering.ts";
import { setting } from "./resources/setting.ts";
import { snapshotPolicy } from "./resources/snapshot-policy.ts";
import { sshKeyPair } from "./resources/ssh-key-pair.ts";
import { staticNat } from "./resources/static-nat.ts";
import { storagePool } from "./resources/storage-pool.ts";
import { resourceTags } from "./resources/tags.ts";
import { template } from "./resources/template.ts";
import { userData } from "./resources/user-data.ts";
import { vgpuProfile } from "./resources/vgpu-profile.ts";
import { volume } from "./resources/volume.ts";
import { vpc } from "./resources/vpc.ts";

export const resources: readonly Resource<Client>[] = [
  account,
  affinityGroup,
  diskOffering,
  domain,
  gpuCard,
  gpuDevice,
  hostDevice,
  hostHa,
  instance,
  loadBalancerRule,
  network,
  networkAclList,
  networkOffering,
  outOfBandManagement,
  portForwardingRule,
  publicIp,
  resourceLimits,
  resourceTags,
  role,
  serviceOffering,
  setting,
  snapshotPolicy,
  sshKeyPair,
  staticNat,
  storagePool,
  template,
  userData,
  vgpuProfile,
  volume,
  vpc,
];

export const functions: readonly ProviderFunction<Client>[] = [
  getApis,
  getCapacity,
  getClusters,
  getDeviceAssignments,
  getGpuDevices,
  getHostDevices,
  getHosts,
  getLimits,
  getNetworkOffering,
  getSetting,
  getTemplate,
  getVgpuProfile,
  getVpcOffering,
  getZone,
];
