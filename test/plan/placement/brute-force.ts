import { builtInCards } from "../../../src/plan/gpu/catalogue.ts";
import type { GpuDemand, PlacementInput } from "../../../src/plan/placement/types.ts";

/** Whether any allowed plan exists at all, by trying everything: for tiny inputs with vGPU, MIG and whole cards. */

interface Card {
  model: string;
  kind: "free" | "whole" | "vgpu" | "mig";
  profile: string;
  used: number;
  instances: readonly { start: number; size: number; compute: number }[];
}

export function isFeasible({ hosts, machines, rules, overcommit }: PlacementInput): boolean {
  const cards: Card[][] = hosts.map((host) =>
    host.cards.map(({ model }) => ({ model, kind: "free", profile: "", used: 0, instances: [] })),
  );
  const cpus = hosts.map(({ cores }) => cores * overcommit.cpu);
  const memory = hosts.map(({ memoryGib }) => memoryGib * overcommit.memory);
  const hostOf = new Map<string, number>();

  const visit = (depth: number): boolean => {
    const machine = machines[depth];
    if (machine === undefined) return true;
    return hosts.some((_, host) => {
      if ((cpus[host] ?? 0) < machine.cpus || (memory[host] ?? 0) < machine.memoryGib) return false;
      const clash = rules.some(
        (rule) =>
          rule.strict &&
          rule.machines.includes(machine.name) &&
          rule.machines.some((other) => other !== machine.name && hostOf.get(other) === host),
      );
      if (clash) return false;
      cpus[host] = (cpus[host] ?? 0) - machine.cpus;
      memory[host] = (memory[host] ?? 0) - machine.memoryGib;
      hostOf.set(machine.name, host);
      const fits = everyWay(cards[host] ?? [], machine.gpu, (after) => {
        const before = cards[host] ?? [];
        cards[host] = after;
        const done = visit(depth + 1);
        cards[host] = before;
        return done;
      });
      hostOf.delete(machine.name);
      cpus[host] += machine.cpus;
      memory[host] += machine.memoryGib;
      return fits;
    });
  };
  return visit(0);
}

/** Calls back with the cards after each way to meet the demand, until one is to its liking. */
function everyWay(cards: Card[], demand: GpuDemand | undefined, then: (after: Card[]) => boolean): boolean {
  if (demand === undefined) return then(cards);
  const models = [...new Set(cards.map(({ model }) => model))].filter(
    (model) => demand.card === undefined || demand.card === model,
  );
  return models.some((name) => {
    const model = builtInCards.get(name);
    const least = demand.memoryGib ?? 0;
    if (model === undefined) return false;
    if (demand.mode === "passthrough") {
      return (
        model.memoryGib >= least &&
        repeat(
          cards,
          demand.count,
          (card) => (card.model === name && card.kind === "free" ? [{ ...card, kind: "whole" }] : []),
          then,
        )
      );
    }
    const profiles = demand.mode === "vgpu" ? model.vgpu : (model.mig?.profiles ?? []);
    return profiles
      .filter(({ memoryGib }) => memoryGib >= least)
      .some((profile) =>
        repeat(
          cards,
          demand.count,
          (card): Card[] => {
            if (card.model !== name) return [];
            if ("perCard" in profile) {
              const open =
                card.kind === "free" ||
                (card.kind === "vgpu" && card.profile === profile.name && card.used < profile.perCard);
              return open ? [{ ...card, kind: "vgpu", profile: profile.name, used: card.used + 1 }] : [];
            }
            if (card.kind !== "free" && card.kind !== "mig") return [];
            return profile.starts
              .filter((start) =>
                card.instances.every(
                  (one) => start + profile.memorySlices <= one.start || one.start + one.size <= start,
                ),
              )
              .filter(() => card.instances.reduce((sum, { compute }) => sum + compute, profile.computeSlices) <= 7)
              .map((start) => ({
                ...card,
                kind: "mig",
                instances: [...card.instances, { start, size: profile.memorySlices, compute: profile.computeSlices }],
              }));
          },
          then,
        ),
      );
  });
}

function repeat(cards: Card[], count: number, step: (card: Card) => Card[], then: (after: Card[]) => boolean): boolean {
  if (count === 0) return then(cards);
  return cards.some((card, index) =>
    step(card).some((after) => repeat(cards.with(index, after), count - 1, step, then)),
  );
}
