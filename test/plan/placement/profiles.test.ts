import { describe, expect, test } from "vitest";
import { cardRoles } from "../../../src/plan/gpu/roles.ts";
import { planPlacement } from "../../../src/plan/placement/plan.ts";
import type { PlacementInput, PlacementPlan } from "../../../src/plan/placement/types.ts";
import { civilComplaint, demoGpu, documentTagging, enterprise, machine, tenant } from "./profiles.ts";
import { violationsOf } from "./rules-of-plan.ts";

function planned(input: PlacementInput): PlacementPlan {
  const result = planPlacement(input);
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes, undefined, 1));
  return result.plan;
}

function hostsOf({ places }: PlacementPlan): Record<string, string> {
  return Object.fromEntries(places.map(({ machine: name, host }) => [name, host]));
}

function roles(plan: PlacementPlan) {
  return cardRoles(plan).map(({ role, host, state, machines }) => [
    role,
    host,
    "profile" in state ? state.profile : state.kind,
    [...machines].sort().join(" "),
  ]);
}

const all = { enterprise, demoGpu, civilComplaint, documentTagging };

test.each(Object.entries(all))("%s has an allowed plan, and no better one exists", (_, input) => {
  const plan = planned(input);
  expect(violationsOf(plan)).toEqual([]);
  expect(plan.quality).toMatchObject({ optimal: true, rearranged: [] });
});

describe("enterprise", () => {
  test("the cards are those of decision P5.3, by role", () => {
    expect(roles(planned(enterprise))).toEqual([
      ["tenant", "gpu-1", "A100-8C", "ai-a-train-01 ai-b-train-01"],
      ["tenant", "gpu-2", "A100-4C", "ai-a-serve-01 ai-b-serve-01 ai-c-serve-01 ai-c-train-01"],
      ["training", "gpu-1", "whole", "ai-train-01"],
      ["training", "gpu-1", "whole", "ai-train-01"],
      ["training", "gpu-2", "whole", "ai-train-02"],
      ["training", "gpu-2", "whole", "ai-train-02"],
      ["inference", "gpu-1", "whole", "ai-infer-01"],
      ["inference", "gpu-2", "whole", "ai-infer-02"],
    ]);
  });

  test("the slots are five of 8 GiB and ten of 4 GiB", () => {
    const slots = planned(enterprise).cards.flatMap(({ state }) =>
      state.kind === "vgpu" ? [[state.profile, state.memoryGib, state.slots.length]] : [],
    );
    expect(slots).toEqual([
      ["A100-8C", 8, 5],
      ["A100-4C", 4, 10],
    ]);
  });

  test("machines without GPU leave the GPU hosts alone, and load is even", () => {
    const plan = planned(enterprise);
    const [cpu1, cpu2] = plan.hosts;
    expect(cpu1?.memoryGib.used).toBe(cpu2?.memoryGib.used);
    const withCards = new Set(plan.places.filter(({ host }) => host.startsWith("gpu")).map(({ gpu }) => gpu?.mode));
    expect([...withCards].sort()).toEqual(["passthrough", "vgpu"]);
  });

  test("each GPU share says why", () => {
    const reasons = Object.fromEntries(planned(enterprise).places.map((place) => [place.machine, place.gpu?.reason]));
    expect(reasons["ai-a-train-01"]).toBe(
      "A100-8C: the smallest that holds 8 GiB: A100-4C, A100-5C are too small; 5 slots a card",
    );
    expect(reasons["ai-a-serve-01"]).toBe("A100-4C: the smallest that holds 4 GiB; 10 slots a card");
    expect(reasons["ai-train-01"]).toBe("2 whole A100-40 of one host");
  });

  test("the map is the same where all machines are decided at once", () => {
    const plan = planned({ ...enterprise, machines: enterprise.machines.map(({ order: _, ...rest }) => rest) });
    expect(roles(plan)).toEqual(roles(planned(enterprise)));
  });

  test("a fourth tenant moves nobody and takes slots that are there", () => {
    const before = planned(enterprise);
    const after = planned({ ...enterprise, machines: [...tenant("d", 23), ...enterprise.machines] });
    expect(hostsOf(after)).toMatchObject(hostsOf(before));
    expect(after.quality.cardsCarved).toEqual({ is: 2, atLeast: 2 });
  });

  test("a tenant whose name and VLAN come first needs the others pinned", () => {
    const before = planned(enterprise);
    const previous = before.places.map(({ machine: name, host, gpu }) => ({
      machine: name,
      host,
      ...(gpu && { cards: gpu.cards.map(({ index }) => index) }),
    }));
    const after = planned({ ...enterprise, previous, machines: [...tenant("aa", 19), ...enterprise.machines] });
    const names = new Set(before.places.map((place) => place.machine));
    expect(after.places.filter((place) => names.has(place.machine))).toEqual(before.places);
    expect(after.quality.rearranged).toEqual([]);
  });
});

test("demo-gpu: three tenants on one card, two cards for training, one for inference", () => {
  expect(roles(planned(demoGpu))).toEqual([
    ["tenant", "gpu-1", "A100-8C", "ai-a-ml-01 ai-b-ml-01 ai-c-ml-01"],
    ["training", "gpu-1", "whole", "ai-train-01"],
    ["training", "gpu-1", "whole", "ai-train-01"],
    ["inference", "gpu-1", "whole", "ai-infer-01"],
  ]);
});

test("civil-complaint: three cards, the inference servers on two hosts (O2)", () => {
  const plan = planned(civilComplaint);
  expect(plan.cards.filter(({ state }) => state.kind !== "free")).toHaveLength(3);
  const hosts = hostsOf(plan);
  expect(hosts["inference-01"]).not.toBe(hosts["inference-02"]);
});

describe("document-tagging (T3)", () => {
  test("replicas are apart, and one worker stands with the model", () => {
    const hosts = hostsOf(planned(documentTagging));
    expect(hosts["dev-svc-web-01"]).not.toBe(hosts["dev-svc-web-02"]);
    const workers = [hosts["dev-svc-tagging-01"], hosts["dev-svc-tagging-02"]];
    expect(new Set(workers).size).toBe(2);
    expect(workers).toContain(hosts["dev-data-model-01"]);
  });

  test("AF-001 gives way to AA-003, and the plan says so", () => {
    const { compromises } = planned(documentTagging);
    expect(compromises).toHaveLength(1);
    expect(compromises[0]?.rule).toBe("AF-001");
    expect(compromises[0]?.message).toContain("AA-003 keeps dev-svc-tagging-01 and dev-svc-tagging-02 apart");
  });

  test("a second API gateway stands apart from the first", () => {
    const rules = documentTagging.rules.map((rule) =>
      rule.id === "AA-002" ? { ...rule, machines: ["dev-svc-api-01", "dev-svc-api-02"] } : rule,
    );
    const hosts = hostsOf(
      planned({ ...documentTagging, rules, machines: [...documentTagging.machines, machine("dev-svc-api-02", 2, 4)] }),
    );
    expect(hosts["dev-svc-api-01"]).not.toBe(hosts["dev-svc-api-02"]);
  });

  test("replicas are spread over racks where racks are given (T4)", () => {
    const racks = ["r1", "r1", "r2"];
    const hosts = documentTagging.hosts.map((host, index) => ({ ...host, rack: racks[index] ?? "" }));
    const plan = planned({ ...documentTagging, hosts });
    const rackOf = Object.fromEntries(plan.places.map((place) => [place.machine, place.rack]));
    expect(rackOf["dev-svc-web-01"]).not.toBe(rackOf["dev-svc-web-02"]);
    expect(rackOf["dev-svc-tagging-01"]).not.toBe(rackOf["dev-svc-tagging-02"]);
  });
});
