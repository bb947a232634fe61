import { compute, infrastructure, network } from "@pulumi/cloudstack";
import type { Output } from "@pulumi/pulumi";
import type { Plan } from "../plan/plan.ts";

/** What the CloudStack zone brings along, by id. Looked up, never created. */
export interface Site {
  zoneId: Output<string>;
  templateId: Output<string>;
  vpcOfferingId: Output<string>;
  hypervisor: string;
  cpuSpeedMhz: number;
  physicalNetworkId?: string;
}

/** Finds what the profile's `infrastructure` names. */
export function findSite({
  zone,
  template,
  vpcOffering,
  hypervisor,
  cpuSpeedMhz,
  physicalNetworkId,
}: Plan["infrastructure"]): Site {
  const zoneId = infrastructure.getZoneOutput({ name: zone }).id;
  return {
    zoneId,
    templateId: compute.getTemplateOutput({ name: template, zoneId }).id,
    vpcOfferingId: network.getVpcOfferingOutput({ name: vpcOffering }).id,
    hypervisor,
    cpuSpeedMhz,
    ...(physicalNetworkId !== undefined && { physicalNetworkId }),
  };
}
