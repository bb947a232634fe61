import { configureHa, enableHa, type HostHa, haProviders, haStateOf, hostHaOf } from "../models/host-ha.ts";
import type { Cluster, Host } from "../models/infrastructure.ts";
import type { World } from "../models/world.ts";
import { async, type Call, type Command, type JobShape, type JsonObject, listing, success } from "./command.ts";
import { ref, required, text } from "./parameters.ts";

/** What `listHosts` shows of a host's HA. */
export function hostHaFields(world: World, host: Host): JsonObject {
  const config = hostHaOf(world, host);
  return {
    haenable: config?.enabled ?? false,
    hastate: haStateOf(world, host),
    haprovider: config?.provider,
  };
}

const haJob = (name: string): JobShape => ({ className: `admin.ha.${name}Cmd`, instance: "Host" });
const hostQueue = (host: Host): readonly string[] => [`host:${host.id}`];
const hostParameter = { hostid: required(ref("hosts")) };

const configureHAForHost = async({
  name: "configureHAForHost",
  audience: "root-admin",
  parameters: { ...hostParameter, provider: required(text) },
  reply: "hostha",
  job: haJob("ConfigureHAForHost"),
  target: ({ args }) => args.hostid,
  queues: hostQueue,
  finish(host, { world, args }) {
    const { provider } = configureHa(world, host, args.provider);
    return { hostid: host.uuid, haprovider: provider, status: true };
  },
});

/** Enabling and disabling for one host differ in one word. */
function switchForHost(name: "enableHAForHost" | "disableHAForHost", enabled: boolean): Command {
  return async({
    name,
    audience: "root-admin",
    parameters: hostParameter,
    reply: "hostha",
    job: haJob(enabled ? "EnableHAForHost" : "DisableHAForHost"),
    target: ({ args }: Call<typeof hostParameter>) => args.hostid,
    queues: hostQueue,
    finish(host, { world }) {
      enableHa(world, host, enabled);
      return { hostid: host.uuid, haenable: enabled, status: true };
    },
  });
}

const clusterParameter = { clusterid: required(ref("clusters")) };

function switchForCluster(name: "enableHAForCluster" | "disableHAForCluster", enabled: boolean): Command {
  return async({
    name,
    audience: "root-admin",
    parameters: clusterParameter,
    job: { ...haJob(enabled ? "EnableHAForCluster" : "DisableHAForCluster"), instance: "Cluster" },
    target: ({ args }: Call<typeof clusterParameter>) => args.clusterid,
    queues: (cluster: Cluster) => [`cluster:${cluster.id}`],
    finish(cluster, { tables }) {
      tables.clusters.update(cluster, { haDisabled: enabled ? undefined : true });
      return success;
    },
  });
}

const listHostHAResources = listing({
  name: "listHostHAResources",
  audience: "root-admin",
  parameters: { hostid: ref("hosts") },
  reply: "hostha",
  rows: ({ tables, args }) => tables.hostHa.filter((one) => args.hostid === undefined || one.hostId === args.hostid.id),
  render: (config: HostHa, { tables, world }) => {
    const host = tables.hosts.need(config.hostId);
    return { hostid: host.uuid, ...hostHaFields(world, host) };
  },
});

const listHostHAProviders = listing({
  name: "listHostHAProviders",
  audience: "root-admin",
  parameters: { hypervisor: required(text) },
  reply: "haprovider",
  rows: ({ args }) =>
    Object.values(haProviders).filter((one) => one.hypervisor.toLowerCase() === args.hypervisor.toLowerCase()),
  render: ({ name }) => ({ haprovider: name }),
});

export const hostHaCommands: readonly Command[] = [
  configureHAForHost,
  switchForHost("enableHAForHost", true),
  switchForHost("disableHAForHost", false),
  switchForCluster("enableHAForCluster", true),
  switchForCluster("disableHAForCluster", false),
  listHostHAResources,
  listHostHAProviders,
];
