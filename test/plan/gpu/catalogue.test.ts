import { describe, expect, test } from "vitest";
import { builtInCards } from "../../../src/plan/gpu/catalogue.ts";
import { mergeCards } from "../../../src/plan/gpu/merge.ts";
import { bestStart, freeStarts, isLegal, layOut } from "../../../src/plan/gpu/mig.ts";
import type { CardModel, MigGeometry, MigProfile } from "../../../src/plan/gpu/types.ts";

const cards = [...builtInCards.values()];

test("the catalogue passes its own checks", () => {
  expect(mergeCards(new Map(), cards).mistakes).toEqual([]);
});

test("A100-40 is that of P5.3", () => {
  const card = builtInCards.get("A100-40");
  expect(card?.vgpu.map(({ name, perCard }) => `${name} x ${perCard}`)).toEqual([
    "A100-4C x 10",
    "A100-5C x 8",
    "A100-8C x 5",
    "A100-10C x 4",
    "A100-20C x 2",
    "A100-40C x 1",
  ]);
  expect(card?.mig?.profiles.map(({ name, vgpuType }) => `${name} ${vgpuType}`)).toEqual([
    "1g.5gb A100-1-5C",
    "1g.10gb A100-1-10C",
    "2g.10gb A100-2-10C",
    "3g.20gb A100-3-20C",
    "4g.20gb A100-4-20C",
    "7g.40gb A100-7-40C",
  ]);
});

test.each(cards.map((card) => [card.model, card] as const))(
  "%s: slices go up in size, and the largest is the card",
  (_, card) => {
    const sizes = card.vgpu.map(({ memoryGib }) => memoryGib);
    expect(sizes).toEqual([...sizes].sort((one, other) => one - other));
    expect(sizes.at(-1)).toBe(card.memoryGib);
    // Nothing is left that another slice would fit in.
    for (const { memoryGib, perCard } of card.vgpu) expect(Math.floor(card.memoryGib / memoryGib)).toBe(perCard);
  },
);

describe("MIG", () => {
  const geometry = builtInCards.get("H100-80")?.mig as MigGeometry;
  const profile = (name: string) => geometry.profiles.find((candidate) => candidate.name === name) as MigProfile;
  /** As many as NVIDIA's table of instances per card says. */
  const most = { "1g.10gb": 7, "1g.20gb": 4, "2g.20gb": 3, "3g.40gb": 2, "4g.40gb": 1, "7g.80gb": 1 };

  test.each(Object.entries(most))("%s fits %i times, however the places are chosen", (name, count) => {
    const instances: { profile: MigProfile; start: number }[] = [];
    for (;;) {
      const start = bestStart(geometry, instances, profile(name));
      if (start === undefined) break;
      instances.push({ profile: profile(name), start });
    }
    expect(instances).toHaveLength(count);
    expect(isLegal(geometry, instances)).toBe(true);
  });

  test("a 4g and a 3g share a card, two 4g do not", () => {
    const four = { profile: profile("4g.40gb"), start: 0 };
    expect(freeStarts(geometry, [four], profile("3g.40gb"))).toEqual([4]);
    expect(freeStarts(geometry, [four], profile("4g.40gb"))).toEqual([]);
  });

  test("a small instance goes where a 4g still fits", () => {
    expect(bestStart(geometry, [], profile("1g.10gb"))).toBe(6);
  });

  test("instances whose places nobody tells are laid out legally, or not at all", () => {
    const wish = ["1g.10gb", "2g.20gb", "4g.40gb"].map(profile);
    const starts = layOut(geometry, wish) ?? [];
    expect(
      isLegal(
        geometry,
        wish.map((one, index) => ({ profile: one, start: starts[index] ?? -1 })),
      ),
    ).toBe(true);
    expect(layOut(geometry, Array(7).fill(profile("1g.10gb")))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(layOut(geometry, [])).toEqual([]);
    expect(layOut(geometry, [profile("4g.40gb"), profile("4g.40gb")])).toBeUndefined();
  });

  test("overlap, a place of its own making and too many compute slices are illegal", () => {
    expect(isLegal(geometry, [{ profile: profile("3g.40gb"), start: 2 }])).toBe(false);
    expect(
      isLegal(geometry, [
        { profile: profile("3g.40gb"), start: 0 },
        { profile: profile("2g.20gb"), start: 2 },
      ]),
    ).toBe(false);
    const five = { ...profile("3g.40gb"), computeSlices: 5 };
    expect(
      isLegal(geometry, [
        { profile: five, start: 0 },
        { profile: profile("3g.40gb"), start: 4 },
      ]),
    ).toBe(false);
  });
});

describe("a site's own cards", () => {
  const own: CardModel = {
    model: "simulated",
    vendorId: "10de",
    deviceId: "abcd",
    memoryGib: 24,
    passthrough: true,
    vgpu: [{ name: "sim-8", memoryGib: 8, perCard: 3 }],
  };

  test("stand beside those that are known, or replace them", () => {
    const { catalogue, mistakes } = mergeCards(builtInCards, [own, { ...own, model: "T4" }]);
    expect(mistakes).toEqual([]);
    expect(catalogue.size).toBe(builtInCards.size + 1);
    expect(catalogue.get("T4")?.vgpu[0]?.name).toBe("sim-8");
    expect(builtInCards.get("T4")?.vgpu[0]?.name).toBe("T4-4C");
  });

  const wrong: [string, Partial<CardModel>, string][] = [
    ["a PCI id in capitals", { deviceId: "20F1" }, ".deviceId"],
    ["more slices than memory", { vgpu: [{ name: "x", memoryGib: 8, perCard: 4 }] }, ".vgpu[x]"],
    ["no slice at all per card", { vgpu: [{ name: "x", memoryGib: 8, perCard: 0 }] }, ".vgpu[x]"],
    ["no way to give it out", { passthrough: false, vgpu: [] }, ""],
    ["two profiles of one name", { vgpu: [...own.vgpu, ...own.vgpu] }, ".vgpu[sim-8]"],
    ["memory below zero", { memoryGib: -1, vgpu: [] }, ".memory"],
    [
      "an instance that ends outside the card",
      {
        mig: {
          computeSlices: 4,
          memorySlices: 4,
          profiles: [{ name: "2g", vgpuType: "t", memoryGib: 12, computeSlices: 2, memorySlices: 2, starts: [0, 3] }],
        },
      },
      ".mig.profiles[2g].starts",
    ],
  ];
  test.each(wrong)("%s is a mistake, with its place", (_, change, where) => {
    const { catalogue, mistakes } = mergeCards(builtInCards, [{ ...own, ...change }]);
    expect(mistakes.map(({ path }) => path)).toEqual([`infrastructure.gpu.cards[simulated]${where}`]);
    expect(catalogue.has("simulated")).toBe(false);
  });

  test("a model that is declared twice is a mistake", () => {
    expect(mergeCards(builtInCards, [own, own]).mistakes).toHaveLength(1);
  });
});
