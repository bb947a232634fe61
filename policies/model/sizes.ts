import type { Subject } from "../core/subject.ts";
import { Undecided } from "../core/unknown.ts";
import type { Surroundings } from "../core/world.ts";
import {
  type DiskOffering,
  type Instance,
  type ServiceOffering,
  types,
  type VgpuProfile,
  type Volume,
} from "./types.ts";

/** The service offering of an instance. @throws Undecided */
export async function sizeOf(instance: Subject<Instance>, world: Surroundings): Promise<Subject<ServiceOffering>> {
  const { serviceOfferingId } = instance.raw;
  const found = await world.referents<ServiceOffering>(instance, "serviceOfferingId", types.serviceOffering, [
    serviceOfferingId,
  ]);
  return one(found, "serviceOfferingId");
}

/** The disk offering of a volume. @throws Undecided */
export async function diskOfferingOf(volume: Subject<Volume>, world: Surroundings): Promise<Subject<DiskOffering>> {
  const { diskOfferingId } = volume.raw;
  return one(
    await world.referents<DiskOffering>(volume, "diskOfferingId", types.diskOffering, [diskOfferingId]),
    "diskOfferingId",
  );
}

/** What each instance of a size has of cards. */
export interface Share {
  /** Name of the profile; `passthrough` is a whole card. */
  readonly profile: string;
  /** How many of it. */
  readonly count: number;
  /** Memory of one in GiB; reading it may throw Undecided where nobody has said it. */
  memoryGib(): number;
}

/** CloudStack's name of the profile of a whole card. */
export const wholeCard = "passthrough";

/** The share of cards of a size, undefined where it has none. @throws Undecided */
export async function shareOf(offering: Subject<ServiceOffering>, world: Surroundings): Promise<Share | undefined> {
  const { vgpuProfileId } = offering.raw;
  if (vgpuProfileId === undefined || vgpuProfileId === "") return undefined;
  const found = await world.referents<VgpuProfile>(offering, "vgpuProfileId", types.vgpuProfile, [vgpuProfileId]);
  const { name, videoRamMib = 0 } = one(found, "vgpuProfileId").props;
  return {
    profile: name,
    count: offering.props.gpuCount ?? 1,
    memoryGib() {
      if (videoRamMib > 0) return videoRamMib / 1024;
      throw new Undecided({
        en: `GPU profile ${name} does not say its memory (videoRamMib)`,
        ko: `GPU 프로파일 ${name}의 메모리(videoRamMib)가 지정되지 않음`,
      });
    },
  };
}

/** The only one; of several candidates nobody can tell yet which it will be. */
function one<P>(found: readonly Subject<P>[], property: string): Subject<P> {
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new Undecided({
    en: `${property} is known only after its creation`,
    ko: `${property} 값은 생성된 뒤에야 알 수 있음`,
  });
}
