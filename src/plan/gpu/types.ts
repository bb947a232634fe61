/** A model of GPU card and every legal way of cutting one up. Memory in GiB throughout. */
export interface CardModel {
  /** What hosts call it, e.g. `A100-40`. */
  model: string;
  /** PCI vendor id, four lower-case hexadecimal digits. */
  vendorId: string;
  /** PCI device id, four lower-case hexadecimal digits. */
  deviceId: string;
  memoryGib: number;
  /** False where a server gives such cards in slices only. */
  passthrough: boolean;
  /** Sizes of time-shared vGPU with its own memory. A card carries one of them at a time. None: the card has none. */
  vgpu: readonly VgpuProfile[];
  /**
   * Profiles under which the server lets machines share a card by turns, without keeping memory apart. A card carries one of
   * them at a time. Absent: the server has none, as no server makes them by itself.
   */
  timeSlicing?: readonly VgpuProfile[];
  /** Absent where the card cannot be partitioned in hardware. */
  mig?: MigGeometry;
}

export interface VgpuProfile {
  /** As the server calls it, e.g. `A100-8C`. */
  name: string;
  memoryGib: number;
  /** How many of this size one card carries. */
  perCard: number;
}

export interface MigGeometry {
  /** How many compute slices the card has; instances together never have more. */
  computeSlices: number;
  /** How many memory slices the card has. Instances lie in them without overlap. */
  memorySlices: number;
  profiles: readonly MigProfile[];
}

export interface MigProfile {
  /** NVIDIA's name of the instance, e.g. `2g.10gb`. */
  name: string;
  /** The vGPU type that a virtual machine gets such an instance as, e.g. `A100-2-10C`. */
  vgpuType: string;
  memoryGib: number;
  computeSlices: number;
  memorySlices: number;
  /** Memory slices that an instance may begin at. */
  starts: readonly number[];
}

/** Cards by model. */
export type CardCatalogue = ReadonlyMap<string, CardModel>;
