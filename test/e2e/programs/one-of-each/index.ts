import { compute, identity, infrastructure, network, storage } from "@pulumi/cloudstack";
import { RandomPassword } from "@pulumi/random";

/**
 * One of each kind that matters, as the product makes them: a tenant with one machine in a tier of its own.
 * Tests set PARENT_DOMAIN_ID (default: ROOT) and MACHINE_TIMEOUT (the machine's customTimeouts.create).
 */

const zoneId = infrastructure.getZoneOutput({ name: "zone1" }).id;
const templateId = compute.getTemplateOutput({ name: "Ubuntu 22.04", zoneId }).id;
const vpcOfferingId = network.getVpcOfferingOutput({ name: "Default VPC offering" }).id;
const tags = { purpose: "fault" };

const role = new identity.Role("role", {
  name: "fault-role",
  type: "User",
  permissions: [
    { rule: "list*", permission: "allow" },
    { rule: "queryAsyncJobResult", permission: "allow" },
    { rule: "*", permission: "deny" },
  ],
});
const domain = new identity.Domain("domain", {
  name: "tenant-x",
  ...(process.env.PARENT_DOMAIN_ID !== undefined && { parentDomainId: process.env.PARENT_DOMAIN_ID }),
});
const password = new RandomPassword("password", { length: 32, special: false });
const account = new identity.Account("account", {
  name: "tenant-x",
  domainId: domain.id,
  roleId: role.id,
  password: password.result,
  email: "x@example.org",
  firstName: "Tenant",
  lastName: "X",
});
new identity.ResourceLimits("limits", { domainId: domain.id, limits: { instances: 3, cpus: 8 } });
const owner = { account: account.accountName, domainId: domain.id };

const size = { cpuNumber: 2, cpuSpeedMhz: 2000, memoryMib: 4096 };
const offering = new compute.ServiceOffering("size", { name: "fault-2c-4g", displayText: "2 vCPU, 4 GiB", ...size });
const disk = new storage.DiskOffering("disk", { name: "fault-disk", displayText: "Data volume", customized: true });
const tierOffering = new network.NetworkOffering("tier-offering", {
  name: "fault-tier",
  displayText: "fault-tier",
  guestIpType: "Isolated",
  forVpc: true,
  specifyVlan: true,
  conserveMode: false,
  services: Object.fromEntries(
    ["Dhcp", "Dns", "UserData", "NetworkACL", "SourceNat", "StaticNat", "PortForwarding", "Lb"].map((service) => [
      service,
      "VpcVirtualRouter",
    ]),
  ),
});

const vpc = new network.Vpc("vpc", { name: "fault-vpc", cidr: "10.0.0.0/16", zoneId, vpcOfferingId, tags });
const rules = [
  { number: 10, action: "allow", trafficType: "ingress", protocol: "tcp", cidrs: ["10.0.5.0/24"], startPort: 443 },
  { number: 20, action: "deny", trafficType: "ingress", protocol: "all", cidrs: ["0.0.0.0/0"] },
];
const acl = new network.NetworkAclList("acl", { name: "fault-acl", vpcId: vpc.id, rules });
const tier = new network.Network("tier", {
  name: "fault-tier",
  networkOfferingId: tierOffering.id,
  zoneId,
  vpcId: vpc.id,
  aclId: acl.id,
  gateway: "10.0.1.1",
  netmask: "255.255.255.0",
  vlan: 20,
  tags,
  ...owner,
});
const apart = new compute.AffinityGroup("apart", { name: "fault-apart", type: "host anti-affinity", ...owner });
const timeout = process.env.MACHINE_TIMEOUT;
const machine = new compute.Instance(
  "machine",
  {
    name: "fault-01",
    zoneId,
    templateId,
    serviceOfferingId: offering.id,
    affinityGroupIds: [apart.id],
    nics: [{ networkId: tier.id, ipAddress: "10.0.1.10" }],
    tags,
    ...owner,
  },
  timeout === undefined ? {} : { customTimeouts: { create: timeout } },
);
new storage.Volume("volume", {
  name: "fault-data",
  zoneId,
  diskOfferingId: disk.id,
  sizeGib: 10,
  instanceId: machine.id,
  tags,
  ...owner,
});
const address = new network.PublicIp("address", { vpcId: vpc.id, tags });
new network.LoadBalancerRule("balancer", {
  name: "fault-lb",
  publicIpId: address.id,
  networkId: tier.id,
  algorithm: "roundrobin",
  publicPort: 443,
  privatePort: 443,
  instanceIds: [machine.id],
});
