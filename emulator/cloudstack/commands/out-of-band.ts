import { fail, invalid } from "../models/errors.ts";
import { isOutOfBandEnabled, type OutOfBand, outOfBandDrivers, outOfBandOf, powerStateOf } from "../models/host-ha.ts";
import { setHostState } from "../models/hosts.ts";
import type { Cluster, Host } from "../models/infrastructure.ts";
import type { World } from "../models/world.ts";
import { async, type Call, type Command, type JobShape, type JsonObject, sync } from "./command.ts";
import { integer, ref, required, text } from "./parameters.ts";

/** What `listHosts` shows of a host's service processor: all but the password. */
export function outOfBandFields(world: World, host: Host): JsonObject {
  const config = outOfBandOf(world, host);
  const { driver, address, port, username } = config ?? {};
  return { powerstate: powerStateOf(world, host), enabled: config?.enabled ?? false, driver, address, port, username };
}

const hostParameter = { hostid: required(ref("hosts")) };
const clusterParameter = { clusterid: required(ref("clusters")) };
const hostQueue = (host: Host): readonly string[] => [`host:${host.id}`];

function outOfBandJob(name: string, instance = "Host"): JobShape {
  return { className: `admin.outofbandmanagement.${name}Cmd`, instance };
}

const configureOutOfBandManagement = sync({
  name: "configureOutOfBandManagement",
  audience: "root-admin",
  parameters: {
    ...hostParameter,
    driver: required(text),
    address: required(text),
    port: required(text),
    username: required(text),
    password: required(text),
  },
  reply: "outofbandmanagement",
  run({ world, tables, args }) {
    const { hostid: host, address, port, username } = args;
    const driver = args.driver.toLowerCase();
    if (!outOfBandDrivers.includes(driver)) {
      throw fail("runtime", "Out-of-band management driver is not available. Please provide a valid driver name.");
    }
    const config = outOfBandOf(world, host);
    if (config) tables.outOfBand.update(config, { driver, address, port, username });
    else tables.outOfBand.insert({ hostId: host.id, driver, address, port, username, enabled: false });
    const description = `Out-of-band management successfully configured for Host {"id":${host.id},"name":"${host.name}","type":"Routing","uuid":"${host.uuid}"}.`;
    return { hostid: host.uuid, ...outOfBandFields(world, host), description, status: true };
  },
});

function existing(world: World, host: Host): OutOfBand {
  const config = outOfBandOf(world, host);
  if (config) return config;
  throw fail(
    "runtime",
    "Out-of-band management is not configured for the host. Please configure the host before enabling/disabling it.",
  );
}

function switchForHost(verb: "enable" | "disable"): Command {
  const enabled = verb === "enable";
  return async({
    name: `${verb}OutOfBandManagementForHost`,
    audience: "root-admin",
    parameters: hostParameter,
    reply: "outofbandmanagement",
    job: outOfBandJob(`${enabled ? "Enable" : "Disable"}OutOfBandManagementForHost`),
    target: ({ args }: Call<typeof hostParameter>) => args.hostid,
    queues: hostQueue,
    finish(host, { world, tables }) {
      tables.outOfBand.update(existing(world, host), { enabled });
      return { hostid: host.uuid, enabled, status: true };
    },
  });
}

function switchForCluster(verb: "enable" | "disable"): Command {
  const enabled = verb === "enable";
  return async({
    name: `${verb}OutOfBandManagementForCluster`,
    audience: "root-admin",
    parameters: clusterParameter,
    reply: "outofbandmanagement",
    job: outOfBandJob(`${enabled ? "Enable" : "Disable"}OutOfBandManagementForCluster`, "Cluster"),
    target: ({ args }: Call<typeof clusterParameter>) => args.clusterid,
    queues: (cluster: Cluster) => [`cluster:${cluster.id}`],
    finish(cluster, { tables }) {
      tables.clusters.update(cluster, { outOfBandDisabled: enabled ? undefined : true });
      return { enabled, status: true };
    },
  });
}

/** What each action leaves the host in; a host that is off is down. */
const actions: Readonly<Record<string, Host["state"] | undefined>> = {
  STATUS: undefined,
  ON: "Up",
  OFF: "Down",
  SOFT: "Down",
  CYCLE: "Up",
  RESET: "Up",
};

const issueOutOfBandManagementPowerAction = async({
  name: "issueOutOfBandManagementPowerAction",
  audience: "root-admin",
  parameters: { ...hostParameter, action: required(text), timeout: integer },
  reply: "outofbandmanagement",
  job: outOfBandJob("IssueOutOfBandManagementPowerAction"),
  target: ({ args }) => args.hostid,
  queues: hostQueue,
  finish(host, { world, args }) {
    const action = args.action.toUpperCase();
    if (!Object.hasOwn(actions, action)) {
      throw invalid("Invalid out-of-band management power operation passed");
    }
    if (!isOutOfBandEnabled(world, host)) {
      throw fail("runtime", "Out-of-band management is disabled or not configured for the host. Aborting Operation.");
    }
    const state = actions[action];
    // Off and on again: what ran there is lost, as after a power cut.
    if (action === "CYCLE" || action === "RESET") setHostState(world, host, "Down");
    if (state !== undefined && state !== host.state) setHostState(world, host, state);
    return { hostid: host.uuid, action, ...outOfBandFields(world, host), status: true };
  },
});

export const outOfBandCommands: readonly Command[] = [
  configureOutOfBandManagement,
  switchForHost("enable"),
  switchForHost("disable"),
  switchForCluster("enable"),
  switchForCluster("disable"),
  issueOutOfBandManagementPowerAction,
];
