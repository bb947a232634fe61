import type { Context } from "../core/rule.ts";
import type { Subject } from "../core/subject.ts";
import type { Text } from "../core/text.ts";
import { Undecided, undecidedReason } from "../core/unknown.ts";
import type { World } from "../core/world.ts";
import { type Owner, ownerOf, platform } from "./owner.ts";
import { diskOfferingOf, shareOf, sizeOf } from "./sizes.ts";
import { type HostDevice, type Instance, type ResourceLimits, types, type Volume } from "./types.ts";

/** Kinds of limits that this program's tenants use up, in CloudStack's own counting: a root disk is a volume. */
export const countedKinds = ["instances", "volumes", "cpus", "memoryMib", "primaryStorageGib", "gpus"] as const;
export type Kind = (typeof countedKinds)[number] & keyof ResourceLimits["limits"];

/** What an owner's machines and volumes take; where a part is not known yet, what is known, and why not the rest. */
export class Demand {
  readonly #sums = new Map<string, number>();
  readonly #open = new Map<string, Text>();
  #allOpen: Text | undefined;

  add(kind: string, amount: number): void {
    this.#sums.set(kind, this.known(kind) + amount);
  }

  leaveOpen(kind: string, reason: Text): void {
    this.#open.set(kind, reason);
  }

  leaveAllOpen(reason: Text): void {
    this.#allOpen ??= reason;
  }

  /** At least so much. */
  known(kind: string): number {
    return this.#sums.get(kind) ?? 0;
  }

  /** Checks the sum against what it may be at most. More is still to come: what is known may be too much already. */
  exceeds(kind: string, limit: number): boolean {
    if (this.known(kind) > limit) return true;
    const reason = this.#open.get(kind) ?? this.#allOpen;
    if (reason !== undefined) throw new Undecided(reason);
    return false;
  }
}

/**
 * Demands by owner. Of what is nobody knows whose the rule is told by `part`; it leaves every owner's sum open, as it may
 * be anybody's, and what is too much without it is too much.
 */
export async function demandsIn(world: World, part: Context<unknown>["part"]): Promise<ReadonlyMap<Owner, Demand>> {
  const { byOwner, open } = await world.index(demands);
  for (const reason of open) {
    await part(() => {
      throw new Undecided(reason);
    });
  }
  return byOwner;
}

async function demands(world: World): Promise<{ byOwner: ReadonlyMap<Owner, Demand>; open: readonly Text[] }> {
  const byOwner = new Map<Owner, Demand>([[platform, new Demand()]]);
  const open: Text[] = [];
  const of = async (subject: Subject<unknown>) => {
    const owner = await ownerOf(subject, world);
    const demand = byOwner.get(owner) ?? new Demand();
    byOwner.set(owner, demand);
    return demand;
  };
  const add = async (each: () => Promise<void>) => {
    const reason = await reasonOf(each);
    if (reason !== undefined) open.push(reason);
  };
  for (const instance of world.ofType<Instance>(types.instance)) {
    await add(async () => addInstance(instance, await of(instance), world));
  }
  for (const volume of world.ofType<Volume>(types.volume)) {
    await add(async () => addVolume(volume, await of(volume), world));
  }
  for (const device of world.ofType<HostDevice>(types.hostDevice)) await add(() => addHostDevice(device, of, world));
  for (const demand of byOwner.values()) for (const reason of open) demand.leaveAllOpen(reason);
  return { byOwner, open };
}

async function addInstance(instance: Subject<Instance>, demand: Demand, world: World): Promise<void> {
  demand.add("instances", 1);
  demand.add("volumes", 1);
  await attempt(demand, ["cpus"], async () => demand.add("cpus", await cpusOf(instance, world)));
  await attempt(demand, ["memoryMib"], async () => demand.add("memoryMib", await memoryMibOf(instance, world)));
  await attempt(demand, ["primaryStorageGib"], async () => {
    const own = instance.props.rootDiskSizeGib ?? (await sizeOf(instance, world)).props.rootDiskSizeGib;
    if (own !== undefined) demand.add("primaryStorageGib", own);
    else throw new Undecided(templateDisk(instance.name));
  });
  await attempt(demand, ["gpus"], async () => {
    const { raw, props } = await sizeOf(instance, world);
    // Which profile need not be known for that.
    if (raw.vgpuProfileId !== undefined) demand.add("gpus", props.gpuCount ?? 1);
  });
  await attempt(demand, ["gpuMemoryGib"], async () => {
    const share = await shareOf(await sizeOf(instance, world), world);
    if (share !== undefined) demand.add("gpuMemoryGib", share.count * share.memoryGib());
  });
}

/** @throws Undecided */
export async function cpusOf(instance: Subject<Instance>, world: World): Promise<number> {
  const { props } = await sizeOf(instance, world);
  return sizeIn(instance, props.cpuNumber, "cpuNumber");
}

/** @throws Undecided */
export async function memoryMibOf(instance: Subject<Instance>, world: World): Promise<number> {
  const { props } = await sizeOf(instance, world);
  return sizeIn(instance, props.memoryMib, "memory");
}

/** What a custom offering leaves open stands among the machine's details. */
function sizeIn(instance: Subject<Instance>, ofOffering: number | undefined, detail: string): number {
  const size = ofOffering ?? Number(instance.props.details?.[detail]);
  if (Number.isFinite(size)) return size;
  throw new Undecided({
    en: `nobody says how large ${instance.name} is (${detail}): its offering leaves it open`,
    ko: `오퍼링이 ${instance.name}의 크기(${detail})를 정하지 않아 알 수 없음`,
  });
}

function templateDisk(name: string): Text {
  return {
    en: `the root disk of ${name} has its template's size, which nobody says here`,
    ko: `${name}의 루트 디스크 크기가 템플릿에 맡겨져 알 수 없음`,
  };
}

/** Mold's devices: CloudStack does not count them, and nobody says how much memory they have. */
async function addHostDevice(
  device: Subject<HostDevice>,
  of: (subject: Subject<unknown>) => Promise<Demand>,
  world: World,
): Promise<void> {
  const { instanceId } = device.raw;
  for (const instance of await world.referents<Instance>(device, "instanceId", types.instance, [instanceId])) {
    const demand = await of(instance);
    await attempt(demand, ["gpus"], async () => demand.add("gpus", device.props.busAddresses.length));
    demand.leaveOpen("gpuMemoryGib", {
      en: `nobody says the memory of the devices of ${instance.name}`,
      ko: `${instance.name}에 연결된 장치의 메모리를 알 수 없음`,
    });
  }
}

async function addVolume(volume: Subject<Volume>, demand: Demand, world: World): Promise<void> {
  demand.add("volumes", 1);
  await attempt(demand, ["primaryStorageGib"], async () => demand.add("primaryStorageGib", await gibOf(volume, world)));
}

/** Size of a volume: its own, or its offering's. @throws Undecided */
export async function gibOf(volume: Subject<Volume>, world: World): Promise<number> {
  const size = volume.props.sizeGib ?? (await diskOfferingOf(volume, world)).props.sizeGib;
  if (size !== undefined) return size;
  throw new Undecided({ en: `nobody says the size of ${volume.name}`, ko: `${volume.name}의 크기를 알 수 없음` });
}

async function attempt(demand: Demand, kinds: readonly string[], add: () => Promise<void>): Promise<void> {
  const reason = await reasonOf(add);
  if (reason !== undefined) for (const kind of kinds) demand.leaveOpen(kind, reason);
}

/** Why something cannot be told yet; undefined where it can. */
async function reasonOf(tell: () => Promise<void>): Promise<Text | undefined> {
  try {
    await tell();
    return undefined;
  } catch (error) {
    const reason = undecidedReason(error);
    if (reason === undefined) throw error;
    return reason;
  }
}
