import { builtInCards } from "../../src/plan/gpu/catalogue.ts";
import type { CardModel } from "../../src/plan/gpu/types.ts";
import type { HostCard } from "../../src/plan/placement/types.ts";
import type { Exam } from "./exam.ts";
import { gpuWayOf, sharesOf } from "./gpu-way.ts";
import type { Ours } from "./ours.ts";
import type { Row } from "./questions.ts";

/**
 * The hosts' cards as they are cut up now, by the hosts' ids; what this stack's own instances hold is free. Undefined where
 * the server does not tell them in the planner's words: no GPU API, or slices that are no vGPU profile of the catalogue.
 */
export async function liveCards(exam: Exam, ours: Ours): Promise<Map<string, HostCard[]> | undefined> {
  if (sharesOf(exam).length === 0 || (await gpuWayOf(exam)) !== "offering") return undefined;
  const [devices, cards] = await Promise.all([exam.cloud.rows("listGpuDevices"), exam.cloud.rows("listGpuCards")]);
  const models = modelsById(exam, cards);
  const byHost = new Map<string, HostCard[]>();
  for (const device of devices.filter(({ parentgpudeviceid: parent }) => parent === undefined)) {
    const model = models.get(device.gpucardid);
    if (model === undefined) continue;
    const card = cardOf(device, model, devices, ours);
    if (card === undefined) return undefined;
    const host = String(device.hostid);
    byHost.set(host, [...(byHost.get(host) ?? []), card]);
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

function cardOf(device: Row, model: CardModel, devices: readonly Row[], ours: Ours): HostCard | undefined {
  const { id, numanode } = device;
  const node = Number(numanode);
  const numa = numanode === undefined || Number.isNaN(node) || node < 0 ? {} : { numa: node };
  const basics = { model: model.model, ...numa };
  const slices = devices.filter(({ parentgpudeviceid }) => parentgpudeviceid === id);
  if (slices.length === 0) return isFree(device, ours) ? basics : { ...basics, carved: { mode: "taken" } };
  const [profile, ...others] = [...new Set(slices.map(({ vgpuprofilename }) => String(vgpuprofilename)))];
  const known = model.vgpu.find(({ name }) => name === profile);
  if (profile === undefined || others.length > 0 || known === undefined) return undefined;
  const free = slices.filter((slice) => isFree(slice, ours)).length;
  return { ...basics, carved: { mode: "vgpu", profile, taken: Math.max(0, known.perCard - free) } };
}

/** Free to be given to a machine of this stack. */
export function isFree({ state, managedstate, virtualmachineid: instance }: Row, ours: Ours): boolean {
  if (managedstate === "Unmanaged") return false;
  return state === "Free" || (state === "Allocated" && ours.instanceIds.has(instance));
}
