import { describe, expect, test } from "vitest";
import { planPlacement } from "../../../src/plan/placement/plan.ts";
import type { PlacementInput, Shortfall } from "../../../src/plan/placement/types.ts";
import { apart, enterprise, host, machine, vgpu, whole } from "./profiles.ts";

const overcommit = { cpu: 2, memory: 1 };

function shortfalls(input: Partial<PlacementInput>): Shortfall[] {
  const result = planPlacement({ hosts: [], machines: [], rules: [], overcommit, ...input });
  return result.ok ? [] : [...result.shortfalls];
}

test("a slice that finds no card names the free slots of a smaller size", () => {
  const [shortfall] = shortfalls({
    hosts: [host("gpu-1", 32, 256, 1)],
    machines: [
      ...Array.from({ length: 8 }, (_, index) => machine(`small-${index}`, 2, 8, { gpu: vgpu(4), order: 1 })),
      machine("large", 2, 8, { gpu: vgpu(8), order: 2 }),
      machine("pinned", 2, 8, { gpu: { mode: "mig", memoryGib: 5, count: 1, use: "tenant" }, order: 3 }),
    ],
  });
  expect(shortfall).toMatchObject({
    machine: "large",
    demand: "2 vCPU, 8 GiB, 1 vGPU slice of 8 GiB",
    proved: true,
    hosts: [
      { host: "gpu-1", missing: [{ kind: "gpu", asked: 1, free: 0, text: "card 0 A100-4C with 2 of 10 slots free" }] },
    ],
  });
  expect(shortfall?.nearest).toEqual([
    "2 free A100-4C on gpu-1: would fit with 4 GiB instead of 8",
    "one more host like gpu-1 (32 cores, 256 GiB, 1 x A100-40)",
  ]);
});

test("all that find no place are told at once, each with what is missing on every host", () => {
  const found = shortfalls({
    hosts: [host("host-1", 4, 32), host("host-2", 8, 16)],
    machines: [
      machine("memory", 2, 64),
      machine("processors", 32, 8),
      machine("both", 64, 128),
      machine("fine", 2, 8),
      machine("cards", 2, 8, { gpu: whole(1, "training") }),
    ],
  });
  expect(found.map((shortfall) => shortfall.machine).sort()).toEqual(["both", "cards", "memory", "processors"]);
  const both = found.find((shortfall) => shortfall.machine === "both");
  expect(both?.hosts.map(({ missing }) => missing.map(({ kind }) => kind))).toEqual([
    ["vcpus", "memoryGib"],
    ["vcpus", "memoryGib"],
  ]);
  expect(found.every(({ proved }) => proved)).toBe(true);
  const memory = found.find((shortfall) => shortfall.machine === "memory");
  expect(memory?.nearest).toEqual(["would fit on host-1 with 2 vCPU, 24 GiB instead of 2 vCPU, 64 GiB"]);
});

test("a rule that leaves no host is named, with the machine that it means", () => {
  const [shortfall] = shortfalls({
    hosts: [host("host-1", 16, 64), host("host-2", 16, 64)],
    machines: ["a", "b", "c"].map((name) => machine(name, 2, 8)),
    rules: [apart("AA-001", "a", "b", "c")],
  });
  expect(shortfall).toMatchObject({ machine: "c", proved: true });
  expect(shortfall?.hosts.map(({ missing }) => missing)).toEqual([
    [{ kind: "rule", rule: "AA-001", machine: "a" }],
    [{ kind: "rule", rule: "AA-001", machine: "b" }],
  ]);
  expect(shortfall?.nearest).toEqual([
    "would fit on host-1 if AA-001 were a preference",
    "one more host like host-1 (16 cores, 64 GiB)",
  ]);
});

test("too few cards: how many there are, and which machine goes without", () => {
  const hosts = enterprise.hosts.filter(({ name }) => name !== "gpu-2");
  const result = planPlacement({ ...enterprise, hosts, rules: [] });
  expect(result.ok).toBe(false);
  const machines = result.ok ? [] : result.shortfalls.map(({ machine: name }) => name);
  // The oldest, and of those the largest, come first: training has the host's cards.
  expect(machines).toContain("ai-infer-01");
  expect(machines).not.toContain("ai-train-01");
});

test("no legal MIG partition: three 3g instances need two cards", () => {
  const mig = { mode: "mig" as const, memoryGib: 20, count: 1, use: "tenant" as const };
  const found = shortfalls({
    hosts: [host("gpu-1", 32, 256, 1)],
    machines: ["a", "b", "c"].map((name) => machine(name, 2, 8, { gpu: mig })),
  });
  expect(found).toHaveLength(1);
  expect(found[0]?.hosts[0]?.missing[0]).toMatchObject({ text: "card 0 MIG 3g.20gb@0 3g.20gb@4" });
});

test("a tenant that fits only if an older one makes room gets it, and the plan says who moved", () => {
  const result = planPlacement({
    hosts: [host("host-1", 16, 64), host("host-2", 16, 64)],
    machines: [
      machine("old-1", 2, 24, { order: 1 }),
      machine("old-2", 2, 24, { order: 1 }),
      machine("new", 2, 56, { order: 2 }),
    ],
    rules: [],
    overcommit,
  });
  expect(result).toMatchObject({ ok: true, plan: { quality: { rearranged: [expect.stringMatching(/^old-/)] } } });
});

test("the same as mistakes: one line for each machine, hosts that lack the same together", () => {
  const hosts = Array.from({ length: 9 }, (_, index) => host(`host-${index + 1}`, 4, 16));
  const result = planPlacement({ hosts, machines: [machine("large", 2, 32)], rules: [], overcommit });
  expect(result).toMatchObject({
    ok: false,
    mistakes: [
      {
        path: "machines[large]",
        value: "2 vCPU, 32 GiB",
        rule: "a place on one of the hosts; there is none in any arrangement. host-1, host-2, host-3, host-4, host-5, host-6 and 3 more: 16 of 32 GiB free",
        remedy: "would fit on host-1 with 2 vCPU, 16 GiB instead of 2 vCPU, 32 GiB",
      },
    ],
  });
});

describe("what makes no sense is refused before anything is planned", () => {
  const gpuHost = host("gpu-1", 32, 256, 1);
  const cases: [string, Partial<PlacementInput>, object][] = [
    [
      "a tenant on a time-sliced card",
      { machines: [machine("a", 2, 8, { gpu: { mode: "timeSlicing", memoryGib: 4, count: 1, use: "tenant" } })] },
      { path: "machines[a].gpu.mode", value: "timeSlicing", rule: "tenant machines use vgpu, mig (P5.1)" },
    ],
    [
      "training on a slice",
      { machines: [machine("a", 2, 8, { gpu: vgpu(8, "training") })] },
      { path: "machines[a].gpu.mode", rule: "training machines use passthrough (P5.1)" },
    ],
    [
      "a card that nobody knows",
      { hosts: [{ ...gpuHost, cards: [{ model: "A100-4O" }] }] },
      { path: "hosts[gpu-1].cards[0].model", value: "A100-4O" },
    ],
    [
      "a slice without a size",
      { machines: [machine("a", 2, 8, { gpu: { mode: "vgpu", count: 1, use: "tenant" } })] },
      { path: "machines[a].gpu.memoryGib" },
    ],
    [
      "two machines of one name",
      { machines: [machine("a", 2, 8), machine("a", 2, 4)] },
      { path: "machines[a]", value: "2 times" },
    ],
    [
      "a rule for a machine that is not there",
      { machines: [machine("web-01", 2, 8)], rules: [apart("AA-001", "web-01", "web-02")] },
      { path: "rules[AA-001].machines", value: "web-02", remedy: "did you mean web-01?" },
    ],
    [
      "a card carved into an illegal partition",
      {
        hosts: [
          {
            ...gpuHost,
            cards: [{ model: "A100-40", carved: { mode: "mig", instances: [{ profile: "3g.20gb", start: 2 }] } }],
          },
        ],
      },
      { path: "hosts[gpu-1].cards[0].carved.instances" },
    ],
  ];
  test.each(cases)("%s", (_, input, mistake) => {
    const result = planPlacement({ hosts: [gpuHost], machines: [], rules: [], overcommit, ...input });
    expect(result).toMatchObject({ ok: false, shortfalls: [], mistakes: [mistake] });
  });
});
