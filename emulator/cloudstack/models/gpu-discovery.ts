/** Turns what a host's agent reports of GPUs into cards, profiles and devices (`GpuServiceImpl.addGpuDevicesToHost`). */
import type { SeedGpu, SeedVgpu } from "../seed.ts";
import { type GpuCard, type GpuDevice, type VgpuProfile, wholeCard } from "./gpu.ts";
import { rememberGroups } from "./gpu-capacity.ts";
import { devicesOn, refreshParent } from "./gpu-devices.ts";
import type { Host } from "./infrastructure.ts";
import type { Instance } from "./instance.ts";
import { stableUuid } from "./random.ts";
import type { World } from "./world.ts";

/** One device as the agent reports it. */
interface Report {
  readonly busAddress: string;
  readonly type: GpuDevice["type"];
  readonly gpu: SeedGpu;
  readonly parentAddress?: string;
  readonly slice?: SeedVgpu;
}

/** Ids and time of what is found; absent: made up. */
type Fixed = (name: string) => { readonly uuid?: string; readonly created?: number };

/**
 * Brings the devices of a host in line with what it reports: new ones appear, with their cards and profiles; those that it does
 * not report go to Error, also ones that somebody registered; those that it reports again come back. Mold looks for none.
 */
export function discoverGpus(world: World, host: Host, fixed: Fixed = () => ({})): void {
  if (world.flavor === "mold") return;
  const known = new Map(devicesOn(world, host.id).map((device) => [device.busAddress, device]));
  for (const report of reportsOf(host)) {
    const device = known.get(report.busAddress);
    if (device === undefined) addDevice(world, host, report, fixed);
    else refreshDevice(world, device, report);
    known.delete(report.busAddress);
  }
  for (const device of known.values()) world.tables.gpuDevices.update(device, { state: "Error" });
  for (const { parentId } of devicesOn(world, host.id)) refreshParent(world, parentId);
  rememberGroups(world, host);
}

/** Lets a GPU of a host fail, or takes that back; its agent reports so at once. */
export function setGpuState(world: World, host: Host, address: string, state: "Up" | "Down"): void {
  const others = (host.failedGpus ?? []).filter((failed) => failed !== address);
  const failed = state === "Down" ? [...others, address] : others;
  world.tables.hosts.update(host, { failedGpus: failed.length > 0 ? failed : undefined });
  discoverGpus(world, host);
}

/** Mediated devices are reported after the card that they are on. */
function reportsOf(host: Host): Report[] {
  const there = (host.gpus ?? []).filter(({ address }) => !host.failedGpus?.includes(address));
  return there.flatMap((gpu) => [
    { busAddress: gpu.address, type: gpu.slices === undefined ? "PCI" : "VGPUOnly", gpu },
    ...(gpu.slices ?? [])
      .flatMap((slice) => Array.from({ length: slice.count }, () => slice))
      .map(
        (slice, index): Report => ({
          busAddress: stableUuid(`mdev/${host.uuid}/${gpu.address}/${index}`),
          type: "MDEV",
          gpu,
          parentAddress: gpu.address,
          slice,
        }),
      ),
  ]);
}

function addDevice(world: World, host: Host, report: Report, fixed: Fixed): void {
  const { busAddress, type, gpu } = report;
  const card = cardOf(world, gpu, fixed);
  world.tables.gpuDevices.insert({
    ...fixed(`gpu-device/${host.name}/${busAddress}`),
    hostId: host.id,
    busAddress,
    type,
    cardId: card.id,
    profileId: profileOf(world, card, report, fixed).id,
    ...parentOf(world, host.id, report),
    numaNode: String(gpu.numaNode),
    ...(gpu.pciRoot === undefined ? {} : { pciRoot: gpu.pciRoot }),
    state: "Free",
    managedState: "Managed",
  });
}

/** A device that is there: free, unless an instance has it. */
function refreshDevice(world: World, device: GpuDevice, report: Report): void {
  const holder = world.tables.instances.get(device.instanceId);
  const isHeld = holder !== undefined && holds(holder);
  world.tables.gpuDevices.update(device, {
    state: isHeld ? "Allocated" : "Free",
    instanceId: isHeld ? holder.id : undefined,
    ...(device.parentId === undefined ? parentOf(world, device.hostId, report) : {}),
    pciRoot: device.pciRoot ?? report.gpu.pciRoot,
  });
}

function holds({ removed, state }: Instance): boolean {
  return removed === undefined && state !== "Destroyed" && state !== "Expunging" && state !== "Error";
}

function parentOf(world: World, hostId: number, { parentAddress }: Report): { readonly parentId?: number } {
  const parent = devicesOn(world, hostId).find((one) => one.busAddress === parentAddress);
  return parent === undefined ? {} : { parentId: parent.id };
}

/** The card of this vendor and device, made when nobody has made it yet. */
function cardOf({ tables }: World, gpu: SeedGpu, fixed: Fixed): GpuCard {
  const { vendorId, vendorName, deviceId, deviceName } = gpu;
  const known = tables.gpuCards.where("vendorId", vendorId).find((card) => card.deviceId === deviceId);
  if (known !== undefined) return known;
  const name = `${vendorName} ${deviceName}`;
  const made = fixed(`gpu-card/${vendorId}/${deviceId}`);
  const card = tables.gpuCards.insert({ ...made, vendorId, vendorName, deviceId, deviceName, name });
  const naming = { ...fixed(`vgpu-profile/${card.uuid}/${wholeCard}`), name: wholeCard, description: wholeCard };
  tables.vgpuProfiles.insert({ ...naming, cardId: card.id, maxPerCard: 1, ...sizeOf(gpu) });
  return card;
}

function profileOf({ tables }: World, card: GpuCard, { slice }: Report, fixed: Fixed): VgpuProfile {
  const name = slice?.profile ?? wholeCard;
  const known = tables.vgpuProfiles.where("cardId", card.id).find((profile) => profile.name === name);
  if (known !== undefined) return known;
  const naming = { ...fixed(`vgpu-profile/${card.uuid}/${name}`), name, description: name };
  const size = slice === undefined ? { maxPerCard: 1 } : { maxPerCard: slice.maxPerCard, ...sizeOf(slice) };
  return tables.vgpuProfiles.insert({ ...naming, cardId: card.id, ...size });
}

function sizeOf({ memoryMib, maxHeads, maxResolution }: SeedGpu | SeedVgpu) {
  const screen = maxResolution && { maxResolutionX: maxResolution.x, maxResolutionY: maxResolution.y };
  return { videoRam: memoryMib, ...(maxHeads === undefined ? {} : { maxHeads }), ...screen };
}
