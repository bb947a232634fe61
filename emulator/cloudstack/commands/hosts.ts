import { formatDate } from "../models/clock.ts";
import type { Host } from "../models/infrastructure.ts";
import { useOf } from "../models/rooms.ts";
import { type Call, type Command, type JsonObject, listing, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { gpuGroupFields, gpuUseFields } from "./gpu-fields.ts";
import { hostHaFields } from "./host-ha.ts";
import { managementServer } from "./management.ts";
import { percent } from "./numbers.ts";
import { outOfBandFields } from "./out-of-band.ts";
import { list, listParameters, ref, required, text } from "./parameters.ts";
import { podFields, zoneFields } from "./zones.ts";

const mib = 2 ** 20;

function render(host: Host, call: Call): JsonObject {
  const { tables, world } = call;
  const cluster = tables.clusters.need(host.clusterId);
  const tags = host.tags.join(",");
  return {
    id: host.uuid,
    name: host.name,
    state: host.state,
    type: "Routing",
    ipaddress: host.ip,
    ...zoneFields(tables, host.zoneId),
    ...podFields(tables, host.podId),
    version: managementServer.version,
    hypervisor: cluster.hypervisor,
    ...loadFields(host, call),
    capabilities: "hvm",
    // The real server reads seconds as milliseconds here.
    lastpinged: formatDate(Math.floor(world.clock.now() / 1000)),
    managementserverid: managementServer.id,
    managementservername: managementServer.name,
    clusterid: cluster.uuid,
    clustername: cluster.name,
    clustertype: "CloudManaged",
    islocalstorageactive: false,
    created: formatDate(host.created),
    events:
      "ManagementServerDown; ShutdownRequested; PingTimeout; Ping; StartAgentRebalance; Remove; AgentDisconnected; AgentConnected; HostDown",
    hostha: hostHaFields(world, host),
    outofbandmanagement: outOfBandFields(world, host),
    resourcestate: "Enabled",
    hypervisorversion: host.hypervisorVersion ?? managementServer.version,
    ...(tags === "" ? {} : { hosttags: tags, explicithosttags: tags }),
    hahost: false,
    ueficapability: false,
    arch: host.arch ?? "x86_64",
    hasannotations: false,
  };
}

/** What the host has and what is allocated of it. */
function loadFields(host: Host, { tables, world }: Call): JsonObject {
  const cluster = tables.clusters.need(host.clusterId);
  const use = useOf(world, host);
  const mhz = host.cores * host.cpuSpeedMhz * cluster.cpuOvercommit;
  const memory = host.memoryBytes * cluster.memoryOvercommit;
  const usedMemory = use.memoryMib * mib;
  const cpu = `${percent(use.mhz, mhz)}%`;
  return {
    cpunumber: host.cores,
    cpuspeed: host.cpuSpeedMhz,
    cpuallocated: cpu,
    cpuallocatedvalue: use.mhz,
    cpuallocatedpercentage: cpu,
    cpuallocatedwithoverprovisioning: cpu,
    cpuused: "0%",
    cpuwithoverprovisioning: String(mhz),
    cpuloadaverage: 0,
    networkkbsread: 32768,
    networkkbswrite: 16384,
    memorytotal: memory,
    memorywithoverprovisioning: String(memory),
    memoryallocated: usedMemory,
    memoryallocatedpercentage: `${percent(usedMemory, memory)}%`,
    memoryallocatedbytes: usedMemory,
    memoryused: 0,
    ...gpuUseFields(world, [host]),
    ...gpuGroupFields(world, host),
  };
}

const listHosts = listing({
  name: "listHosts",
  audience: "root-admin",
  parameters: {
    ...listParameters,
    id: ref("hosts"),
    name: text,
    type: text,
    state: text,
    resourcestate: text,
    zoneid: ref("zones"),
    podid: ref("pods"),
    clusterid: ref("clusters"),
    hypervisor: text,
    details: list,
  },
  reply: "host",
  rows: ({ tables, args }) => {
    const places = { zoneId: args.zoneid?.id, podId: args.podid?.id, clusterId: args.clusterid?.id };
    const isRouting =
      (args.type ?? "Routing").toLowerCase() === "routing" && (args.resourcestate ?? "Enabled") === "Enabled";
    return tables.hosts
      .only(args.id)
      .filter(
        (host) =>
          isRouting &&
          fits(host, { id: args.id?.id, name: args.name, state: args.state, ...places }) &&
          (args.hypervisor ?? tables.clusters.need(host.clusterId).hypervisor) ===
            tables.clusters.need(host.clusterId).hypervisor &&
          mentions(args.keyword, host.name),
      );
  },
  render,
});

const updateHost = sync({
  name: "updateHost",
  audience: "root-admin",
  parameters: { id: required(ref("hosts")), hosttags: list },
  reply: "host",
  run(call) {
    const { id: host, hosttags } = call.args;
    if (hosttags) call.tables.hosts.update(host, { tags: hosttags.filter((tag) => tag !== "") });
    return render(host, call);
  },
});

export const hostCommands: readonly Command[] = [listHosts, updateHost];
