import type { Exam } from "../exam.ts";
import { blocking, ok, type Result } from "../finding.ts";
import { gpuWayOf, sharesOf } from "../gpu-way.ts";

/** Which server it is. What it can do is read from what it offers, never from its version: Mold and CloudStack number alike. */
export const server = {
  name: "server",
  subject: "server",
  async ask(exam: Exam): Promise<Result[]> {
    const { cloud, link } = exam;
    const commands = await cloud.commands();
    const { cloudstackversion: version } = link.capabilities;
    // By what ABLESTACK's listCapabilities adds, or by its host devices.
    const isMold = "desktopserviceenabled" in link.capabilities || commands.has("updateHostDevices");
    const flavor = isMold ? "ABLESTACK Mold" : "Apache CloudStack";
    return [ok("product and version", `${flavor} ${version ?? "of an unknown version"}`), ...(await gpuResult(exam))];
  },
} as const;

async function gpuResult(exam: Exam): Promise<Result[]> {
  if (sharesOf(exam).length === 0) return [];
  const asked = "how machines get GPUs";
  const requirement = "P5.1";
  const way = await gpuWayOf(exam);
  if (way === "offering") return [ok(asked, "GPU API: the share is part of the service offering", { requirement })];
  if (way === "hostDevices") return [ok(asked, "host devices: PCI devices attached to machines", { requirement })];
  return [
    blocking({
      asked,
      value: "neither the GPU API nor host devices",
      rule: "createServiceOffering with vgpuprofileid (CloudStack 4.21 and later), or updateHostDevices (Mold)",
      remedy: "use the keys of a root administrator, update the server, or choose a profile without GPUs",
      requirement,
    }),
  ];
}
