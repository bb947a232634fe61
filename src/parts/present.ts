import { gpu, infrastructure } from "@pulumi/cloudstack";
import type { DeviceQuestion, Holding } from "../plan/present.ts";
import { lookUp } from "./look-up.ts";

/**
 * The PCI devices that the stack's machines have on the server now, so that the plan leaves them where they are: another
 * device would stop the machine. Nobody is asked where the server gives cards otherwise.
 */
export async function findPresent(question: DeviceQuestion | undefined): Promise<Holding[]> {
  if (question === undefined) return [];
  const { parameters } = await lookUp(infrastructure.getApis({ commands: ["listVmDeviceAssignments"] }));
  if (parameters.listVmDeviceAssignments === undefined) return [];
  const { assignments } = await lookUp(gpu.getDeviceAssignments({ instanceNames: [...question.machines] }));
  return assignments
    .filter(({ networkNames }) => networkNames.some((name) => question.networks.has(name)))
    .map(({ instanceName, hostName, busAddresses }) => ({ machine: instanceName, server: hostName, busAddresses }));
}
