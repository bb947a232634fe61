import fc from "fast-check";
import { expect, test } from "vitest";
import { builtInCards } from "../../../src/plan/gpu/catalogue.ts";
import { addCost, type Cost, compareCost, costOf, noCost } from "../../../src/plan/placement/cost.ts";
import { byHardness } from "../../../src/plan/placement/order.ts";
import { cheapest, exactly } from "../../../src/plan/placement/search.ts";
import { State } from "../../../src/plan/placement/state.ts";
import type { Host, PlacedMachine, PlacementInput } from "../../../src/plan/placement/types.ts";
import { inputs } from "./arbitrary.ts";
import { host, machine } from "./profiles.ts";

/** The least cost by trying every place of every machine, without any bound. */
function least(state: State, machines: readonly PlacedMachine[], spent: Cost = noCost): Cost | undefined {
  const [first, ...others] = machines;
  if (first === undefined) return spent;
  let best: Cost | undefined;
  for (const place of state.hosts) {
    if (!state.admits(place, first)) continue;
    for (const way of first.gpu ? state.ways(place, first.gpu) : [undefined]) {
      const cost = addCost(spent, costOf(state, first, place, way));
      state.put(first, { host: place, way });
      const total = least(state, others, cost);
      state.remove(first);
      if (total && (best === undefined || compareCost(total, best) < 0)) best = total;
    }
  }
  return best;
}

/** Uneven hosts and machines, where the order by size is not the best one. */
const uneven: fc.Arbitrary<PlacementInput> = fc
  .record({
    hosts: fc.array(fc.tuple(fc.integer({ min: 4, max: 24 }), fc.integer({ min: 16, max: 96 })), {
      minLength: 3,
      maxLength: 3,
    }),
    machines: fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 32 })), {
      minLength: 4,
      maxLength: 6,
    }),
  })
  .map(({ hosts, machines }) => ({
    hosts: hosts.map(([cores, memory], index) => host(`host-${index}`, cores, memory)),
    machines: machines.map(([cpus, memory], index) => machine(`vm-${index}`, cpus, memory)),
    rules: [],
    overcommit: { cpu: 2, memory: 1 },
  }));

test.each([
  ["cards and rules", inputs(true)],
  ["uneven hosts", uneven],
])("%s: nothing that can be tried costs less than what the search finds", (_, arbitrary) => {
  let found = 0;
  fc.assert(
    fc.property(arbitrary, (input) => {
      const state = new State(input, builtInCards);
      const machines = [...input.machines].sort(byHardness);
      const outcome = exactly(state, machines, { budget: 1e6 });
      const best = least(state, machines);
      expect(outcome.complete).toBe(true);
      expect(outcome.found === undefined).toBe(best === undefined);
      if (best && outcome.found) {
        expect(compareCost(outcome.found.cost, best)).toBe(0);
        found++;
      }
    }),
    { numRuns: 150 },
  );
  expect(found).toBeGreaterThan(30);
});

test("what is put somewhere and taken away again leaves no trace, on cards cut up before as on others", () => {
  const carved: Host["cards"] = [
    { model: "A100-40", carved: { mode: "vgpu", profile: "A100-8C", taken: 1 } },
    { model: "A100-40", carved: { mode: "vgpu", profile: "A100-4C" } },
    { model: "A100-40", carved: { mode: "mig", instances: [{ profile: "2g.10gb", start: 2 }] } },
  ];
  const snapshot = ({ hosts, rules }: State) =>
    JSON.stringify([
      hosts.map(({ usedVcpus, usedGib, cards }) => [usedVcpus, usedGib, cards]),
      rules.map(({ onHost }) => [...onHost]),
    ]);
  fc.assert(
    fc.property(inputs(), fc.nat({ max: 99 }), (input, turn) => {
      const hosts = input.hosts.map((one) => ({ ...one, cards: [...carved, ...one.cards] }));
      const state = new State({ ...input, hosts }, builtInCards);
      const before = snapshot(state);
      for (const one of input.machines) {
        const place = cheapest(state, one);
        if (place) state.put(one, place);
      }
      const order = [
        ...input.machines.slice(turn % input.machines.length),
        ...input.machines.slice(0, turn % input.machines.length),
      ];
      for (const one of order) state.remove(one);
      expect(snapshot(state)).toBe(before);
    }),
    { numRuns: 60 },
  );
});
