import { describe, expect, test } from "vitest";
import { builtInCards } from "../../../src/plan/gpu/catalogue.ts";
import { simulateHostFailures } from "../../../src/plan/placement/failures.ts";
import { planPlacement } from "../../../src/plan/placement/plan.ts";
import type { GpuDemand, HostCard, PlacementInput } from "../../../src/plan/placement/types.ts";
import { enterprise, host, machine, vgpu, whole } from "./profiles.ts";
import { violationsOf } from "./rules-of-plan.ts";

function planned(hosts: PlacementInput["hosts"], machines: PlacementInput["machines"]) {
  const result = planPlacement({ hosts, machines, rules: [], overcommit: { cpu: 2, memory: 1 } });
  if (!("plan" in result)) throw new Error(JSON.stringify(result.mistakes));
  expect(violationsOf(result.plan, result.ok ? [] : result.shortfalls.map((shortfall) => shortfall.machine))).toEqual(
    [],
  );
  return result.plan;
}

function gpuHost(cards: HostCard[], name = "gpu-1") {
  return host(name, 64, 512, 0, { cards });
}

const a100 = { model: "A100-40" };

describe("NUMA", () => {
  const cards = [0, 1, 0, 1].map((numa) => ({ ...a100, numa }));

  test("two whole cards are of one node, and a single one leaves a pair", () => {
    const { places } = planned(
      [gpuHost(cards)],
      [
        machine("pair", 8, 64, { gpu: whole(2, "training"), order: 2 }),
        machine("single", 4, 32, { gpu: whole(1, "inference") }),
      ],
    );
    const [single, pair] = places.map(({ gpu }) => gpu);
    expect(single?.cards).toEqual([{ index: 0 }]);
    expect(pair?.cards).toEqual([{ index: 1 }, { index: 3 }]);
    expect(pair?.oneNumaNode).toBe(true);
  });

  test("a slice is cut from the node that has an odd card left", () => {
    const { places } = planned(
      [gpuHost(cards)],
      [
        machine("single", 4, 32, { gpu: whole(1, "inference") }),
        machine("slice", 2, 8, { gpu: vgpu(8), order: 1 }),
        machine("pair", 8, 64, { gpu: whole(2, "training"), order: 2 }),
      ],
    );
    expect(places.map(({ gpu }) => gpu?.cards.map(({ index }) => index))).toEqual([[0], [2], [1, 3]]);
  });

  test("where no node has two, the host that has one is preferred, or the compromise is told", () => {
    const apartOnly = gpuHost([0, 1].map((numa) => ({ ...a100, numa })));
    const training = machine("pair", 8, 64, { gpu: whole(2, "training") });
    const split = planned([apartOnly], [training]);
    expect(split.places[0]?.gpu?.oneNumaNode).toBe(false);
    expect(split.compromises).toEqual([
      {
        rule: "numa",
        machines: ["pair"],
        message: "2 whole A100-40 of one host on several NUMA nodes: no node has enough",
      },
    ]);
    const better = planned([apartOnly, gpuHost(cards, "gpu-2")], [training]);
    expect(better.places[0]).toMatchObject({ host: "gpu-2", gpu: { oneNumaNode: true } });
  });
});

describe("cards that were cut up before", () => {
  const carved: HostCard = { ...a100, carved: { mode: "vgpu", profile: "A100-8C", taken: 3 } };

  test("keep their cut: free slots are used, then another card is", () => {
    const slices = [1, 2, 3].map((number) => machine(`slice-${number}`, 2, 8, { gpu: vgpu(8) }));
    const plan = planned([gpuHost([carved, a100])], slices);
    expect(plan.places.map(({ gpu }) => gpu?.cards[0]?.index).sort()).toEqual([0, 0, 1]);
    expect(plan.quality.cardsCarved.is).toBe(1);
  });

  test("are nobody's whole card, even when empty", () => {
    const empty: HostCard = { ...a100, carved: { mode: "vgpu", profile: "A100-4C" } };
    const plan = planned(
      [gpuHost([empty, { ...a100, carved: { mode: "taken" } }])],
      [machine("whole", 8, 64, { gpu: whole(1, "training") })],
    );
    expect(plan.places).toEqual([]);
    expect(plan.cards.map(({ state }) => state.kind)).toEqual(["vgpu", "taken"]);
  });

  test("give MIG instances that are there, and make none", () => {
    const instances = [
      { profile: "3g.20gb", start: 0, taken: true },
      { profile: "2g.10gb", start: 4 },
    ];
    const mig: GpuDemand = { mode: "mig", memoryGib: 8, count: 1, use: "tenant" };
    const plan = planned(
      [gpuHost([{ ...a100, carved: { mode: "mig", instances } }])],
      [machine("first", 2, 8, { gpu: mig }), machine("second", 2, 8, { gpu: mig, order: 1 })],
    );
    expect(plan.places.map((place) => [place.machine, place.gpu?.serverProfile, place.gpu?.cards])).toEqual([
      ["first", "A100-2-10C", [{ index: 0, start: 4 }]],
    ]);
  });
});

describe("which card", () => {
  test("tenants' slices and those of the platform stand on different cards while there are cards", () => {
    const slices = [
      machine("shared", 2, 8, { gpu: vgpu(8, "inference") }),
      machine("own", 2, 8, { gpu: vgpu(8), order: 1 }),
    ];
    const used = (plan: ReturnType<typeof planned>) => plan.places.map(({ gpu }) => gpu?.cards[0]?.index);
    expect(used(planned([gpuHost([a100, a100])], slices))).toEqual([0, 1]);
    expect(used(planned([gpuHost([a100])], slices))).toEqual([0, 0]);
  });

  test("a larger slice where no card is left for the right one, and the compromise is told", () => {
    const plan = planned(
      [gpuHost([a100])],
      [machine("eight", 2, 8, { gpu: vgpu(8) }), machine("four", 2, 8, { gpu: vgpu(4), order: 1 })],
    );
    expect(plan.places[1]?.gpu).toMatchObject({ profile: "A100-8C", memoryGib: 8 });
    expect(plan.compromises).toEqual([
      {
        rule: "slice size",
        machines: ["four"],
        message: "A100-8C: no card is left for A100-4C, A100-5C, which would do; 5 slots a card",
      },
    ]);
  });

  test("whole cards of one VM are of one model, on one host", () => {
    const mixed = gpuHost([a100, { model: "T4" }]);
    const { places } = planned(
      [mixed, gpuHost([a100], "gpu-2")],
      [machine("pair", 8, 64, { gpu: whole(2, "training") })],
    );
    expect(places).toEqual([]);
  });

  test("a server that gives a card in slices only has no whole one", () => {
    const model = builtInCards.get("T4");
    if (model === undefined) throw new Error("no T4");
    const result = planPlacement({
      hosts: [gpuHost([{ model: "T4" }])],
      machines: [machine("whole", 8, 64, { gpu: whole(1, "training") })],
      rules: [],
      overcommit: { cpu: 2, memory: 1 },
      catalogue: new Map([["T4", { ...model, passthrough: false }]]),
    });
    expect(result.ok).toBe(false);
  });
});

describe("restarts of slices", () => {
  function leftOut(input: PlacementInput, failed: string) {
    const result = planPlacement(input);
    if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
    const report = simulateHostFailures(result.plan).find((candidate) => candidate.failed === failed);
    return Object.fromEntries(report?.leftOut.map(({ machine: name, because }) => [name, because]) ?? []);
  }

  test("need a slot of the profile that the offering names; a larger one does not do", () => {
    expect(leftOut(enterprise, "gpu-2")["ai-a-serve-01"]).toBe(
      "no other host has 1 free A100-4C; gpu-1 has larger slots free, which its offering does not name",
    );
  });

  test("cut up no card, but say that one could be", () => {
    const input: PlacementInput = {
      hosts: [gpuHost([a100]), gpuHost([a100], "gpu-2")],
      machines: [machine("slice", 2, 8, { gpu: vgpu(8) })],
      rules: [],
      overcommit: { cpu: 2, memory: 1 },
    };
    expect(leftOut(input, "gpu-1")).toEqual({
      slice: "no other host has 1 free A100-8C; a free card of gpu-2 could be cut up for it",
    });
  });
});
