import { describe, expect, test } from "vitest";
import { simulateHostFailures, survivesOneHost } from "../../../src/plan/placement/failures.ts";
import { planPlacement } from "../../../src/plan/placement/plan.ts";
import type { PlacementInput, PlacementPlan } from "../../../src/plan/placement/types.ts";
import { civilComplaint, documentTagging, enterprise, host, machine, vgpu, whole } from "./profiles.ts";

const overcommit = { cpu: 2, memory: 1 };

function planned(input: PlacementInput): PlacementPlan {
  const result = planPlacement(input);
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result.plan;
}

function failureOf(input: PlacementInput, name: string) {
  const report = simulateHostFailures(planned(input)).find(({ failed }) => failed === name);
  if (report === undefined) throw new Error(`no report on ${name}`);
  return report;
}

test("document-tagging survives every host: all restart, replicas stay apart (SC-02, SC-03)", () => {
  const plan = planned(documentTagging);
  expect(survivesOneHost(plan)).toEqual({ survives: true, lost: [], covered: [] });
  for (const { restarts, leftOut } of simulateHostFailures(plan)) {
    expect(leftOut).toEqual([]);
    expect(restarts.length).toBeGreaterThan(0);
  }
});

test("civil-complaint survives: the inference server that may not restart has a replica (O4)", () => {
  const { survives, covered } = survivesOneHost(planned(civilComplaint));
  expect(survives).toBe(true);
  expect(covered.map(({ machine: name, replicas }) => [name, replicas]).sort()).toEqual([
    ["inference-01", ["inference-02"]],
    ["inference-02", ["inference-01"]],
  ]);
});

describe("enterprise", () => {
  test("machines with whole cards cannot move, and the report says so (P5.2)", () => {
    const { leftOut } = failureOf(enterprise, "gpu-1");
    expect(leftOut).toContainEqual({
      machine: "ai-train-01",
      priority: "medium",
      because: "whole cards cannot move: no other host has 2 free A100-40",
      replicas: ["ai-train-02"],
    });
  });

  test("tenants' slices have no second card of their size: with HA asked for, that is refused", () => {
    const survival = survivesOneHost(planned(enterprise));
    expect(survival.survives).toBe(false);
    expect(survival.lost).toContainEqual({
      failed: "gpu-1",
      machine: "ai-a-train-01",
      because: "no other host has 1 free A100-8C",
    });
  });

  test("it survives where only machines without GPU must", () => {
    expect(survivesOneHost(planned(enterprise), ({ gpu }) => gpu === undefined).survives).toBe(true);
  });

  test("a dead CPU host's machines restart on the others", () => {
    const { stopped, restarts, leftOut } = failureOf(enterprise, "cpu-1");
    expect(leftOut).toEqual([]);
    expect(restarts).toHaveLength(stopped.length);
  });
});

test("where room is short, priority decides who restarts, and the last ones are left out with the reason", () => {
  const input: PlacementInput = {
    hosts: [host("host-1", 16, 32), host("host-2", 16, 32)],
    machines: [
      machine("low", 2, 8, { priority: "low" }),
      machine("medium", 2, 8, { priority: "medium" }),
      machine("high", 2, 8, { priority: "high" }),
      machine("other", 2, 24),
    ],
    rules: [],
    overcommit,
    previous: [
      ...["low", "medium", "high"].map((name) => ({ machine: name, host: "host-1" })),
      { machine: "other", host: "host-2" },
    ],
  };
  expect(failureOf(input, "host-1")).toEqual({
    failed: "host-1",
    domain: "host",
    stopped: ["high", "medium", "low"],
    restarts: [{ machine: "high", host: "host-2" }],
    leftOut: [
      { machine: "medium", priority: "medium", because: "no room for 2 vCPU, 8 GiB on host-2", replicas: [] },
      { machine: "low", priority: "low", because: "no room for 2 vCPU, 8 GiB on host-2", replicas: [] },
    ],
    leftOutByPriority: { high: 0, medium: 1, low: 1 },
  });
});

test("a slice restarts in a free slot of its own profile, a whole card on a free card where HA is asked for", () => {
  const input: PlacementInput = {
    hosts: [host("gpu-1", 32, 128, 2), host("gpu-2", 32, 128, 2)],
    machines: [
      machine("slice-1", 2, 8, { gpu: vgpu(8) }),
      machine("slice-2", 2, 8, { gpu: vgpu(8) }),
      machine("whole", 2, 8, { gpu: whole(1, "training"), ha: true }),
    ],
    rules: [{ id: "r", kind: "apart", strict: false, machines: ["slice-1", "slice-2"] }],
    overcommit,
  };
  const reports = simulateHostFailures(planned(input));
  expect(reports.flatMap(({ leftOut }) => leftOut)).toEqual([]);
  expect(reports.flatMap(({ restarts }) => restarts)).toHaveLength(3);
});

test("without HA nobody restarts", () => {
  const input: PlacementInput = {
    hosts: [host("host-1", 16, 64), host("host-2", 16, 64)],
    machines: [machine("a", 2, 8, { ha: false })],
    rules: [],
    overcommit,
  };
  expect(failureOf(input, "host-1").leftOut).toEqual([
    { machine: "a", priority: "medium", because: "no HA", replicas: [] },
  ]);
});

test("racks fail as a whole where there are several, and only the others' hosts take over", () => {
  const hosts = [1, 2, 3, 4].map((number) => host(`host-${number}`, 16, 64, 0, { rack: number < 3 ? "r1" : "r2" }));
  const reports = simulateHostFailures(planned({ ...documentTagging, hosts }));
  expect(reports.map(({ domain, failed }) => `${domain} ${failed}`)).toEqual([
    "host host-1",
    "host host-2",
    "host host-3",
    "host host-4",
    "rack r1",
    "rack r2",
  ]);
  const r1 = reports.find(({ failed }) => failed === "r1");
  expect(r1?.restarts.length).toBeGreaterThan(0);
  expect(r1?.restarts.filter(({ host: name }) => name === "host-1" || name === "host-2")).toEqual([]);
});
