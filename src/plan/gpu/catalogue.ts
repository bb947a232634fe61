import type { CardCatalogue, CardModel, MigGeometry, VgpuProfile } from "./types.ts";

/*
 * Sources.
 * vGPU and MIG-backed types: NVIDIA AI Enterprise 6, appendix "NVIDIA vGPU (C-Series)", section "Virtual GPU Types for
 * Supported GPUs"; the table of each card is named below. The number a card carries is that of equal-size mode:
 * mixed-size mode needs newer drivers than a platform can count on, and a card carries one size (P5.3).
 * MIG geometry: NVIDIA Multi-Instance GPU User Guide, "Supported MIG Profiles"; places as `nvidia-smi mig -lgipp` lists
 * them there. The `+me` variants are left out: they differ in media engines only.
 * Ids: the PCI ID database (pci-ids.ucw.cz), vendor 10de.
 */

const nvidia = "10de";

/** vGPU profiles `prefix-NC`, each size with the number of them that a card carries. */
function series(prefix: string, sizes: readonly (readonly [gib: number, perCard: number])[]): VgpuProfile[] {
  return sizes.map(([memoryGib, perCard]) => ({ name: `${prefix}-${memoryGib}C`, memoryGib, perCard }));
}

/**
 * The geometry that A100 and H100 share: seven compute slices, eight memory slices of the given size. Positions are
 * the driver's: 3g begins at 0 or 4 and takes four memory slices, although it computes with three.
 */
function sevenSlices(prefix: string, sliceGib: number): MigGeometry {
  const shapes = [
    { computeSlices: 1, memorySlices: 1, starts: [0, 1, 2, 3, 4, 5, 6] },
    { computeSlices: 1, memorySlices: 2, starts: [0, 2, 4, 6] },
    { computeSlices: 2, memorySlices: 2, starts: [0, 2, 4] },
    { computeSlices: 3, memorySlices: 4, starts: [0, 4] },
    { computeSlices: 4, memorySlices: 4, starts: [0] },
    { computeSlices: 7, memorySlices: 8, starts: [0] },
  ];
  return {
    computeSlices: 7,
    memorySlices: 8,
    profiles: shapes.map((shape) => {
      const memoryGib = shape.memorySlices * sliceGib;
      return {
        name: `${shape.computeSlices}g.${memoryGib}gb`,
        vgpuType: `${prefix}-${shape.computeSlices}-${memoryGib}C`,
        memoryGib,
        ...shape,
      };
    }),
  };
}

const sizesOf24 = [
  [4, 6],
  [6, 4],
  [8, 3],
  [12, 2],
  [24, 1],
] as const;
const sizesOf48 = [
  [4, 12],
  [6, 8],
  [8, 6],
  [12, 4],
  [16, 3],
  [24, 2],
  [48, 1],
] as const;

const cards: readonly CardModel[] = [
  {
    // Tables "NVIDIA A100 PCIe 40GB". 20f1 GA100 [A100 PCIe 40GB].
    model: "A100-40",
    vendorId: nvidia,
    deviceId: "20f1",
    memoryGib: 40,
    passthrough: true,
    vgpu: series("A100", [
      [4, 10],
      [5, 8],
      [8, 5],
      [10, 4],
      [20, 2],
      [40, 1],
    ]),
    mig: sevenSlices("A100", 5),
  },
  {
    // Tables "NVIDIA A100 PCIe 80GB". 20b5 GA100 [A100 PCIe 80GB].
    model: "A100-80",
    vendorId: nvidia,
    deviceId: "20b5",
    memoryGib: 80,
    passthrough: true,
    vgpu: series("A100D", [
      [4, 20],
      [8, 10],
      [10, 8],
      [16, 5],
      [20, 4],
      [40, 2],
      [80, 1],
    ]),
    mig: sevenSlices("A100D", 10),
  },
  {
    // Tables "NVIDIA H100 PCIe 80GB". Of H100-16C they say six, which is 96 GiB; five fit, as the H800's table has it.
    // 2331 GH100 [H100 PCIe].
    model: "H100-80",
    vendorId: nvidia,
    deviceId: "2331",
    memoryGib: 80,
    passthrough: true,
    vgpu: series("H100", [
      [4, 20],
      [5, 16],
      [8, 10],
      [10, 8],
      [16, 5],
      [20, 4],
      [40, 2],
      [80, 1],
    ]),
    mig: sevenSlices("H100", 10),
  },
  // Table "NVIDIA L40S". 26b9 AD102GL [L40S]. No MIG.
  {
    model: "L40S",
    vendorId: nvidia,
    deviceId: "26b9",
    memoryGib: 48,
    passthrough: true,
    vgpu: series("L40S", sizesOf48),
  },
  // Table "NVIDIA A40". 2235 GA102GL [A40]. No MIG.
  {
    model: "A40",
    vendorId: nvidia,
    deviceId: "2235",
    memoryGib: 48,
    passthrough: true,
    vgpu: series("A40", sizesOf48),
  },
  // Table "NVIDIA A10". 2236 GA102GL [A10]. No MIG.
  {
    model: "A10",
    vendorId: nvidia,
    deviceId: "2236",
    memoryGib: 24,
    passthrough: true,
    vgpu: series("A10", sizesOf24),
  },
  {
    // Table "NVIDIA Tesla T4". 1eb8 TU104GL [Tesla T4]. No MIG.
    model: "T4",
    vendorId: nvidia,
    deviceId: "1eb8",
    memoryGib: 16,
    passthrough: true,
    vgpu: series("T4", [
      [4, 4],
      [8, 2],
      [16, 1],
    ]),
  },
];

/** The cards that are known without being declared. */
export const builtInCards: CardCatalogue = new Map(cards.map((card) => [card.model, card]));
