/** What networks, instances and volumes need around them, made once per test file through the provider. */
import { type Cloud, startCloud } from "../cloud.ts";
import type { Kept } from "../engine.ts";

export const VPC = "cloudstack:network:Vpc";
export const NETWORK = "cloudstack:network:Network";
export const OFFERING = "cloudstack:network:NetworkOffering";
export const ACL = "cloudstack:network:NetworkAclList";
export const INSTANCE = "cloudstack:compute:Instance";
export const VOLUME = "cloudstack:storage:Volume";

export interface Estate extends Cloud {
  zoneId: string;
  templateId: string;
  /** Service offerings of two sizes, and a disk offering that leaves the size open. */
  smallId: string;
  largeId: string;
  diskOfferingId: string;
  vpc: Kept;
  /** A tier with the next free address range and VLAN id. */
  tier(more?: Record<string, string>): Promise<Kept>;
  /** Inputs of an instance on these networks. */
  instanceOn(
    name: string,
    ...networks: (Kept | { networkId: string; ipAddress?: string })[]
  ): Record<string, unknown> & {
    name: string;
  };
}

const tierServices = ["Dhcp", "Dns", "UserData", "NetworkACL", "SourceNat", "StaticNat", "PortForwarding"];

export async function startEstate(...options: Parameters<typeof startCloud>): Promise<Estate> {
  const cloud = await startCloud(...options);
  const { engine } = cloud;
  const idOf = async (command: string, more: Record<string, string> = {}) =>
    String((await cloud.rows(command, more))[0]?.id);
  const zoneId = await idOf("listZones");
  const size = { cpuSpeedMhz: 500, offerHa: true };
  const small = await engine.create("cloudstack:compute:ServiceOffering", {
    ...size,
    name: "small",
    cpuNumber: 1,
    memoryMib: 512,
  });
  const large = await engine.create("cloudstack:compute:ServiceOffering", {
    ...size,
    name: "large",
    cpuNumber: 2,
    memoryMib: 1024,
  });
  const disk = await engine.create("cloudstack:storage:DiskOffering", { name: "any size", customized: true });
  const offering = await engine.create(OFFERING, {
    name: "tier",
    guestIpType: "Isolated",
    forVpc: true,
    specifyVlan: true,
    conserveMode: false,
    services: Object.fromEntries([...tierServices, "Lb"].map((service) => [service, "VpcVirtualRouter"])),
  });
  const vpc = await engine.create(VPC, {
    name: "vpc",
    cidr: "10.0.0.0/16",
    zoneId,
    vpcOfferingId: await idOf("listVPCOfferings", { name: "Default VPC offering" }),
  });
  const templateId = await idOf("listTemplates", { templatefilter: "all" });
  let count = 0;
  return {
    ...cloud,
    zoneId,
    templateId,
    smallId: small.id,
    largeId: large.id,
    diskOfferingId: disk.id,
    vpc,
    tier(more = {}) {
      const n = ++count;
      return engine.create(NETWORK, {
        name: `tier${n}`,
        networkOfferingId: offering.id,
        zoneId,
        vpcId: vpc.id,
        gateway: `10.0.${n}.1`,
        netmask: "255.255.255.0",
        vlan: 100 + n,
        ...more,
      });
    },
    instanceOn(name, ...networks) {
      const nics = networks.map((network) => ("networkId" in network ? network : { networkId: network.id }));
      return { name, zoneId, serviceOfferingId: small.id, templateId, nics };
    },
  };
}
