import { compute, infrastructure, network } from "@pulumi/cloudstack";
import { machinesOf, type Plan } from "../plan/plan.ts";
import { findGpu, findGpuOffers, type GpuBackend } from "./gpu.ts";
import { lookUp, lookUpAll } from "./look-up.ts";

/** What the CloudStack zone brings along, by id. Looked up, never created. */
export interface Site {
  zoneId: string;
  templateId: string;
  /** Size of the template's root disk, in GiB; absent where the server does not tell. */
  templateGib?: number;
  vpcOfferingId: string;
  hypervisor: string;
  cpuSpeedMhz: number;
  physicalNetworkId?: string;
  gpu: GpuBackend;
  /** Whether limits may name GPUs: a server without the GPU API knows no such kind, and refuses it. */
  limitsGpus: boolean;
}

/**
 * Finds what the profile's `infrastructure` names, before anything is registered.
 * @throws RunError when something is not there, or the server cannot be reached
 */
export async function findSite(plan: Plan): Promise<Site> {
  const { zone, template, vpcOffering, hypervisor, cpuSpeedMhz, physicalNetworkId } = plan.infrastructure;
  const [{ id: zoneId }, offers] = await Promise.all([
    lookUp(infrastructure.getZone({ name: zone }), at("zone", zone)),
    findGpuOffers(),
  ]);
  const [{ id: templateId, sizeGib }, { id: vpcOfferingId }, gpu] = await lookUpAll([
    lookUp(compute.getTemplate({ name: template, zoneId, hypervisor }), at("template", template)),
    lookUp(network.getVpcOffering({ name: vpcOffering }), at("vpcOffering", vpcOffering)),
    findGpu(machinesOf(plan), offers),
  ]);
  return {
    zoneId,
    templateId,
    vpcOfferingId,
    hypervisor,
    cpuSpeedMhz,
    ...(sizeGib !== undefined && { templateGib: sizeGib }),
    ...(physicalNetworkId !== undefined && { physicalNetworkId }),
    gpu,
    limitsGpus: offers.gpuApi,
  };
}

const at = (key: string, value: string) => ({ path: `infrastructure.${key}`, value });
