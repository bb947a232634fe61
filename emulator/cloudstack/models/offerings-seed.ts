import type { Seed } from "../seed.ts";
import type { NetworkOffering, OfferedService } from "./offerings.ts";
import { stableUuid } from "./random.ts";
import { seededAt } from "./seeding.ts";
import { insertServiceOffering } from "./service-offerings.ts";
import type { World } from "./world.ts";

/** The offerings that CloudStack makes itself at its first start (`ConfigurationServerImpl`). */
export function seedOfferings(world: World, _seed: Seed): void {
  seedServiceOfferings(world);
  seedDiskOfferings(world);
  for (const offering of networkOfferings) {
    const fixed = { uuid: stableUuid(`network-offering/${offering.name}`), created: seededAt };
    world.tables.networkOfferings.insert({ ...fixed, ...offering });
  }
  world.tables.vpcOfferings.insert({
    uuid: stableUuid("vpc-offering/Default VPC offering"),
    created: seededAt,
    name: "Default VPC offering",
    displayText: "Default VPC offering",
    state: "Enabled",
    isDefault: true,
    services: [
      ...vpcRouter(["SourceNat", "Vpn", ...tierServices]),
      { name: "Lb", providers: ["VpcVirtualRouter", "InternalLbVm"] },
    ],
  });
}

function seedServiceOfferings(world: World): void {
  const sizes = [
    { name: "Small Instance", cpuNumber: 1, cpuSpeed: 500, memory: 512 },
    { name: "Medium Instance", cpuNumber: 1, cpuSpeed: 1000, memory: 1024 },
  ];
  for (const size of sizes) insertServiceOffering(world, { ...size, isSystem: false }, seededAt);
  insertServiceOffering(
    world,
    {
      name: routerOfferingName,
      cpuNumber: 1,
      cpuSpeed: 500,
      memory: 512,
      isSystem: true,
      systemVmType: "domainrouter",
      offerHa: true,
    },
    seededAt,
  );
}

export const routerOfferingName = "System Offering For Software Router";

function seedDiskOfferings({ tables }: World): void {
  const common = {
    created: seededAt,
    state: "Active",
    storageType: "shared",
    provisioningType: "thin",
    displayOffering: true,
    diskSizeStrictness: false,
    encrypt: false,
    computeOnly: false,
  } as const;
  const sizes = [
    { name: "Small", displayText: "Small Disk, 5 GB", sizeGib: 5, isCustomized: false },
    { name: "Medium", displayText: "Medium Disk, 20 GB", sizeGib: 20, isCustomized: false },
    { name: "Large", displayText: "Large Disk, 100 GB", sizeGib: 100, isCustomized: false },
    { name: "Custom", displayText: "Custom Disk", sizeGib: 0, isCustomized: true },
  ];
  for (const size of sizes)
    tables.diskOfferings.insert({ uuid: stableUuid(`disk-offering/${size.name}`), ...common, ...size });
}

const tierServices = ["UserData", "StaticNat", "NetworkACL", "Dhcp", "Dns", "PortForwarding"];

function vpcRouter(names: readonly string[]): OfferedService[] {
  return names.map((name) => ({ name, providers: ["VpcVirtualRouter"] }));
}

function virtualRouter(names: readonly string[]): OfferedService[] {
  return names.map((name) => ({ name, providers: ["VirtualRouter"] }));
}

type Seeded = Omit<NetworkOffering, "id" | "uuid" | "created">;

function offering(name: string, displayText: string, values: Partial<Seeded> & Pick<Seeded, "guestType">): Seeded {
  return {
    name,
    displayText,
    state: "Enabled",
    isDefault: true,
    specifyVlan: false,
    specifyIpRanges: false,
    conserveMode: true,
    availability: "Optional",
    networkRate: 200,
    services: [],
    forVpc: false,
    isPersistent: false,
    egressDefaultPolicy: false,
    capabilities: {},
    ...values,
  };
}

const isolatedServices = [
  "SourceNat",
  "Vpn",
  "UserData",
  "StaticNat",
  "Firewall",
  "Dhcp",
  "Dns",
  "PortForwarding",
  "Lb",
];

const networkOfferings: readonly Seeded[] = [
  offering("DefaultSharedNetworkOffering", "Offering for Shared networks", {
    guestType: "Shared",
    specifyVlan: true,
    specifyIpRanges: true,
    services: virtualRouter(["UserData", "Dhcp", "Dns"]),
  }),
  offering(
    "DefaultIsolatedNetworkOfferingWithSourceNatService",
    "Offering for Isolated networks with Source Nat service enabled",
    { guestType: "Isolated", availability: "Required", services: virtualRouter(isolatedServices) },
  ),
  offering("DefaultIsolatedNetworkOffering", "Offering for Isolated networks with no Source Nat service", {
    guestType: "Isolated",
    specifyVlan: true,
    specifyIpRanges: true,
    services: virtualRouter(["UserData", "Dhcp", "Dns"]),
  }),
  offering(
    "DefaultIsolatedNetworkOfferingForVpcNetworks",
    "Offering for Isolated VPC networks with Source Nat service enabled",
    {
      guestType: "Isolated",
      // Since 4.19 (apache/cloudstack#8309, #11133), unlike that of its sibling.
      conserveMode: true,
      forVpc: true,
      services: vpcRouter(["SourceNat", "Vpn", ...tierServices, "Lb"]),
    },
  ),
  offering(
    "DefaultIsolatedNetworkOfferingForVpcNetworksNoLB",
    "Offering for Isolated VPC networks with Source Nat service enabled and LB service disabled",
    {
      guestType: "Isolated",
      conserveMode: false,
      forVpc: true,
      services: vpcRouter(["SourceNat", "Vpn", ...tierServices]),
    },
  ),
  offering("DefaultL2NetworkOffering", "Offering for L2 networks", { guestType: "L2" }),
  offering("DefaultL2NetworkOfferingVlan", "Offering for L2 networks VLAN", { guestType: "L2", specifyVlan: true }),
  offering("DefaultL2NetworkOfferingConfigDrive", "Offering for L2 networks with config drive user data", {
    guestType: "L2",
    services: [{ name: "UserData", providers: ["ConfigDrive"] }],
  }),
  offering("DefaultL2NetworkOfferingConfigDriveVlan", "Offering for L2 networks with config drive user data VLAN", {
    guestType: "L2",
    specifyVlan: true,
    services: [{ name: "UserData", providers: ["ConfigDrive"] }],
  }),
];
