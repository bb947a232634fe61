import type { Cluster, PhysicalNetwork, Pod, Zone } from "../models/infrastructure.ts";
import { stableUuid } from "../models/random.ts";
import type { Tables } from "../models/tables.ts";
import { type Call, type Command, type JsonObject, listing } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { gpuUseFields } from "./gpu-fields.ts";
import { boolean, listParameters, map, ref, text } from "./parameters.ts";

/** Id and name of a zone as most answers show them. */
export function zoneFields(tables: Tables, zoneId: number) {
  const zone = tables.zones.need(zoneId);
  return { zoneid: zone.uuid, zonename: zone.name };
}

export function podFields(tables: Tables, podId: number) {
  const pod = tables.pods.need(podId);
  return { podid: pod.uuid, podname: pod.name };
}

function renderZone(zone: Zone, { world, tables }: Call): JsonObject {
  return {
    id: zone.uuid,
    name: zone.name,
    dns1: zone.dns1,
    internaldns1: zone.internalDns1,
    guestcidraddress: zone.guestCidr,
    domain: zone.networkDomain,
    networktype: "Advanced",
    securitygroupsenabled: false,
    ...gpuUseFields(world, tables.hosts.where("zoneId", zone.id)),
    allocationstate: "Enabled",
    zonetoken: stableUuid(`token/${zone.uuid}`),
    dhcpprovider: "VirtualRouter",
    localstorageenabled: false,
    tags: [],
    allowuserspecifyvrmtu: false,
    routerprivateinterfacemaxmtu: 1500,
    routerpublicinterfacemaxmtu: 1500,
    type: "Core",
    isnsxenabled: false,
    ismultiarch: false,
    asnrange: "",
    routedmodeenabled: true,
    hasannotations: false,
  };
}

const listZones = listing({
  name: "listZones",
  audience: "user",
  parameters: { ...listParameters, id: ref("zones"), name: text, available: boolean, networktype: text, tags: map },
  reply: "zone",
  rows: ({ tables, args }) =>
    tables.zones.filter(
      (zone) =>
        fits(zone, { id: args.id?.id, name: args.name }) &&
        (args.networktype ?? "Advanced") === "Advanced" &&
        args.tags === undefined &&
        mentions(args.keyword, zone.name),
    ),
  render: renderZone,
});

const listPods = listing({
  name: "listPods",
  audience: "root-admin",
  parameters: { ...listParameters, id: ref("pods"), name: text, zoneid: ref("zones"), allocationstate: text },
  reply: "pod",
  rows: ({ tables, args }) =>
    tables.pods.filter(
      (pod) =>
        fits(pod, { id: args.id?.id, name: args.name, zoneId: args.zoneid?.id }) &&
        (args.allocationstate ?? "Enabled") === "Enabled" &&
        mentions(args.keyword, pod.name),
    ),
  render: (pod: Pod, { tables }) => ({
    id: pod.uuid,
    name: pod.name,
    ...zoneFields(tables, pod.zoneId),
    gateway: pod.gateway,
    netmask: pod.netmask,
    startip: [pod.startIp],
    endip: [pod.endIp],
    forsystemvms: ["0"],
    vlanid: ["vlan://untagged"],
    allocationstate: "Enabled",
    hasannotations: false,
  }),
});

const listClusters = listing({
  name: "listClusters",
  audience: "root-admin",
  parameters: {
    ...listParameters,
    id: ref("clusters"),
    name: text,
    zoneid: ref("zones"),
    podid: ref("pods"),
    hypervisor: text,
    allocationstate: text,
  },
  reply: "cluster",
  rows: ({ tables, args }) =>
    tables.clusters.filter(
      (cluster) =>
        fits(cluster, { id: args.id?.id, name: args.name, zoneId: args.zoneid?.id, podId: args.podid?.id }) &&
        (args.hypervisor ?? cluster.hypervisor).toLowerCase() === cluster.hypervisor.toLowerCase() &&
        (args.allocationstate ?? "Enabled") === "Enabled" &&
        mentions(args.keyword, cluster.name),
    ),
  render: (cluster: Cluster, { tables }) => ({
    id: cluster.uuid,
    name: cluster.name,
    ...podFields(tables, cluster.podId),
    ...zoneFields(tables, cluster.zoneId),
    hypervisortype: cluster.hypervisor,
    clustertype: "CloudManaged",
    allocationstate: "Enabled",
    managedstate: "Managed",
    cpuovercommitratio: cluster.cpuOvercommit.toFixed(1),
    memoryovercommitratio: cluster.memoryOvercommit.toFixed(1),
    arch: "x86_64",
    hasannotations: false,
  }),
});

const listPhysicalNetworks = listing({
  name: "listPhysicalNetworks",
  audience: "root-admin",
  parameters: { ...listParameters, id: ref("physicalNetworks"), name: text, zoneid: ref("zones") },
  reply: "physicalnetwork",
  rows: ({ tables, args }) =>
    tables.physicalNetworks.filter(
      (network) =>
        fits(network, { id: args.id?.id, name: args.name, zoneId: args.zoneid?.id }) &&
        mentions(args.keyword, network.name),
    ),
  render: (network: PhysicalNetwork, { tables }) => ({
    id: network.uuid,
    name: network.name,
    broadcastdomainrange: "ZONE",
    ...zoneFields(tables, network.zoneId),
    state: "Enabled",
    vlan: network.vlans,
    isolationmethods: "VLAN",
  }),
});

const listHypervisors = listing({
  name: "listHypervisors",
  audience: "user",
  parameters: { zoneid: ref("zones") },
  reply: "hypervisor",
  rows: ({ tables, args }) => [
    ...new Set(tables.clusters.filter((one) => fits(one, { zoneId: args.zoneid?.id })).map((one) => one.hypervisor)),
  ],
  render: (name) => ({ name }),
});

export const zoneCommands: readonly Command[] = [
  listZones,
  listPods,
  listClusters,
  listPhysicalNetworks,
  listHypervisors,
];
