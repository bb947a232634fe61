/** Hosts with GPUs: on host1 a whole A100 and one carved into slices; the others have none. */
import { defaultSeed, type Seed, type SeedGpu } from "../../../emulator/cloudstack/seed.ts";

const a100 = {
  vendorId: "10de",
  deviceId: "20b5",
  vendorName: "NVIDIA Corporation",
  deviceName: "GA100 [A100 PCIe 80GB]",
  memoryMib: 81920,
  numaNode: 0,
} as const satisfies Partial<SeedGpu>;

export const slice = { profile: "A100-20C", count: 4, memoryMib: 20480, maxPerCard: 4 } as const;

const gpus: readonly SeedGpu[] = [
  { ...a100, address: "0000:3b:00.0" },
  { ...a100, address: "0000:b3:00.0", numaNode: 1, slices: [slice] },
];

export const gpuSeed: Seed = {
  ...defaultSeed,
  hosts: defaultSeed.hosts.map((host, index) => (index === 0 ? { ...host, gpus } : host)),
};
