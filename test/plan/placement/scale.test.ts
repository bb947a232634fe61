import fc from "fast-check";
import { expect, test } from "vitest";
import { builtInCards } from "../../../src/plan/gpu/catalogue.ts";
import { compareCost, costOf } from "../../../src/plan/placement/cost.ts";
import { planPlacement } from "../../../src/plan/placement/plan.ts";
import { cheapest } from "../../../src/plan/placement/search.ts";
import { type HostWork, State } from "../../../src/plan/placement/state.ts";
import { inputs } from "./arbitrary.ts";
import { largeSite } from "./large-site.ts";
import { violationsOf } from "./rules-of-plan.ts";

test("10,000 VMs on 500 hosts: an allowed plan near the bounds, all preferences met, in time that grows about as the site", () => {
  const times = [1_000, 10_000].map((vms) => {
    const input = largeSite(vms);
    const started = performance.now();
    const result = planPlacement(input);
    const took = performance.now() - started;
    if (!result.ok) throw new Error(`${vms} VMs find no place`);
    const { plan } = result;
    expect(violationsOf(plan)).toEqual([]);
    expect(plan.compromises).toEqual([]);
    expect(plan.quality.cardsCarved.is).toBe(plan.quality.cardsCarved.atLeast);
    expect(plan.quality.peakLoad.is).toBeLessThan(1.5 * plan.quality.peakLoad.atLeast);
    return took;
  });
  const [thousand = 0, tenThousand = 0] = times;
  console.log(
    `placement: 10,000 VMs ${Math.round(tenThousand)} ms, ${(tenThousand / thousand).toFixed(1)} times 1,000 VMs`,
  );
});

test("a tenant more among a thousand VMs moves nobody", () => {
  const { machines, ...rest } = largeSite(1_000);
  const before = planPlacement({ ...rest, machines: machines.filter(({ order }) => order !== 99), rules: [] });
  const after = planPlacement({ ...rest, machines, rules: [] });
  if (!before.ok || !after.ok) throw new Error("no plan");
  const now = new Map(after.plan.places.map((place) => [place.machine, place]));
  expect(
    before.plan.places.filter((place) => JSON.stringify(now.get(place.machine)) !== JSON.stringify(place)),
  ).toEqual([]);
});

test("the search by bounds finds what looking at every host finds", () => {
  fc.assert(
    fc.property(inputs(), (input) => {
      const state = new State(input, builtInCards);
      for (const candidate of input.machines) {
        const { gpu: _, ...plain } = candidate;
        let best: { host: HostWork; cost: ReturnType<typeof costOf> } | undefined;
        for (const hostWork of state.hosts) {
          if (!state.admits(hostWork, plain)) continue;
          const cost = costOf(state, plain, hostWork, undefined);
          if (best === undefined || compareCost(cost, best.cost) < 0) best = { host: hostWork, cost };
        }
        const found = cheapest(state, plain);
        expect(found?.host.host.name).toBe(best?.host.host.name);
        if (found) state.put(plain, found);
      }
    }),
    { numRuns: 200 },
  );
});
