import { accountCommands } from "./accounts.ts";
import { aclItemCommands } from "./acl-items.ts";
import { aclListCommands } from "./acl-lists.ts";
import { affinityGroupCommands } from "./affinity-groups.ts";
import { capabilityCommands } from "./capabilities.ts";
import { capacityCommands } from "./capacity.ts";
import type { Command } from "./command.ts";
import { configurationCommands } from "./configurations.ts";
import { deployVirtualMachine } from "./deploy.ts";
import { diskOfferingCommands } from "./disk-offerings.ts";
import { domainCommands } from "./domains.ts";
import { gpuCardCommands } from "./gpu-cards.ts";
import { gpuDeviceCommands } from "./gpu-devices.ts";
import { hostDeviceCommands } from "./host-devices.ts";
import { hostHaCommands } from "./host-ha.ts";
import { hostCommands } from "./hosts.ts";
import { instanceChangeCommands } from "./instance-changes.ts";
import { instanceLifeCommands } from "./instance-life.ts";
import { instanceListCommands } from "./instance-list.ts";
import { instanceNicCommands } from "./instance-nics.ts";
import { jobCommands } from "./jobs.ts";
import { keyPairCommands } from "./key-pairs.ts";
import { limitCommands } from "./limits.ts";
import { loadBalancerCommands } from "./load-balancers.ts";
import { networkOfferingCommands } from "./network-offerings.ts";
import { networkCommands } from "./networks.ts";
import { osTypeCommands } from "./os-types.ts";
import { outOfBandCommands } from "./out-of-band.ts";
import { portForwardingCommands } from "./port-forwarding.ts";
import { publicIpCommands } from "./public-ips.ts";
import { roleCommands } from "./roles.ts";
import { routerCommands } from "./routers.ts";
import { serviceOfferingCommands } from "./service-offerings.ts";
import { snapshotPolicyCommands } from "./snapshot-policies.ts";
import { staticNatCommands } from "./static-nat.ts";
import { storagePoolCommands } from "./storage-pools.ts";
import { tagCommands } from "./tags.ts";
import { templateCommands } from "./templates.ts";
import { userDataCommands } from "./user-data.ts";
import { userCommands } from "./users.ts";
import { vgpuProfileCommands } from "./vgpu-profiles.ts";
import { vlanIpRangeCommands } from "./vlan-ip-ranges.ts";
import { vmSnapshotCommands } from "./vm-snapshots.ts";
import { volumeOfferingCommands } from "./volume-offering.ts";
import { volumeCommands } from "./volumes.ts";
import { vpcOfferingCommands } from "./vpc-offerings.ts";
import { vpcCommands } from "./vpcs.ts";
import { zoneCommands } from "./zones.ts";

/** Every implemented command. A family of commands is one line here. */
const families: readonly (readonly Command[])[] = [
  jobCommands,
  capabilityCommands,
  zoneCommands,
  hostCommands,
  hostDeviceCommands,
  hostHaCommands,
  outOfBandCommands,
  gpuCardCommands,
  vgpuProfileCommands,
  gpuDeviceCommands,
  capacityCommands,
  storagePoolCommands,
  domainCommands,
  accountCommands,
  userCommands,
  roleCommands,
  limitCommands,
  serviceOfferingCommands,
  diskOfferingCommands,
  networkOfferingCommands,
  vpcOfferingCommands,
  templateCommands,
  osTypeCommands,
  userDataCommands,
  keyPairCommands,
  tagCommands,
  configurationCommands,
  vpcCommands,
  networkCommands,
  vlanIpRangeCommands,
  aclListCommands,
  aclItemCommands,
  routerCommands,
  publicIpCommands,
  staticNatCommands,
  portForwardingCommands,
  loadBalancerCommands,
  affinityGroupCommands,
  [deployVirtualMachine],
  instanceLifeCommands,
  instanceChangeCommands,
  instanceNicCommands,
  instanceListCommands,
  vmSnapshotCommands,
  volumeCommands,
  volumeOfferingCommands,
  snapshotPolicyCommands,
];

const byName = new Map(families.flat().map((command) => [command.name, command]));

/** The implemented command of this name; case matters. */
export function findCommand(name: string): Command | undefined {
  return byName.get(name);
}

/** All implemented commands by name. */
export function implementedCommands(): readonly Command[] {
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
