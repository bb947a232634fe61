/** Zones with the hosts of requirement P5.2, named as the profiles name them; all else is as in the default seed. */
import { defaultSeed, type Seed, type SeedGpu, type SeedHost, type SeedVgpu } from "../seed.ts";

type Size = Pick<SeedHost, "cores" | "memoryGib"> & Partial<Pick<SeedHost, "gpus">>;

/** A zone with these hosts; addresses are given out in order. */
function zoneOf(hosts: Readonly<Record<string, Size>>): Seed {
  const seeded = Object.entries(hosts).map(([name, size], index) => ({
    name,
    ip: `172.16.15.${11 + index}`,
    cpuSpeedMhz: 2000,
    ...size,
  }));
  // A tag, so that root disks can be kept out of pools that belong to tenants.
  const primaryStorage = defaultSeed.primaryStorage.map((pool) => ({ ...pool, tags: ["system"] }));
  return { ...defaultSeed, hosts: seeded, primaryStorage };
}

/** As a host with NVIDIA's vGPU driver reports it: 10de:20f1 is "GA100 [A100 PCIe 40GB]" in the PCI id database. */
const a100 = {
  vendorId: "10de",
  vendorName: "NVIDIA Corporation",
  deviceId: "20f1",
  deviceName: "GA100 [A100 PCIe 40GB]",
  memoryMib: 40 * 1024,
};

/** The vGPU types A100-8C and A100-4C, as many as a card carries. */
const a100x8c = slices("A100-8C", 8, 5);
const a100x4c = slices("A100-4C", 4, 10);

function slices(profile: string, memoryGib: number, perCard: number): readonly SeedVgpu[] {
  const screen = { maxHeads: 1, maxResolution: { x: 4096, y: 2160 } };
  return [{ profile, count: perCard, memoryMib: memoryGib * 1024, maxPerCard: perCard, ...screen }];
}

const places = [
  { address: "0000:17:00.0", numaNode: 0, pciRoot: "pci0000:16" },
  { address: "0000:31:00.0", numaNode: 0, pciRoot: "pci0000:30" },
  { address: "0000:b1:00.0", numaNode: 1, pciRoot: "pci0000:b0" },
  { address: "0000:ca:00.0", numaNode: 1, pciRoot: "pci0000:c9" },
] as const;

/** Four cards, two a NUMA node; the first carved up, the others whole. */
function fourCards(first: readonly SeedVgpu[]): readonly SeedGpu[] {
  return places.map((place, index) => ({ ...a100, ...place, ...(index === 0 ? { slices: first } : {}) }));
}

/** One card a NUMA node; the first carved up, the second whole. */
function twoCards(first: readonly SeedVgpu[]): readonly SeedGpu[] {
  const [near, , far] = places;
  return [
    { ...a100, ...near, slices: first },
    { ...a100, ...far },
  ];
}

/** Eight cards: one in slices of 8 GiB, one in slices of 4 GiB, six whole (P5.3). */
export const enterpriseSeed = zoneOf({
  "gpu-1": { cores: 64, memoryGib: 512, gpus: fourCards(a100x8c) },
  "gpu-2": { cores: 64, memoryGib: 512, gpus: fourCards(a100x4c) },
  "cpu-1": { cores: 48, memoryGib: 256 },
  "cpu-2": { cores: 48, memoryGib: 256 },
});

/** Four cards on one host: one in slices of 8 GiB, three whole. */
export const demoGpuSeed = zoneOf({
  gpu: { cores: 32, memoryGib: 256, gpus: fourCards(a100x8c) },
  "cpu-1": { cores: 16, memoryGib: 64 },
  "cpu-2": { cores: 16, memoryGib: 64 },
});

/** On each of two hosts one card in slices of 8 GiB and one whole (O2: the inference servers sit on different hosts). */
export const civilComplaintSeed = zoneOf({
  "gpu-1": { cores: 32, memoryGib: 128, gpus: twoCards(a100x8c) },
  "gpu-2": { cores: 32, memoryGib: 128, gpus: twoCards(a100x8c) },
  cpu: { cores: 32, memoryGib: 128 },
});

export const documentTaggingSeed = zoneOf({
  "host-1": { cores: 16, memoryGib: 64 },
  "host-2": { cores: 16, memoryGib: 64 },
  "host-3": { cores: 16, memoryGib: 64 },
});
