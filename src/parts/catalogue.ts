import { compute, identity, network, storage } from "@pulumi/cloudstack";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { known } from "../kit/known.ts";
import { mibOfGib } from "../kit/units.ts";
import type { CataloguePlan } from "../plan/catalogue.ts";
import { shareKey } from "./gpu.ts";
import type { Site } from "./site.ts";

export interface CatalogueArgs {
  plan: CataloguePlan;
  site: Site;
}

type NetworkKind = keyof CataloguePlan["networkOfferings"];

const routerServices = ["Dhcp", "Dns", "UserData", "NetworkACL", "SourceNat", "StaticNat", "PortForwarding"];

/**
 * What a tenant's user may do: look, and run what there is. Not the built-in role: by that one a tenant could swap its
 * zone's list of rules for "allow all", and make networks and addresses that no flow table knows (P1.5).
 */
const tenantRules = [
  // Shows every tenant's devices and machines.
  { rule: "listGpuDevices", permission: "deny" },
  ...[
    "list*",
    "queryAsyncJobResult",
    "startVirtualMachine",
    "stopVirtualMachine",
    "rebootVirtualMachine",
    "createConsoleEndpoint",
  ].map((rule) => ({ rule, permission: "allow" })),
  { rule: "*", permission: "deny" },
];

/**
 * What machines and zones are made of.
 *
 * Creates: a service offering per size, with its share of GPU cards; a disk offering for data volumes; three network offerings, because
 * CloudStack allows public load balancing in one tier of a VPC and so the public tier needs its own; a role for tenants.
 * Takes: nothing.
 */
export class Catalogue extends ComponentResource {
  /** By size, e.g. `2c-8g`. */
  readonly sizeIds: Record<string, Output<string>>;
  readonly dataDiskId: Output<string>;
  readonly networkOfferingIds: Record<NetworkKind, Output<string>>;
  readonly tenantRoleId: Output<string>;

  constructor(name: string, { plan, site }: CatalogueArgs, opts?: ComponentResourceOptions) {
    super("strata:part:Catalogue", name, {}, opts);
    this.sizeIds = this.createSizes(plan, site);
    this.dataDiskId = this.createDataDisk(plan);
    this.networkOfferingIds = {
      publicTier: this.createTierOffering("public-tier", plan.networkOfferings.publicTier, [...routerServices, "Lb"]),
      tier: this.createTierOffering("tier", plan.networkOfferings.tier, routerServices),
      l2: this.createL2Offering(plan.networkOfferings.l2),
    };
    this.tenantRoleId = this.createTenantRole(plan);
    this.registerOutputs({});
  }

  private createSizes(
    { sizes, storageTag }: CataloguePlan,
    { cpuSpeedMhz, gpu }: Site,
  ): Record<string, Output<string>> {
    const ids = sizes.map(({ key, name, displayText, cpus, memoryGib, gpu: share, ha }) => {
      const size = { cpuNumber: cpus, cpuSpeedMhz, memoryMib: mibOfGib(memoryGib) };
      const part = share !== undefined &&
        gpu.kind === "offering" && {
          vgpuProfileId: known(gpu.profileIds, shareKey(share)),
          gpuCount: share.count,
        };
      const args = { name, displayText, ...size, ...part, offerHa: ha, ...tagged(storageTag) };
      return [key, new compute.ServiceOffering(key, args, { parent: this }).id] as const;
    });
    return Object.fromEntries(ids);
  }

  private createDataDisk({ dataDisk, storageTag }: CataloguePlan): Output<string> {
    const args = { name: dataDisk, displayText: "Data volume", customized: true, ...tagged(storageTag) };
    return new storage.DiskOffering("data-disk", args, { parent: this }).id;
  }

  private createTierOffering(key: string, name: string, services: readonly string[]): Output<string> {
    return new network.NetworkOffering(
      key,
      {
        name,
        displayText: name,
        guestIpType: "Isolated",
        forVpc: true,
        specifyVlan: true,
        conserveMode: false,
        services: Object.fromEntries(services.map((service) => [service, "VpcVirtualRouter"])),
      },
      { parent: this },
    ).id;
  }

  private createL2Offering(name: string): Output<string> {
    const args = { name, displayText: name, guestIpType: "L2", specifyVlan: true };
    return new network.NetworkOffering("l2", args, { parent: this }).id;
  }

  private createTenantRole({ tenantRole }: CataloguePlan): Output<string> {
    const args = { name: tenantRole, type: "User", permissions: tenantRules };
    return new identity.Role("tenant", args, { parent: this }).id;
  }
}

function tagged(storageTag: string | undefined) {
  return storageTag === undefined ? {} : { storageTags: [storageTag] };
}
