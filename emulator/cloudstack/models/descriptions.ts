/** Things as CloudStack writes them into error texts. Spaces and quotes differ by class, as they do there. */
import type { Zone } from "./infrastructure.ts";
import type { Instance } from "./instance.ts";
import type { Network, PublicIp, Vpc } from "./network.ts";
import type { Volume } from "./volume.ts";

export function describeZone(zone: Zone): string {
  return `Zone {"id": "${zone.id}", "name": ${JSON.stringify(zone.name)}, "uuid": "${zone.uuid}"}`;
}

export function describeVpc(vpc: Vpc): string {
  return `VPC ${JSON.stringify({ id: vpc.id, name: vpc.name, uuid: vpc.uuid })}`;
}

export function describeNetwork(network: Network): string {
  const { id, name, uuid, offeringId } = network;
  return `Network {"id": ${id}, "name": ${JSON.stringify(name)}, "uuid": "${uuid}", "networkofferingid": ${offeringId}}`;
}

/** Fields by name, as in every recorded text whose things are told this way. */
export function describeAddress({ address, zoneId, id, uuid }: PublicIp): string {
  return `IPAddress ${JSON.stringify({ address, dataCenterId: zoneId, id, uuid })}`;
}

export function describeVolume({ name, uuid }: Volume): string {
  return JSON.stringify({ name, uuid });
}

export function describeInstance({ id, instanceName, state, uuid }: Instance): string {
  return `VM instance ${JSON.stringify({ id, instanceName, state, type: "User", uuid })}`;
}
