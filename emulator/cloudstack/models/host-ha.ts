/** Host HA as far as switching it on goes: what is configured, and the state that follows from it. */
import { failBare } from "./errors.ts";
import type { Host } from "./infrastructure.ts";
import type { Row } from "./table.ts";
import type { World } from "./world.ts";

/** Who watches a host and restarts it. */
export interface HostHa extends Row {
  readonly hostId: number;
  readonly provider: string;
  readonly enabled: boolean;
}

/** How the service processor of a host is reached; its password is not kept. */
export interface OutOfBand extends Row {
  readonly hostId: number;
  readonly driver: string;
  readonly address: string;
  readonly port: string;
  readonly username: string;
  readonly enabled: boolean;
}

/** A state of the real server's machine (`HAConfig.HAState`); those between a failure and the fence are passed over. */
export type HaState = "Disabled" | "Ineligible" | "Available" | "Fenced";

export const haProviders: Readonly<Record<string, { readonly name: string; readonly hypervisor: string }>> = {
  kvmhaprovider: { name: "KVMHAProvider", hypervisor: "KVM" },
  simulatorhaprovider: { name: "SimulatorHAProvider", hypervisor: "Simulator" },
};

export const outOfBandDrivers: readonly string[] = ["ipmitool", "redfish", "nestedcloudstack"];

export function hostHaOf({ tables }: Pick<World, "tables">, host: Host): HostHa | undefined {
  return tables.hostHa.where("hostId", host.id)[0];
}

export function outOfBandOf({ tables }: Pick<World, "tables">, host: Host): OutOfBand | undefined {
  return tables.outOfBand.where("hostId", host.id)[0];
}

/** Chooses who watches a host. @throws {ApiError} 431 or 530 (`HAManagerImpl.configureHA`) */
export function configureHa(world: World, host: Host, provider: string): HostHa {
  const { tables } = world;
  const key = provider.toLowerCase();
  const known = Object.hasOwn(haProviders, key) ? haProviders[key] : undefined;
  if (known === undefined) throw failBare(530, `Given HA provider [${provider}] does not exist.`);
  const { hypervisor } = tables.clusters.need(host.clusterId);
  if (known.hypervisor !== hypervisor) {
    throw failBare(
      431,
      `Incompatible haprovider provided [${known.hypervisor}] for the resource [${host.uuid}] of hypervisor type: [${hypervisor}].`,
    );
  }
  const config = hostHaOf(world, host);
  if (config) return tables.hostHa.update(config, { provider: key });
  return tables.hostHa.insert({ hostId: host.id, provider: key, enabled: false });
}

/** @throws {ApiError} 431 when nobody is chosen to watch the host */
export function enableHa(world: World, host: Host, enabled: boolean): HostHa {
  const config = hostHaOf(world, host);
  if (!config) {
    throw failBare(431, `HAProvider is not provided for the resource [${host.id}], failing configuration.`);
  }
  return world.tables.hostHa.update(config, { enabled });
}

/**
 * A host is watched when this is enabled for it and its cluster, when it can be switched off, and when a neighbour can look
 * after it (`KVMHAProvider.isEligible`).
 */
export function haStateOf(world: World, host: Host): HaState {
  const config = hostHaOf(world, host);
  const { tables } = world;
  if (!config?.enabled || tables.clusters.need(host.clusterId).haDisabled) return "Disabled";
  const neighbours = tables.hosts.where("clusterId", host.clusterId).length - 1;
  const isReachable = isOutOfBandEnabled(world, host) || config.provider !== "kvmhaprovider";
  if (!isReachable || neighbours < 1) return "Ineligible";
  return host.state === "Up" ? "Available" : "Fenced";
}

export function isOutOfBandEnabled(world: World, host: Host): boolean {
  const { outOfBandDisabled } = world.tables.clusters.need(host.clusterId);
  return outOfBandOf(world, host)?.enabled === true && outOfBandDisabled !== true;
}

/** What the service processor says of the host's power. */
export function powerStateOf(world: World, host: Host): "On" | "Off" | "Disabled" {
  if (!isOutOfBandEnabled(world, host)) return "Disabled";
  return host.state === "Up" ? "On" : "Off";
}
