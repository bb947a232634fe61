import { gpu, infrastructure, management } from "@pulumi/cloudstack";
import { RunError } from "@pulumi/pulumi";
import { type Mistake, MistakesError } from "../kit/errors.ts";
import type { GpuShare } from "../plan/gpu-share.ts";
import type { MachinePlan } from "../plan/machines.ts";
import { lookUp } from "./look-up.ts";

/**
 * How this server gives shares of cards to machines, told by what it offers and never by a version:
 * `offering` = CloudStack's GPU API, the share is part of the machine's size (ids of profiles by {@link shareKey});
 * `hostDevices` = Mold without that API, PCI devices are attached to the machine (ids of hosts by their names);
 * `none` = the plan asks for nothing.
 */
export type GpuBackend =
  | { kind: "none" }
  | { kind: "hostDevices"; hostIds: Ids }
  | { kind: "offering"; profileIds: Ids };
type Ids = Readonly<Record<string, string>>;

/** Which ways of giving cards to machines the server offers to these keys. */
export interface GpuOffers {
  /** The GPU API: shares in offerings, limits and capacity that count GPUs. */
  gpuApi: boolean;
  hostDevices: boolean;
}

export async function findGpuOffers(): Promise<GpuOffers> {
  const commands = ["createServiceOffering", "updateHostDevices"];
  const { parameters } = await lookUp(infrastructure.getApis({ commands }));
  return {
    gpuApi: parameters.createServiceOffering?.includes("vgpuprofileid") ?? false,
    hostDevices: parameters.updateHostDevices !== undefined,
  };
}

/** What tells two kinds of share apart for the server. */
export function shareKey({ vendorId, deviceId, profile }: GpuShare): string {
  return `${vendorId}:${deviceId} ${profile}`;
}

/**
 * Finds the profiles that the plan's shares are made of. Hosts report their cards and slices to the server by themselves,
 * so what is not there cannot be made from here.
 * @throws RunError that says what the server has instead
 */
export async function findGpu(machines: readonly MachinePlan[], offers: GpuOffers): Promise<GpuBackend> {
  const shares = machines.flatMap(({ gpu: share }) => share ?? []);
  if (shares.length === 0) return { kind: "none" };
  if (offers.gpuApi) return { kind: "offering", profileIds: await findProfiles(shares) };
  if (offers.hostDevices) {
    const servers = new Set(machines.flatMap(({ server }) => server ?? []));
    return { kind: "hostDevices", hostIds: await findHosts(shares, servers) };
  }
  const mistake = {
    path: "GPU",
    rule: "the server offers the GPU API (CloudStack 4.21 and later) or host devices (Mold) to these keys",
    remedy: "use the keys of a root administrator, or update the server",
  };
  throw new RunError(new MistakesError("The server for this profile", [mistake]).message);
}

async function findProfiles(shares: readonly GpuShare[]): Promise<Ids> {
  const kinds = new Map(shares.map((share) => [shareKey(share), share]));
  const ids = [...kinds].map(async ([key, { profile, vendorId, deviceId }]) => {
    const { id } = await lookUp(gpu.getVgpuProfile({ name: profile, vendorId, deviceId }));
    return [key, id] as const;
  });
  return Object.fromEntries(await Promise.all(ids));
}

async function findHosts(shares: readonly GpuShare[], servers: ReadonlySet<string>): Promise<Ids> {
  const { hosts } = await lookUp(infrastructure.getHosts({}));
  const ids = Object.fromEntries(hosts.map(({ name, id }) => [name, id]));
  const strangers = [...servers].filter((server) => ids[server] === undefined);
  const rule = `a host of the server: ${Object.keys(ids).join(", ")}`;
  const mistakes = [
    ...(await refusesDevices()),
    ...unnamedDevices(shares),
    ...strangers.map((value) => ({ path: "infrastructure.hosts", value, rule })),
  ];
  if (mistakes.length > 0) throw new RunError(new MistakesError("The server for this profile", mistakes).message);
  return ids;
}

/** All in one: the hosts of a site name their devices, or they do not. */
function unnamedDevices(shares: readonly GpuShare[]): Mistake[] {
  const without = shares.filter(({ devices, count }) => (devices?.busAddresses.length ?? 0) < count);
  if (without.length === 0) return [];
  const kinds = Map.groupBy(without, ({ model, profile }) => `${profile} of ${model}`);
  const counts = [...kinds].map(([kind, some]) => `${some.reduce((sum, { count }) => sum + count, 0)} × ${kind}`);
  const rule = `this server attaches PCI devices, so the hosts name those of ${counts.join(" and ")}`;
  const remedy =
    "give the hosts a count of 1, their names on the server and their cards' devices, with the slices or MIG instances of those cards that are cut up";
  return [{ path: "infrastructure.hosts", rule, remedy }];
}

/** Looked at, not set: it lets everybody who may change a machine add to what its hypervisor is told. */
async function refusesDevices(): Promise<Mistake[]> {
  const name = "enable.additional.vm.configuration";
  const { value } = await lookUp(management.getSetting({ name }));
  if (value === "true") return [];
  const rule = "true: on this server a machine gets its devices by extra configuration";
  return [{ path: `setting ${name}`, value, rule, remedy: `set ${name} to true (updateConfiguration)` }];
}
