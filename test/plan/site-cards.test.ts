import { describe, expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { MistakesError } from "../../src/kit/errors.ts";
import { machinesOf, type Plan, planProfile } from "../../src/plan/plan.ts";

/** Cards as a site declares them: what the server calls its slices, and what stays as the catalogue has it. */

const a100 = { model: "A100-40", vendorId: "10de", deviceId: "20f1", memory: "40 GiB" };

function planned(gpus: Record<string, object>, card?: object): Plan {
  const overrides = {
    tenants: Object.fromEntries(
      Object.entries(gpus).flatMap(([name, gpu]) => {
        const [, key = ""] = /^ai-([abc])-/.exec(name) ?? [];
        return key === "" ? [] : [[key, { machines: { [name]: { gpu } } }]];
      }),
    ),
    sharedAi: {
      machines: Object.fromEntries(
        Object.entries(gpus)
          .filter(([name]) => !/^ai-[abc]-/.test(name))
          .map(([name, gpu]) => [name, { gpu }]),
      ),
    },
    ...(card && { infrastructure: { gpu: { cards: [{ ...a100, ...card }] } } }),
  };
  return planProfile(loadProfile({ profile: "demo-gpu", overrides }));
}

const shareOf = (plan: Plan, machine: string) => machinesOf(plan).find(({ name }) => name === machine)?.gpu;
const cardsOf = (plan: Plan, machine: string) =>
  plan.placement?.places.find((place) => place.machine === machine)?.gpu?.cards;

describe("time slicing (P5.1)", () => {
  const shared = { mode: "timeSlicing", memory: "10 GiB" };
  const wishes = { "ai-infer-01": shared, "ai-registry-01": shared };
  const profile = { name: "A100-shared", memory: "10 GiB", perCard: 4 };

  test("is refused where the server names no profile for it: it would be given as whole cards", () => {
    try {
      planned(wishes);
    } catch (error) {
      expect((error as MistakesError).mistakes).toEqual(
        Object.keys(wishes).map((name) => ({
          path: `machines[${name}].gpu.mode`,
          value: "timeSlicing",
          rule: expect.stringContaining("of A100-40 none is named"),
          remedy: "name it in infrastructure.gpu.cards under timeSlicing; or use vgpu or passthrough",
        })),
      );
      return;
    }
    throw new Error("it was planned");
  });

  test("is deployed as it is planned: a slot of the server's profile each, of one card", () => {
    const plan = planned(wishes, { timeSlicing: [profile] });
    for (const name of Object.keys(wishes)) {
      expect(shareOf(plan, name)).toMatchObject({ profile: "A100-shared", count: 1, memoryGib: 10 });
      expect(cardsOf(plan, name)).toEqual(cardsOf(plan, "ai-infer-01"));
    }
    const sizes = plan.catalogue.sizes.filter(({ gpu }) => gpu?.profile === "A100-shared");
    expect(sizes.map(({ key }) => key)).toEqual(["4c-24g-1x-a100-shared-fixed", "2c-8g-1x-a100-shared-fixed"]);
    // What the site does not say is as in the catalogue.
    expect(shareOf(plan, "ai-a-ml-01")).toMatchObject({ profile: "A100-8C" });
    expect(plan.totals.gpuCards).toBe(4);
  });

  test("gives a card as many slots as the server says, and no tenant one of them", () => {
    const twice = {
      "ai-train-01": { count: 1 },
      "ai-infer-01": { ...shared, count: 2 },
      "ai-registry-01": shared,
    };
    const plan = planned(twice, { timeSlicing: [{ ...profile, perCard: 2 }] });
    expect(cardsOf(plan, "ai-registry-01")).not.toEqual(cardsOf(plan, "ai-infer-01")?.slice(0, 1));
    expect(() => planned({ "ai-a-ml-01": shared }, { timeSlicing: [profile] })).toThrow(MistakesError);
  });
});

describe("MIG", () => {
  const wish = Object.fromEntries(["a", "b", "c"].map((key) => [`ai-${key}-ml-01`, { mode: "mig", memory: "10 GiB" }]));

  test("a card that is declared anew keeps the geometry of its model", () => {
    expect(shareOf(planned(wish, { deviceId: "20b0" }), "ai-a-ml-01")).toMatchObject({
      deviceId: "20b0",
      profile: "A100-1-10C",
    });
  });

  test("a site declares its own: what the server calls instances, and where they may begin", () => {
    const own = {
      name: "quarter",
      vgpuType: "sim-quarter",
      memory: "10 GiB",
      computeSlices: 1,
      memorySlices: 1,
      starts: [0, 1, 2, 3],
    };
    const plan = planned(wish, { mig: { computeSlices: 4, memorySlices: 4, profiles: [own] } });
    expect(shareOf(plan, "ai-a-ml-01")).toMatchObject({ profile: "sim-quarter", memoryGib: 10 });
  });

  test("another card of the same name has none unless it says so", () => {
    expect(() => planned(wish, { memory: "32 GiB" })).toThrow(MistakesError);
  });
});
