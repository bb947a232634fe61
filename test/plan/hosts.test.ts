import { describe, expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { MistakesError } from "../../src/kit/errors.ts";
import { machinesOf, type Plan, planProfile } from "../../src/plan/plan.ts";

/** demo-gpu on hosts whose cards' PCI devices are named, as Mold needs it: five slices of 8 GiB on one card, three whole. */

const addresses = ["0000:17:00", "0000:31:00", "0000:b1:00", "0000:ca:00"];

type Named = { slices?: string[]; profile?: string; instances?: { profile: string; address: string }[] };

function planned(slices: Record<number, Named>, more: object = {}): Plan {
  const devices = addresses.map((card, index) => ({ address: `${card}.0`, ...slices[index] }));
  const gpu = { server: "kvm7", gpus: [{ card: "A100-40", count: 4, numa: [0, 0, 1, 1], devices }] };
  return planProfile(loadProfile({ profile: "demo-gpu", overrides: { ...more, infrastructure: { hosts: { gpu } } } }));
}

const slicesOf = (card: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${addresses[card]}.${index + 1}`);

function devicesIn(plan: Plan): Record<string, string[]> {
  return Object.fromEntries(
    machinesOf(plan).flatMap(({ name, gpu }) => (gpu?.devices ? [[name, gpu.devices.busAddresses]] : [])),
  );
}

function mistakesOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof MistakesError) return error.mistakes;
    throw error;
  }
  throw new Error("nothing was wrong");
}

describe.each([0, 1, 2, 3])("the card in slices is number %i", (card) => {
  test("the plan gives its slices and no others, and leaves the cards without slices whole", () => {
    const own = slicesOf(card, 5);
    const plan = planned({ [card]: { slices: own } });
    const devices = devicesIn(plan);
    for (const name of ["ai-a-ml-01", "ai-b-ml-01", "ai-c-ml-01"]) {
      expect(devices[name]).toHaveLength(1);
      expect(own).toContain(devices[name]?.[0]);
    }
    const whole = addresses.filter((_, index) => index !== card).map((address) => `${address}.0`);
    expect([...(devices["ai-train-01"] ?? []), ...(devices["ai-infer-01"] ?? [])].sort()).toEqual(whole);
    expect(new Set(Object.values(devices).flat()).size).toBe(6);
  });
});

test("machines of a named host are told to start there, others not", () => {
  const plan = planned({ 0: { slices: slicesOf(0, 5) } });
  const hosts = new Map(plan.placement?.places.map(({ machine, host }) => [machine, host]));
  for (const { name, server } of machinesOf(plan)) expect(server).toBe(hosts.get(name) === "gpu" ? "kvm7" : undefined);
});

test("where only some slices are named, the profile is said, and the others stay somebody else's", () => {
  const own = slicesOf(0, 3).reverse();
  const plan = planned({ 0: { slices: own, profile: "A100-8C" } });
  const { "ai-a-ml-01": a, "ai-b-ml-01": b, "ai-c-ml-01": c } = devicesIn(plan);
  expect([a, b, c].flat().sort()).toEqual([...own].sort());
});

test("slices of the wrong size are no slices for these machines: said before anything is created", () => {
  const [first] = mistakesOf(() => planned({ 0: { slices: slicesOf(0, 7), profile: "A100-4C" } }));
  expect(first).toMatchObject({
    path: "machines[ai-a-ml-01]",
    rule: expect.stringContaining("card 0 A100-4C with 7 of 10 slots free"),
  });
});

test("a number of slices that no profile has, and a profile that the card does not have, are mistakes", () => {
  const rule = expect.stringMatching(/^as many as a A100-40 has of a profile: A100-4C 10, .*A100-8C 5/);
  expect(mistakesOf(() => planned({ 2: { slices: slicesOf(2, 3) } }))).toEqual([
    {
      path: "infrastructure.hosts[gpu].gpus[0].devices[2].slices",
      value: 3,
      rule,
      remedy: expect.stringContaining("their profile under `profile`"),
    },
  ]);
  expect(mistakesOf(() => planned({ 2: { slices: slicesOf(2, 5), profile: "A100-6C" } }))).toMatchObject([
    { value: "5 of A100-6C", rule },
  ]);
});

describe("MIG instances", () => {
  const instances = ["2g.10gb", "1g.5gb", "3g.20gb"].map((profile, index) => ({
    profile,
    address: `${addresses[3]}.${index + 1}`,
  }));
  const ask = (memory: string) => ({ machines: { memory } });
  const tenants = Object.fromEntries(
    [ask("20 GiB"), ask("5 GiB"), ask("10 GiB")].map(({ machines: { memory } }, index) => {
      const key = "abc"[index] ?? "";
      return [key, { machines: { [`ai-${key}-ml-01`]: { gpu: { mode: "mig", memory } } } }];
    }),
  );

  test("are given by their own addresses", () => {
    const devices = devicesIn(planned({ 3: { instances } }, { tenants }));
    expect(devices["ai-a-ml-01"]).toEqual([`${addresses[3]}.3`]);
    expect(devices["ai-b-ml-01"]).toEqual([`${addresses[3]}.2`]);
    expect(devices["ai-c-ml-01"]).toEqual([`${addresses[3]}.1`]);
  });

  test("that fit on no card, are none of its model's, or stand beside slices are mistakes", () => {
    const path = "infrastructure.hosts[gpu].gpus[0].devices[3].instances";
    const wrong = (named: Named) => mistakesOf(() => planned({ 3: named }, { tenants }));
    const large = ["4g.20gb", "4g.20gb"].map((profile, index) => ({
      profile,
      address: `${addresses[3]}.${index + 1}`,
    }));
    expect(wrong({ instances: large })).toMatchObject([
      { path, value: "4g.20gb, 4g.20gb", rule: expect.stringMatching(/^instances that fit on one A100-40 .*1g\.5gb/) },
    ]);
    expect(wrong({ instances: [{ profile: "2g.20gb", address: `${addresses[3]}.1` }] })).toMatchObject([{ path }]);
    expect(wrong({ instances, slices: slicesOf(3, 5) })).toMatchObject([
      { path, rule: "a card has slices or instances" },
    ]);
  });
});

test("hosts that are not named are one mistake, not one of every machine", () => {
  const overrides = { infrastructure: { hosts: [] }, platform: { liveMigration: true } };
  expect(() => planProfile(loadProfile({ profile: "demo-gpu", overrides }))).toThrow(
    /2 mistakes:\s+1\. infrastructure\.hosts = "none"\s+rule: [^\n]*ai-train-01[^\n]*\s+remedy: [^\n]*\s+2\. infrastructure\.hosts = "none"\s+rule: platform\.liveMigration/,
  );
});
