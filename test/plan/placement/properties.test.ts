import fc from "fast-check";
import { expect, test } from "vitest";
import { simulateHostFailures } from "../../../src/plan/placement/failures.ts";
import { planPlacement } from "../../../src/plan/placement/plan.ts";
import type { PlacementInput, PlacementPlan } from "../../../src/plan/placement/types.ts";
import { inputs, newTenant } from "./arbitrary.ts";
import { isFeasible } from "./brute-force.ts";
import { violationsOf } from "./rules-of-plan.ts";

function reversed({ hosts, machines, rules, ...rest }: PlacementInput): PlacementInput {
  return {
    ...rest,
    hosts: [...hosts].reverse(),
    machines: [...machines].reverse(),
    rules: [...rules].reverse().map((rule) => ({ ...rule, machines: [...rule.machines].reverse() })),
  };
}

function decided({ places, hosts, cards, quality }: PlacementPlan): unknown {
  return { places, hosts, cards, quality };
}

test("a plan never breaks a rule, and whoever has no place is told as a shortfall", () => {
  fc.assert(
    fc.property(inputs(), (input) => {
      const result = planPlacement(input);
      if (!("plan" in result)) throw new Error(JSON.stringify(result.mistakes));
      const missing = result.ok ? [] : result.shortfalls.map(({ machine }) => machine);
      expect(violationsOf(result.plan, missing)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test("there is a plan exactly where trying everything finds one", () => {
  let feasible = 0;
  let proved = 0;
  fc.assert(
    fc.property(inputs(true), (input) => {
      const possible = isFeasible(input);
      const result = planPlacement(input);
      expect(result.ok).toBe(possible);
      if (possible) feasible++;
      else if (!result.ok && result.shortfalls.every((shortfall) => shortfall.proved)) proved++;
    }),
    { numRuns: 150 },
  );
  // Both kinds must have been seen, or nothing was shown.
  expect(feasible).toBeGreaterThan(20);
  expect(proved).toBeGreaterThan(10);
});

test("the order of the profile decides nothing", () => {
  fc.assert(
    fc.property(inputs(), (input) => {
      const [one, other] = [planPlacement(input), planPlacement(reversed(input))];
      if (!("plan" in one) || !("plan" in other)) throw new Error("no plan");
      expect(decided(other.plan)).toEqual(decided(one.plan));
    }),
    { numRuns: 40 },
  );
});

test("a new tenant moves nobody; where it does not fit otherwise, the plan names who made room", () => {
  let stayed = 0;
  fc.assert(
    fc.property(inputs(), newTenant, (input, tenant) => {
      const before = planPlacement(input);
      fc.pre(before.ok);
      const after = planPlacement({ ...input, machines: [...tenant, ...input.machines] });
      if (!before.ok || !("plan" in after)) throw new Error("no plan");
      const now = new Map(after.plan.places.map((place) => [place.machine, place]));
      const moved = before.plan.places.filter((place) => {
        const { host, gpu } = now.get(place.machine) ?? {};
        return host !== place.host || JSON.stringify(gpu?.cards) !== JSON.stringify(place.gpu?.cards);
      });
      const told = new Set(after.plan.quality.rearranged);
      expect(moved.filter(({ machine }) => !told.has(machine))).toEqual([]);
      if (moved.length === 0) stayed++;
    }),
    { numRuns: 70 },
  );
  expect(stayed).toBeGreaterThan(20);
});

test("whoever is pinned stays, whatever comes, as long as it still fits", () => {
  fc.assert(
    fc.property(inputs(), newTenant, (input, tenant) => {
      const before = planPlacement(input);
      fc.pre(before.ok);
      if (!before.ok) return;
      const previous = before.plan.places.map(({ machine, host, gpu }) => ({
        machine,
        host,
        ...(gpu && { cards: gpu.cards.map(({ index }) => index) }),
      }));
      const first = tenant.map((machine) => ({ ...machine, order: -1 }));
      const after = planPlacement({ ...input, previous, machines: [...first, ...input.machines] });
      if (!("plan" in after)) throw new Error("no plan");
      const now = new Map(after.plan.places.map((place) => [place.machine, place.host]));
      const told = new Set(after.plan.quality.rearranged);
      expect(before.plan.places.filter(({ machine, host }) => now.get(machine) !== host && !told.has(machine))).toEqual(
        [],
      );
    }),
    { numRuns: 40 },
  );
});

test("a simulated failure restarts nobody where it may not be, and accounts for everybody", () => {
  fc.assert(
    fc.property(inputs(), (input) => {
      const result = planPlacement(input);
      if (!("plan" in result)) throw new Error("no plan");
      const { plan } = result;
      for (const { failed, domain, stopped, restarts, leftOut } of simulateHostFailures(plan)) {
        const gone = plan.hosts.filter(({ host, rack }) => (domain === "host" ? host : rack) === failed);
        expect([...stopped].sort()).toEqual(gone.flatMap(({ machines }) => machines).sort());
        expect([...restarts, ...leftOut].map(({ machine }) => machine).sort()).toEqual([...stopped].sort());
        const target = new Map(restarts.map(({ machine, host }) => [machine, host]));
        const places = plan.places.flatMap(({ machine, host }) => {
          const now = stopped.includes(machine) ? target.get(machine) : host;
          return now === undefined ? [] : [{ machine, host: now }];
        });
        expect(places.filter(({ host }) => gone.some((other) => other.host === host))).toEqual([]);
        for (const host of input.hosts) {
          const here = input.machines.filter(({ name }) =>
            places.some((p) => p.machine === name && p.host === host.name),
          );
          expect(here.reduce((sum, { memoryGib }) => sum + memoryGib, 0)).toBeLessThanOrEqual(host.memoryGib);
          expect(here.reduce((sum, { cpus }) => sum + cpus, 0)).toBeLessThanOrEqual(host.cores * 2);
        }
        for (const rule of input.rules.filter(({ strict }) => strict)) {
          const hosts = places.filter(({ machine }) => rule.machines.includes(machine)).map(({ host }) => host);
          expect(new Set(hosts).size).toBe(hosts.length);
        }
        expect(restarts.every(({ machine }) => input.machines.find(({ name }) => name === machine)?.ha)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});
