import type { GpuDemand, Host, PlacedMachine, PlacementInput, Rule } from "../../../src/plan/placement/types.ts";

/** Machines and hosts of the requirements (P1.2, P2.1, P3.1, P4, P5.2, P8, O2, T2, T3), as the planner takes them. */

export function machine(
  name: string,
  cpus: number,
  memoryGib: number,
  more: Partial<Omit<PlacedMachine, "name" | "cpus" | "memoryGib">> = {},
): PlacedMachine {
  const whole = more.gpu?.mode === "passthrough";
  return { name, cpus, memoryGib, priority: "medium", ha: !whole, ...more };
}

export function vgpu(memoryGib: number, use: GpuDemand["use"] = "tenant"): GpuDemand {
  return { mode: "vgpu", memoryGib, count: 1, use };
}

export function whole(count: number, use: GpuDemand["use"]): GpuDemand {
  return { mode: "passthrough", count, use };
}

export function host(name: string, cores: number, memoryGib: number, cards = 0, more: Partial<Host> = {}): Host {
  return { name, cores, memoryGib, cards: Array.from({ length: cards }, () => ({ model: "A100-40" })), ...more };
}

export function apart(id: string, ...machines: string[]): Rule {
  return { id, kind: "apart", strict: true, machines };
}

const overcommit = { cpu: 2, memory: 1 };

/** A tenant like A and B, at home in the VLAN that says how old it is. */
export function tenant(key: string, vlan: number): PlacedMachine[] {
  return [
    machine(`ai-${key}-train-01`, 4, 16, { gpu: vgpu(8), order: vlan }),
    machine(`ai-${key}-data-01`, 2, 8, { order: vlan }),
    machine(`ai-${key}-serve-01`, 2, 8, { gpu: vgpu(4), order: vlan }),
  ];
}

export const enterprise: PlacementInput = {
  hosts: [host("gpu-1", 64, 512, 4), host("gpu-2", 64, 512, 4), host("cpu-1", 48, 256), host("cpu-2", 48, 256)],
  machines: [
    ...tenant("a", 20),
    ...tenant("b", 21),
    machine("ai-c-train-01", 4, 16, { gpu: vgpu(4), order: 22 }),
    machine("ai-c-serve-01", 2, 8, { gpu: vgpu(4), order: 22 }),
    machine("dqg-validator-01", 4, 16),
    machine("dqg-processor-01", 4, 16),
    machine("ai-train-01", 8, 64, { gpu: whole(2, "training") }),
    machine("ai-train-02", 8, 64, { gpu: whole(2, "training") }),
    machine("ai-infer-01", 4, 32, { gpu: whole(1, "inference"), priority: "high" }),
    machine("ai-infer-02", 4, 32, { gpu: whole(1, "inference"), priority: "high" }),
    machine("ai-scheduler-01", 2, 8),
    machine("ai-registry-01", 2, 8),
    machine("ai-storage-01", 4, 16),
    machine("ai-gateway-01", 2, 4, { priority: "high" }),
    machine("ai-gateway-02", 2, 4, { priority: "high" }),
    machine("ai-router-01", 2, 8, { priority: "high" }),
    machine("ai-router-02", 2, 8, { priority: "high" }),
  ],
  rules: [
    apart("ai-train", "ai-train-01", "ai-train-02"),
    apart("ai-infer", "ai-infer-01", "ai-infer-02"),
    apart("ai-gateway", "ai-gateway-01", "ai-gateway-02"),
    apart("ai-router", "ai-router-01", "ai-router-02"),
  ],
  overcommit,
};

export const demoGpu: PlacementInput = {
  hosts: [host("gpu-1", 32, 256, 4), host("cpu-1", 16, 64), host("cpu-2", 16, 64)],
  machines: [
    machine("ai-a-ml-01", 2, 8, { gpu: vgpu(8), order: 20 }),
    machine("ai-a-data-01", 2, 4, { order: 20 }),
    machine("ai-b-ml-01", 2, 8, { gpu: vgpu(8), order: 21 }),
    machine("ai-b-data-01", 2, 4, { order: 21 }),
    machine("ai-c-ml-01", 2, 8, { gpu: vgpu(8), order: 22 }),
    machine("dqg-01", 2, 8),
    machine("ai-train-01", 8, 64, { gpu: whole(2, "training") }),
    machine("ai-infer-01", 4, 24, { gpu: whole(1, "inference") }),
    machine("ai-registry-01", 2, 8),
    machine("ai-storage-01", 2, 8),
    machine("ai-gateway-01", 2, 4),
    machine("ai-router-01", 2, 4),
  ],
  rules: [],
  overcommit,
};

export const civilComplaint: PlacementInput = {
  hosts: [host("gpu-1", 32, 128, 2), host("gpu-2", 32, 128, 2), host("cpu-1", 32, 128)],
  machines: [
    machine("api-gateway-01", 2, 4, { priority: "high" }),
    machine("inference-01", 4, 16, { gpu: vgpu(8, "inference"), priority: "high" }),
    machine("inference-02", 4, 16, { gpu: vgpu(8, "inference"), priority: "high" }),
    machine("training-01", 8, 32, { gpu: whole(1, "training") }),
    machine("registry-01", 2, 4),
    machine("quality-gate-01", 4, 8),
    machine("suwon-data-01", 2, 4, { order: 20 }),
    machine("seongnam-data-01", 2, 4, { order: 21 }),
    machine("yongin-data-01", 2, 4, { order: 22 }),
    machine("monitoring-01", 2, 4, { priority: "low" }),
  ],
  rules: [apart("inference", "inference-01", "inference-02")],
  overcommit,
};

export const documentTagging: PlacementInput = {
  hosts: [host("host-1", 16, 64), host("host-2", 16, 64), host("host-3", 16, 64)],
  machines: [
    machine("dev-svc-web-01", 2, 4, { priority: "high" }),
    machine("dev-svc-web-02", 2, 4, { priority: "high" }),
    machine("dev-svc-api-01", 2, 4, { priority: "high" }),
    machine("dev-svc-tagging-01", 4, 8),
    machine("dev-svc-tagging-02", 4, 8),
    machine("dev-data-model-01", 4, 8),
    machine("dev-data-db-01", 4, 8, { priority: "high" }),
  ],
  rules: [
    apart("AA-001", "dev-svc-web-01", "dev-svc-web-02"),
    apart("AA-002", "dev-svc-api-01"),
    apart("AA-003", "dev-svc-tagging-01", "dev-svc-tagging-02"),
    {
      id: "AF-001",
      kind: "together",
      strict: false,
      machines: ["dev-svc-tagging-01", "dev-svc-tagging-02", "dev-data-model-01"],
    },
  ],
  overcommit,
};
