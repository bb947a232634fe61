import type { PlatformMachine, Profile, Tenant } from "../config/schema.ts";
import { type CataloguePlan, planCatalogue } from "./catalogue.ts";
import { publicApi } from "./flows.ts";
import { type GroupPlan, planGroups } from "./groups.ts";
import { type GuestsPlan, planGuests } from "./guests.ts";
import { type Ground, type MachinePlan, planMachines, type Surroundings } from "./machines.ts";
import { physicalName, tenantName } from "./names.ts";
import { type NetworkPlan, planNetwork } from "./network.ts";
import type { Holding } from "./present.ts";
import { planServer, type ServerPlan } from "./settings.ts";
import { type Placement, placeMachines, platformMachinesOf } from "./site.ts";
import { startOrder } from "./start-order.ts";
import { planStorage, type StoragePlan } from "./storage.ts";
import { type Tags, tagsOf } from "./tags.ts";
import { planTenant, type TenantPlan } from "./tenants.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** Every decision of a profile in plain values: what is created follows from this and from nothing else. */
export interface Plan {
  guests: GuestsPlan;
  /** True keeps data volumes from being destroyed. */
  protectData: boolean;
  network: NetworkPlan;
  catalogue: CataloguePlan;
  storage: StoragePlan;
  /** Who stands on which host and card; absent where the profile names no hosts. */
  placement?: Placement;
  /** Of the platform's own machines. */
  groups: readonly GroupPlan[];
  /** What the management server itself does otherwise. */
  server: ServerPlan;
  tenants: TenantPlan[];
  gate: LayerPlan;
  sharedAi: LayerPlan;
  edge: EdgePlan;
  infrastructure: Profile["infrastructure"];
  totals: Totals;
  /** Per layer and, in layer 1, per tenant. */
  totalsByLayer: Record<string, Totals>;
  /** The design document's own sums, where the profile gives them. */
  documentTotals?: Totals;
}

/** The platform's own part of one layer. */
export interface LayerPlan {
  machines: MachinePlan[];
  tags: Tags;
}

export interface EdgePlan extends LayerPlan {
  /** Where the world comes in: a port of the public address, and the machines that answer it in turn. */
  entrance: { name: string; zone: string; port: number; gateways: string[] };
}

/** Every machine, of tenants and of all layers. */
export function machinesOf({ tenants, gate, sharedAi, edge }: Plan): MachinePlan[] {
  return [...tenants, gate, sharedAi, edge].flatMap(({ machines }) => machines);
}

/**
 * Decides everything. The profile must have passed its checks; what they let through has a plan.
 * @param present PCI devices that machines already have on the server, where it is one that gives them (Mold).
 */
export function planProfile(profile: Profile, present: readonly Holding[] = []): Plan {
  const { platform, infrastructure, document } = profile;
  const { placement, homes } = placeMachines(profile, present);
  const { software } = profile.guests;
  const around = { homes, awaits: startOrder(profile), software, encryption: profile.storage.encryption };
  const layers = {
    gate: planLayer(profile, "gate", "quality-gate", around),
    sharedAi: planLayer(profile, "sharedAi", "shared-ai", around),
    edge: planEdge(profile, around),
  };
  const platformMachines = Object.values(layers).flatMap(({ machines }) => machines);
  const network = planNetwork(profile, platformMachines);
  const tenants = profile.tenants.map((tenant) => {
    const machines = planMachines(tenant.machines, () => tenantGrounds(tenant), around);
    return planTenant(profile, tenant, machines, network.landscape);
  });
  const machines = [...tenants.flatMap((tenant) => tenant.machines), ...platformMachines];
  const storage = planStorage(profile);
  return {
    guests: planGuests(profile, platformMachines, tenants, storage),
    protectData: platform.protectData,
    network,
    catalogue: planCatalogue(platform.name, machines, infrastructure.ceph?.rootTag),
    storage,
    server: planServer(profile),
    ...(placement && { placement }),
    groups: planGroups(platform.name, platformMachinesOf(profile), profile.placement),
    tenants,
    ...layers,
    infrastructure,
    totals: totalsOf(machines, placement),
    totalsByLayer: {
      ...Object.fromEntries(tenants.map((tenant) => [tenant.name, totalsOf(tenant.machines, placement)])),
      "quality gate": totalsOf(layers.gate.machines, placement),
      "shared AI": totalsOf(layers.sharedAi.machines, placement),
      "service edge": totalsOf(layers.edge.machines, placement),
    },
    ...(document && {
      documentTotals: {
        vms: document.vms,
        vcpus: document.vcpus,
        memoryGiB: document.memory,
        gpuCards: document.gpuCards,
      },
    }),
  };
}

function tenantGrounds({ key, cidr }: Tenant): Ground[] {
  return cidr === undefined ? [] : [{ key: tenantName(key), kind: "tier", cidr }];
}

function planLayer(
  { platform, network, ...layers }: Profile,
  layer: "gate" | "sharedAi" | "edge",
  tag: string,
  around: Surroundings,
): LayerPlan {
  const groundsOf = ({ zones }: PlatformMachine): Ground[] =>
    zones.flatMap((key) => network.zones.find((zone) => zone.key === key) ?? []);
  const machines = layers[layer]?.machines ?? [];
  return { machines: planMachines<PlatformMachine>(machines, groundsOf, around), tags: tagsOf(platform, tag) };
}

function planEdge(profile: Profile, around: Surroundings): EdgePlan {
  const layer = planLayer(profile, "edge", "service-edge", around);
  const zone = profile.network.zones.find(({ publicLoadBalancing }) => publicLoadBalancing);
  if (zone === undefined) throw new RangeError("no zone has publicLoadBalancing");
  const gateways = layer.machines.filter(({ roles }) => roles.includes("gateway")).map(({ name }) => name);
  return {
    ...layer,
    entrance: {
      name: physicalName("loadBalancer", profile.platform.name, "api"),
      zone: zone.key,
      port: publicApi.port,
      gateways,
    },
  };
}
