import { compute, identity, infrastructure, network, storage } from "@pulumi/cloudstack";

// Two tenants with a tier each and one machine, as somebody would write them without our components.

/** WRONG: what this somebody does wrong, if anything. */
const wrong = process.env.WRONG ?? "";

const zoneId = infrastructure.getZoneOutput({ name: "zone1" }).id;
const templateId = compute.getTemplateOutput({ name: "Ubuntu 22.04", zoneId }).id;
const vpcOfferingId = network.getVpcOfferingOutput({ name: "Default VPC offering" }).id;
const tags = { env: "test", layer: "tenant-enclave", owner: "somebody", "data-class": "sensitive" };

const services = ["Dhcp", "Dns", "UserData", "NetworkACL", "SourceNat", "StaticNat", "PortForwarding", "Lb"];
const tierOffering = new network.NetworkOffering("tier", {
  name: "apply-tier",
  guestIpType: "Isolated",
  forVpc: true,
  specifyVlan: true,
  conserveMode: false,
  services: Object.fromEntries(services.map((service) => [service, "VpcVirtualRouter"])),
});
const size = new compute.ServiceOffering("size", {
  name: "apply-1c-1g",
  cpuNumber: 1,
  cpuSpeedMhz: 1000,
  memoryMib: 1024,
});
const vpc = new network.Vpc("vpc", { name: "apply", cidr: "10.0.0.0/16", zoneId, vpcOfferingId, tags });

const role = new identity.Role("tenant", {
  name: "apply-tenant",
  type: "User",
  permissions: [
    { rule: "rebootVirtualMachine", permission: "allow" },
    { rule: "*", permission: "deny" },
  ],
});

const a = tenant("a", 20);
const b = tenant("b", 21);

new compute.Instance("machine", {
  name: "ai-a-train-01",
  zoneId,
  templateId,
  serviceOfferingId: size.id,
  hypervisor: "KVM",
  nics: [{ networkId: (wrong === "card" ? b : a).tier.id }],
  ...a.owner,
  tags: { ...tags, tenant: "a" },
});
if (wrong === "tags" || wrong === "alias") {
  const offering = new storage.DiskOffering("disk", { name: "apply-disk", customized: true });
  const size = { diskOfferingId: offering.id, zoneId, sizeGib: 1 };
  const formerly = "strata-tenant-a-volume";
  if (wrong === "tags") new storage.Volume(formerly, { name: "untagged", ...size, ...a.owner, tags });
  // What is tenant A's becomes tenant B's, with all that lies there.
  else {
    const owned = { ...b.owner, tags: { ...tags, tenant: "b" } };
    const options = { aliases: [{ name: formerly }], ignoreChanges: ["account"] };
    new storage.Volume("strata-tenant-b-volume", { name: "untagged", ...size, ...owned }, options);
  }
}

function tenant(key: string, vlan: number) {
  const name = `strata-tenant-${key}`;
  const domain = new identity.Domain(name, { name });
  const account = new identity.Account(name, {
    name,
    domainId: domain.id,
    roleId: role.id,
    password: "not a secret in a test",
    email: "t@example.org",
    firstName: "T",
    lastName: key,
  });
  const owner = { account: account.accountName, domainId: domain.id };
  const acl = new network.NetworkAclList(name, { name, vpcId: vpc.id, exclusive: true, rules: rules(key) });
  const tier = new network.Network(name, {
    name,
    networkOfferingId: tierOffering.id,
    zoneId,
    vpcId: vpc.id,
    aclId: acl.id,
    gateway: `10.0.${vlan}.1`,
    netmask: "255.255.255.0",
    vlan,
    ...owner,
    tags: { ...tags, tenant: key },
  });
  return { owner, tier };
}

function rules(key: string) {
  const everything = { protocol: "all", cidrs: ["0.0.0.0/0"], description: "default deny" };
  const ends = [
    { number: 9000, action: "deny", trafficType: "ingress", ...everything },
    { number: 9001, action: "deny", trafficType: "egress", ...everything },
  ];
  const gate = { protocol: "tcp", cidrs: ["10.0.5.40/32"], startPort: 443, endPort: 443, description: "submission" };
  const open = { protocol: "all", cidrs: ["10.0.5.40/32"], description: "any port" };
  const isOpen = wrong === "list" && key === "a";
  return [{ number: 501, action: "allow", trafficType: "egress", ...(isOpen ? open : gate) }, ...ends];
}
