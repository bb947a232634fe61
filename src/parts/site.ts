import { compute, infrastructure, network } from "@pulumi/cloudstack";
import type { Plan } from "../plan/plan.ts";
import { lookUp } from "./look-up.ts";

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
}

/**
 * Finds what the profile's `infrastructure` names, before anything is registered.
 * @throws RunError when something is not there, or the server cannot be reached
 */
export async function findSite({
  zone,
  template,
  vpcOffering,
  hypervisor,
  cpuSpeedMhz,
  physicalNetworkId,
}: Plan["infrastructure"]): Promise<Site> {
  const { id: zoneId } = await lookUp(infrastructure.getZone({ name: zone }));
  const [{ id: templateId, sizeGib }, { id: vpcOfferingId }] = await Promise.all([
    lookUp(compute.getTemplate({ name: template, zoneId })),
    lookUp(network.getVpcOffering({ name: vpcOffering })),
  ]);
  return {
    zoneId,
    templateId,
    vpcOfferingId,
    hypervisor,
    cpuSpeedMhz,
    ...(sizeGib !== undefined && { templateGib: sizeGib }),
    ...(physicalNetworkId !== undefined && { physicalNetworkId }),
  };
}
