import { builtInCards } from "../../src/plan/gpu/catalogue.ts";
import { layOut } from "../../src/plan/gpu/mig.ts";
import type { CardModel } from "../../src/plan/gpu/types.ts";
import type { CarvedCard, HostCard } from "../../src/plan/placement/types.ts";
import type { Exam } from "./exam.ts";
import { gpuWayOf, sharesOf } from "./gpu-way.ts";
import type { Ours } from "./ours.ts";
import type { Row } from "./questions.ts";

/**
 * The hosts' cards as they are cut up now, by the hosts' ids; what this stack's own instances hold is free. Undefined where
 * the server has no GPU API to tell it, or the plan asks for none.
 */
export async function liveCards(exam: Exam, ours: Ours): Promise<Map<string, HostCard[]> | undefined> {
  if (sharesOf(exam).length === 0 || (await gpuWayOf(exam)) !== "offering") return undefined;
  const [devices, cards] = await Promise.all([exam.cloud.rows("listGpuDevices"), exam.cloud.rows("listGpuCards")]);
  const models = modelsById(exam, cards);
  const byHost = new Map<string, HostCard[]>();
  for (const device of devices.filter(({ parentgpudeviceid: parent }) => parent === undefined)) {
    const model = models.get(device.gpucardid);
    if (model === undefined) continue;
    const host = String(device.hostid);
    byHost.set(host, [...(byHost.get(host) ?? []), ...cardsOf(device, model, devices, ours)]);
  }
  return byHost;
}

function modelsById({ plan }: Exam, cards: readonly Row[]): Map<unknown, CardModel> {
  const catalogue = plan.placement?.input.catalogue ?? builtInCards;
  const wanted = new Set(plan.infrastructure.hosts.flatMap(({ gpus }) => gpus.map(({ card }) => card)));
  return new Map(
    cards.flatMap(({ id, vendorid, deviceid }) => {
      const fit = [...catalogue.values()].filter((one) => one.vendorId === vendorid && one.deviceId === deviceid);
      // Two models may share their ids: the one that the profile names.
      const model = fit.find((one) => wanted.has(one.model)) ?? fit[0];
      return model === undefined ? [] : [[id, model] as const];
    }),
  );
}

/**
 * A device in the planner's words: a whole card, or one in slices. Where a card has slices of several sizes there is a card for
 * each, as the planner knows only one. What the catalogue does not know, nobody of the plan can have.
 */
function cardsOf(device: Row, model: CardModel, devices: readonly Row[], ours: Ours): HostCard[] {
  const { id, numanode, gpudevicetype } = device;
  const node = Number(numanode);
  const numa = numanode === undefined || Number.isNaN(node) || node < 0 ? {} : { numa: node };
  const basics = { model: model.model, ...numa };
  const slices = devices.filter(({ parentgpudeviceid }) => parentgpudeviceid === id);
  // One that is only there for its slices is never given whole, even while it has none.
  if (slices.length === 0 && gpudevicetype !== "VGPUOnly" && isFree(device, ours)) return [basics];
  const carved = [...sizesOf(slices, model, ours), ...partitionOf(slices, model, ours)];
  if (carved.length === 0) return [{ ...basics, carved: { mode: "taken" } }];
  return carved.map((one) => ({ ...basics, carved: one }));
}

function sizesOf(slices: readonly Row[], { vgpu, timeSlicing = [] }: CardModel, ours: Ours): CarvedCard[] {
  return [...vgpu, ...timeSlicing].flatMap(({ name: profile, perCard }, index): CarvedCard[] => {
    const mode = index < vgpu.length ? "vgpu" : "timeSliced";
    const own = slices.filter(({ vgpuprofilename }) => vgpuprofilename === profile);
    if (own.length === 0) return [];
    return [{ mode, profile, taken: Math.max(0, perCard - own.filter((one) => isFree(one, ours)).length) }];
  });
}

/** MIG instances. The server does not tell where on the card they are, so that places are found for them: any will do. */
function partitionOf(slices: readonly Row[], { mig }: CardModel, ours: Ours): CarvedCard[] {
  const own = slices.flatMap((row) => {
    const profile = mig?.profiles.find(({ vgpuType, name }) => [vgpuType, name].includes(String(row.vgpuprofilename)));
    return profile === undefined || row.state === "Error" ? [] : [{ profile, row }];
  });
  if (mig === undefined || own.length === 0) return [];
  const starts = layOut(
    mig,
    own.map(({ profile }) => profile),
  );
  if (starts === undefined) return [];
  const instances = own.map(({ profile, row }, index) => {
    return { profile: profile.name, start: starts[index] ?? 0, taken: !isFree(row, ours) };
  });
  return [{ mode: "mig", instances }];
}

/** Free to be given to a machine of this stack. */
export function isFree({ state, managedstate, virtualmachineid: instance }: Row, ours: Ours): boolean {
  if (managedstate === "Unmanaged") return false;
  return state === "Free" || (state === "Allocated" && ours.instanceIds.has(instance));
}
