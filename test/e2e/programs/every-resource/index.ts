import { compute, identity, infrastructure, management, network, storage } from "@pulumi/cloudstack";
import { mergeOptions, runtime } from "@pulumi/pulumi";

// Made by one stack, imported by others: whatever is written down here must be read back just so.

/** ADOPT: ids by logical names, of things to import instead of making them. */
const adopt: Record<string, string> = JSON.parse(process.env.ADOPT ?? "{}");
runtime.registerStackTransformation(({ name, props, opts }) => {
  const id = adopt[name];
  return id === undefined ? undefined : { props, opts: mergeOptions(opts, { import: id }) };
});

const zoneId = infrastructure.getZoneOutput({ name: "zone1" }).id;
const templateId = compute.getTemplateOutput({ name: "Ubuntu 22.04", zoneId }).id;
const vpcOfferingId = network.getVpcOfferingOutput({ name: "Default VPC offering" }).id;
const tags = { purpose: "proof", owner: "somebody" };

const domain = new identity.Domain("domain", { name: "proof", networkDomain: "proof.internal" });
const role = new identity.Role("role", {
  name: "proof-reader",
  type: "User",
  description: "Looks, touches nothing",
  permissions: [
    { rule: "listGpuDevices", permission: "deny" },
    { rule: "list*", permission: "allow", description: "Looks" },
    { rule: "*", permission: "deny" },
  ],
});
const account = new identity.Account("account", {
  name: "proof",
  domainId: domain.id,
  roleId: role.id,
  username: "proof-user",
  password: "not a secret in a test",
  email: "proof@example.org",
  firstName: "Proof",
  lastName: "Reader",
});
const owner = { account: account.accountName, domainId: domain.id };
new identity.ResourceLimits("domain-limits", { domainId: domain.id, limits: { instances: 4, cpus: 8 } });
new identity.ResourceLimits("account-limits", { ...owner, limits: { instances: 3, memoryMib: 8192, volumes: -1 } });
new management.Setting("setting", { name: "vpc.max.networks", value: "7" });

const offering = new compute.ServiceOffering("offering", {
  name: "proof-size",
  displayText: "2 vCPU, 2 GiB",
  cpuNumber: 2,
  cpuSpeedMhz: 1000,
  memoryMib: 2048,
  offerHa: true,
});
const diskOffering = new storage.DiskOffering("disk-offering", {
  name: "proof-disk",
  displayText: "Data",
  customized: true,
  domainIds: [domain.id],
});
const services = ["Dhcp", "Dns", "UserData", "NetworkACL", "SourceNat", "StaticNat", "PortForwarding", "Lb"];
const networkOffering = new network.NetworkOffering("network-offering", {
  name: "proof-tier",
  guestIpType: "Isolated",
  forVpc: true,
  specifyVlan: true,
  conserveMode: false,
  services: Object.fromEntries(services.map((service) => [service, "VpcVirtualRouter"])),
});

const vpc = new network.Vpc("vpc", {
  name: "proof",
  displayText: "Proof of everything",
  cidr: "10.9.0.0/16",
  networkDomain: "proof.internal",
  zoneId,
  vpcOfferingId,
  tags,
});
const vpcId = vpc.id;
const acl = new network.NetworkAclList("acl", {
  name: "proof",
  description: "Proof",
  vpcId,
  rules: [
    {
      number: 10,
      action: "allow",
      trafficType: "ingress",
      protocol: "tcp",
      cidrs: ["10.0.0.0/8", "192.168.0.0/16"],
      startPort: 80,
      endPort: 90,
      description: "web",
    },
    {
      number: 20,
      action: "allow",
      trafficType: "egress",
      protocol: "icmp",
      cidrs: ["0.0.0.0/0"],
      icmpType: 8,
      icmpCode: 0,
    },
    { number: 30, action: "deny", trafficType: "egress", protocol: "all", cidrs: ["0.0.0.0/0"] },
  ],
});
const tier = new network.Network("tier", {
  name: "proof",
  displayText: "Proof tier",
  networkOfferingId: networkOffering.id,
  zoneId,
  vpcId,
  aclId: acl.id,
  gateway: "10.9.1.1",
  netmask: "255.255.255.0",
  vlan: 200,
  tags,
  ...owner,
});

const userData = new compute.UserData("user-data", { name: "proof", userData: "#cloud-config\n", ...owner });
const key = new compute.SshKeyPair("key", {
  name: "proof",
  publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILJpC1bzbn3mCd8mNqZ9ExcZBbgQdPGZdBoBYBNv+KxG proof",
  ...owner,
});
const affinity = new compute.AffinityGroup("affinity", {
  name: "proof",
  type: "host anti-affinity",
  description: "Apart",
  ...owner,
});
new compute.Template("template", {
  name: "proof",
  displayText: "Proof",
  url: "http://images.example/proof.qcow2",
  checksum: `{SHA-256}${"ab".repeat(32)}`,
  format: "QCOW2",
  hypervisor: "KVM",
  isPublic: true,
  details: { rootDiskController: "scsi" },
  tags,
  ...owner,
});
const instance = new compute.Instance("instance", {
  name: "proof-01",
  displayName: "Proof 1",
  zoneId,
  templateId,
  serviceOfferingId: offering.id,
  hypervisor: "KVM",
  rootDiskSizeGib: 12,
  nics: [{ networkId: tier.id, ipAddress: "10.9.1.10" }],
  userDataId: userData.id,
  keyPairs: [key.name],
  affinityGroupIds: [affinity.id],
  tags,
  ...owner,
});
const volume = new storage.Volume("volume", {
  name: "proof-data",
  diskOfferingId: diskOffering.id,
  zoneId,
  sizeGib: 5,
  instanceId: instance.id,
  tags,
  ...owner,
});
new storage.SnapshotPolicy("policy", {
  volumeId: volume.id,
  intervalType: "daily",
  schedule: "30:02",
  timezone: "Asia/Seoul",
  maxSnapshots: 3,
});

const natIp = new network.PublicIp("nat-ip", { vpcId, tags });
new network.StaticNat("static-nat", { publicIpId: natIp.id, instanceId: instance.id, networkId: tier.id });
const portIp = new network.PublicIp("port-ip", { vpcId });
new network.PortForwardingRule("port", {
  publicIpId: portIp.id,
  protocol: "tcp",
  publicPort: 2222,
  privatePort: 22,
  instanceId: instance.id,
  networkId: tier.id,
});
const balancedIp = new network.PublicIp("balanced-ip", { vpcId });
new network.LoadBalancerRule("balancer", {
  name: "proof",
  publicIpId: balancedIp.id,
  networkId: tier.id,
  algorithm: "roundrobin",
  publicPort: 443,
  privatePort: 8443,
  instanceIds: [instance.id],
});
new management.Tags("account-tags", { resourceType: "Account", resourceIds: [account.id], tags: { seen: "yes" } });
