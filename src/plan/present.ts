import type { Profile } from "../config/schema.ts";
import type { GpuShare } from "./gpu-share.ts";
import { physicalName, tenantName } from "./names.ts";
import type { Host, PreviousPlace } from "./placement/types.ts";

/** PCI devices that a machine has on the server as it is: who has them keeps them, as far as the profile lets it. */
export interface Holding extends NonNullable<GpuShare["devices"]> {
  /** Name of the machine on the server: perhaps that of an earlier profile. */
  machine: string;
}

/** Whose devices the server is asked for. */
export interface DeviceQuestion {
  /** Machines of this profile and, where they carry others on, of those. */
  machines: readonly string[];
  /** Names of the plan's networks: another platform on the same server may have machines of the same names. */
  networks: ReadonlySet<string>;
}

/** What to ask the server before it is planned; nothing where no host names devices. */
export function deviceQuestionOf(profile: Profile): DeviceQuestion | undefined {
  const { platform, network, tenants, infrastructure } = profile;
  if (!infrastructure.hosts.some(({ gpus }) => gpus.some(({ devices }) => devices.length > 0))) return undefined;
  const keys = [...network.zones.map(({ key }) => key), ...tenants.map(({ key }) => tenantName(key))];
  const layers = [...tenants, ...[profile.gate, profile.sharedAi, profile.edge].flatMap((layer) => layer ?? [])];
  const machines = layers.flatMap((layer): { name: string; formerly?: string | undefined }[] => layer.machines);
  return {
    machines: [
      ...new Set(machines.flatMap(({ name, formerly }) => (formerly === undefined ? name : [name, formerly]))),
    ],
    networks: new Set(keys.map((key) => physicalName("network", platform.name, key))),
  };
}

/** A device that the profile names, in the planner's words. */
interface Position {
  card: number;
  /** Which slot of a card in slices, or which first memory slice of a MIG instance; absent for the card itself. */
  at?: number;
}

/**
 * What machines hold, as places that the planner keeps. Devices that the profile does not name any more are nobody's.
 * @param hosts The profile's hosts in the planner's words.
 */
export function previousOf(
  { infrastructure }: Profile,
  hosts: readonly Host[],
  machines: readonly { name: string; formerly?: string | undefined }[],
  holdings: readonly Holding[],
): PreviousPlace[] {
  return machines.flatMap(({ name, formerly }): PreviousPlace[] => {
    const holding =
      holdings.find(({ machine }) => machine === name) ?? holdings.find(({ machine }) => machine === formerly);
    const host = infrastructure.hosts.find(({ server, count }) => count === 1 && server === holding?.server);
    const planned = hosts.find((one) => one.name === host?.name);
    if (holding === undefined || host === undefined || planned === undefined) return [];
    const positions = positionsOf(host, planned);
    const held = holding.busAddresses.flatMap((address) => positions.get(inFull(address)) ?? []);
    if (held.length === 0) return [];
    const slots = held.flatMap(({ card, at }) => (at === undefined ? [] : [{ card, at }]));
    const cards = [...new Set(held.map(({ card }) => card))];
    return [{ machine: name, host: host.name, cards, ...(slots.length > 0 && { slots }) }];
  });
}

/** Every device that the profile names of a host, by its address. */
function positionsOf({ gpus }: Profile["infrastructure"]["hosts"][number], { cards }: Host): Map<string, Position> {
  const devices = gpus.flatMap((gpu) => Array.from({ length: gpu.count }, (_, index) => gpu.devices[index]));
  const found = devices.flatMap((device, card): [string, Position][] => {
    if (device === undefined) return [];
    const carved = cards[card]?.carved;
    // Slots that nobody names come first, and are taken.
    const unnamed = carved?.mode === "vgpu" || carved?.mode === "timeSliced" ? (carved.taken ?? 0) : 0;
    const starts = carved?.mode === "mig" ? carved.instances.map(({ start }) => start) : [];
    return [
      [device.address, { card }],
      ...device.slices.map((address, slot): [string, Position] => [address, { card, at: unnamed + slot }]),
      ...device.instances.map(({ address }, index): [string, Position] => [address, { card, at: starts[index] ?? 0 }]),
    ];
  });
  return new Map(found.map(([address, position]) => [inFull(address), position]));
}

/** Profiles may leave the domain out. */
function inFull(address: string): string {
  return address.length > "00:00.0".length ? address : `0000:${address}`;
}

/** Machines that have devices and are to get others, for those who must know before it is done. */
export function redealt(
  machines: readonly { name: string; formerly?: string; gpu?: GpuShare }[],
  holdings: readonly Holding[],
): { machine: string; from: readonly string[]; to: readonly string[] }[] {
  return machines.flatMap(({ name, formerly, gpu }) => {
    const holding =
      holdings.find(({ machine }) => machine === name) ?? holdings.find(({ machine }) => machine === formerly);
    if (holding === undefined) return [];
    const from = holding.busAddresses.map(inFull).sort();
    const to = (gpu?.devices?.busAddresses ?? []).map(inFull).sort();
    const isKept = gpu?.devices?.server === holding.server && to.every((address) => from.includes(address));
    return isKept && to.length > 0 ? [] : [{ machine: name, from, to }];
  });
}
