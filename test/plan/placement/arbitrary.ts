import fc from "fast-check";
import { builtInCards } from "../../../src/plan/gpu/catalogue.ts";
import type { CardCatalogue } from "../../../src/plan/gpu/types.ts";
import type { GpuDemand, Host, PlacedMachine, PlacementInput, Rule } from "../../../src/plan/placement/types.ts";

/** Random hosts, machines and rules; tight enough that many do not fit. */

const models = ["A100-40", "A100-80", "T4"] as const;

/** The built-in cards on a server that shares each of them by time, too. */
const catalogue: CardCatalogue = new Map(
  [...builtInCards].map(([model, card]) => {
    const shared = (perCard: number) => ({
      name: `${model}-by-${perCard}`,
      memoryGib: card.memoryGib / perCard,
      perCard,
    });
    return [model, { ...card, timeSlicing: [shared(4), shared(2)] }];
  }),
);

function demands(tiny: boolean): fc.Arbitrary<GpuDemand> {
  const memoryGib = fc.constantFrom(4, 5, 8, 10, 12, 20);
  const count = tiny ? fc.constantFrom(1, 1, 2) : fc.integer({ min: 1, max: 3 });
  return fc.oneof(
    fc.record({
      mode: fc.constant("passthrough" as const),
      count,
      use: fc.constantFrom("training" as const, "inference" as const),
    }),
    fc.record({
      mode: fc.constantFrom("vgpu" as const, "mig" as const),
      memoryGib,
      count,
      use: fc.constantFrom("tenant" as const, "inference" as const),
    }),
    ...(tiny
      ? []
      : [
          fc.record({
            mode: fc.constant("timeSlicing" as const),
            memoryGib,
            count,
            use: fc.constant("inference" as const),
          }),
        ]),
  );
}

function hostOf(tiny: boolean): fc.Arbitrary<Omit<Host, "name">> {
  const model = fc.constantFrom(...models.slice(0, tiny ? 1 : 3));
  const card = fc.record({ model, numa: fc.integer({ min: 0, max: 1 }) });
  return fc.record({
    cores: fc.constantFrom(8, 16, 32),
    memoryGib: fc.constantFrom(32, 64, 128),
    rack: fc.constantFrom("r1", "r2"),
    cards: fc.array(card, { maxLength: tiny ? 2 : 4 }),
  });
}

function machineOf(tiny: boolean): fc.Arbitrary<Omit<PlacedMachine, "name">> {
  return fc
    .record({
      cpus: fc.constantFrom(2, 4, 8, 16),
      memoryGib: fc.constantFrom(4, 8, 16, 32),
      gpu: fc.option(demands(tiny), { nil: undefined }),
      priority: fc.constantFrom("high" as const, "medium" as const, "low" as const),
      ha: fc.boolean(),
      order: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ gpu, ...rest }) => ({ ...rest, ...(gpu && { gpu }) }));
}

/**
 * @param tiny So few and so simple that a brute force ends.
 */
export function inputs(tiny = false): fc.Arbitrary<PlacementInput> {
  return fc
    .record({
      hosts: fc.array(hostOf(tiny), { minLength: 1, maxLength: tiny ? 2 : 5 }),
      machines: fc.array(machineOf(tiny), { minLength: 1, maxLength: tiny ? 5 : 14 }),
      groups: fc.array(
        fc.record({
          members: fc.uniqueArray(fc.nat({ max: 13 }), { minLength: 2, maxLength: 3 }),
          kind: fc.constantFrom("strict" as const, "apart" as const, "together" as const),
        }),
        { maxLength: 3 },
      ),
    })
    .map(({ hosts, machines, groups }) => {
      const named = machines.map((machine, index) => ({ name: `vm-${index}`, ...machine }));
      return {
        hosts: hosts.map((host, index) => ({ name: `host-${index}`, ...host })),
        machines: named,
        rules: groups.map(({ members, kind }, index): Rule => {
          const own = members
            .map((member) => `vm-${member}`)
            .filter((name) => named.some((machine) => machine.name === name));
          return kind === "together"
            ? { id: `rule-${index}`, kind, strict: false, machines: own }
            : { id: `rule-${index}`, kind: "apart", strict: kind === "strict", machines: own };
        }),
        overcommit: { cpu: 2, memory: 1 },
        catalogue,
      };
    });
}

/** A tenant's machines, younger than all of `inputs`. */
export const newTenant: fc.Arbitrary<PlacedMachine[]> = fc
  .array(machineOf(false), { minLength: 1, maxLength: 3 })
  .map((machines) => machines.map((machine, index) => ({ ...machine, name: `a-new-${index}`, order: 9 })));
