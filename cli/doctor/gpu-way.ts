import type { GpuShare } from "../../src/plan/gpu-share.ts";
import type { Exam } from "./exam.ts";

/** How this server gives shares of cards to machines, as `src/parts/gpu.ts` decides it; undefined = not at all. */
export async function gpuWayOf({ cloud }: Exam): Promise<"offering" | "hostDevices" | undefined> {
  const commands = await cloud.commands();
  if (commands.get("createServiceOffering")?.has("vgpuprofileid")) return "offering";
  return commands.has("updateHostDevices") ? "hostDevices" : undefined;
}

/** Every machine with a share of cards. */
export function sharesOf({ machines }: Exam): { machine: string; share: GpuShare }[] {
  return machines.flatMap(({ name, gpu }) => (gpu === undefined ? [] : [{ machine: name, share: gpu }]));
}
