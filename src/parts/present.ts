import { gpu, infrastructure } from "@pulumi/cloudstack";
import type { Profile } from "../config/schema.ts";
import { physicalName, tenantName } from "../plan/names.ts";
import type { Holding } from "../plan/present.ts";
import { lookUp } from "./look-up.ts";

/**
 * The PCI devices that the stack's machines have on the server now, so that the plan leaves them where they are: another
 * device would stop the machine. Nobody is asked where no host names devices, or where the server gives them otherwise.
 */
export async function findPresent({ infrastructure: { hosts }, ...profile }: Profile): Promise<Holding[]> {
  if (!hosts.some(({ gpus }) => gpus.some(({ devices }) => devices.length > 0))) return [];
  const { parameters } = await lookUp(infrastructure.getApis({ commands: ["listVmDeviceAssignments"] }));
  if (parameters.listVmDeviceAssignments === undefined) return [];
  const ours = networksOf(profile);
  const { assignments } = await lookUp(gpu.getDeviceAssignments({ instanceNames: namesIn(profile) }));
  return assignments
    .filter(({ networkNames }) => networkNames.some((name) => ours.has(name)))
    .map(({ instanceName, hostName, busAddresses }) => ({ machine: instanceName, server: hostName, busAddresses }));
}

type Rest = Omit<Profile, "infrastructure">;

/** Names of the plan's networks: another platform on the same server may have machines of the same names. */
function networksOf({ platform, network, tenants }: Rest): Set<string> {
  const keys = [...network.zones.map(({ key }) => key), ...tenants.map(({ key }) => tenantName(key))];
  return new Set(keys.map((key) => physicalName("network", platform.name, key)));
}

/** Of this profile and, where machines carry others on, of those. */
function namesIn({ tenants, gate, sharedAi, edge }: Rest): string[] {
  const layers = [...tenants, ...[gate, sharedAi, edge].flatMap((layer) => layer ?? [])];
  const machines = layers.flatMap((layer): { name: string; formerly?: string | undefined }[] => layer.machines);
  return [...new Set(machines.flatMap(({ name, formerly }) => [name, ...(formerly === undefined ? [] : [formerly])]))];
}
