import type { Mistake } from "../../kit/errors.ts";
import { nearest } from "../../kit/nearest.ts";
import { isLegal } from "../gpu/mig.ts";
import type { CardCatalogue, CardModel } from "../gpu/types.ts";
import type { GpuDemand, GpuMode, GpuUse, Host, HostCard, PlacementInput } from "./types.ts";

/** Modes by use (P5.1). Time slicing isolates no memory: no tenant, and no training that would lose a day's work. */
const allowedModes: Record<GpuUse, readonly GpuMode[]> = {
  tenant: ["vgpu", "mig"],
  training: ["passthrough"],
  inference: ["passthrough", "vgpu", "mig", "timeSlicing"],
};

/** Everything that makes no sense whatever the hosts hold. Paths are `hosts[name]…`, `machines[name]…`, `rules[id]…`. */
export function mistakesOf(input: PlacementInput, catalogue: CardCatalogue): Mistake[] {
  const { hosts, machines, rules, overcommit, reserve } = input;
  const mistakes = [
    ...repeated("hosts", hosts, ({ name }) => name),
    ...repeated("machines", machines, ({ name }) => name),
    ...repeated("rules", rules, ({ id }) => id),
    ...hosts.flatMap((host) => hostMistakes(host, catalogue)),
    ...positive("overcommit", { cpu: overcommit.cpu, memory: overcommit.memory }),
  ];
  if (reserve && ((reserve.cores ?? 0) < 0 || (reserve.memoryGib ?? 0) < 0)) {
    mistakes.push({ path: "reserve", value: reserve, rule: "not below 0" });
  }
  const models = [...new Set(hosts.flatMap(({ cards }) => cards.map(({ model }) => model)))].flatMap(
    (model) => catalogue.get(model) ?? [],
  );
  for (const { name, cpus, memoryGib, gpu } of machines) {
    mistakes.push(...positive(`machines[${name}]`, { cpus, memoryGib }));
    if (gpu) mistakes.push(...demandMistakes(gpu, `machines[${name}].gpu`, catalogue));
    if (gpu?.mode === "timeSlicing") mistakes.push(...sharedMistakes(gpu, `machines[${name}].gpu`, models));
  }
  const names = new Set(machines.map(({ name }) => name));
  for (const { id, machines: members } of rules) {
    for (const member of new Set(members)) {
      if (names.has(member)) continue;
      mistakes.push({
        path: `rules[${id}].machines`,
        value: member,
        rule: "the name of a machine of the plan",
        ...suggestion(member, [...names]),
      });
    }
  }
  return mistakes;
}

function repeated<T>(path: string, things: readonly T[], nameOf: (thing: T) => string): Mistake[] {
  const counts = Map.groupBy(things, nameOf);
  return [...counts].flatMap(([name, same]) =>
    same.length === 1 ? [] : [{ path: `${path}[${name}]`, value: `${same.length} times`, rule: "names differ" }],
  );
}

function positive(path: string, values: Readonly<Record<string, number>>): Mistake[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value > 0 && Number.isFinite(value) ? [] : [{ path: `${path}.${key}`, value, rule: "a number above 0" }],
  );
}

function hostMistakes({ name, cores, memoryGib, cards }: Host, catalogue: CardCatalogue): Mistake[] {
  return [
    ...positive(`hosts[${name}]`, { cores, memoryGib }),
    ...cards.flatMap((card, index) => {
      const path = `hosts[${name}].cards[${index}]`;
      const model = catalogue.get(card.model);
      return model ? carvedMistakes(card, model, path) : [unknownCard(card.model, `${path}.model`, catalogue)];
    }),
  ];
}

function unknownCard(value: string, path: string, catalogue: CardCatalogue): Mistake {
  const known = [...catalogue.keys()];
  const hint = nearest(value, known);
  return {
    path,
    value,
    rule: `a card of the catalogue: ${known.join(", ")}`,
    remedy: `${hint ? `did you mean ${hint}? Otherwise ` : ""}declare the card under infrastructure.gpu.cards`,
  };
}

function carvedMistakes({ carved }: HostCard, model: CardModel, path: string): Mistake[] {
  if (carved?.mode === "vgpu" || carved?.mode === "timeSliced") {
    const { vgpu, timeSlicing = [] } = model;
    const profiles = carved.mode === "vgpu" ? vgpu : timeSlicing;
    const profile = profiles.find(({ name }) => name === carved.profile);
    if (profile === undefined) {
      const names = profiles.map(({ name }) => name);
      const rule = `a ${carved.mode === "vgpu" ? "vGPU" : "time-slicing"} profile of ${model.model}: ${names.join(", ") || "it has none"}`;
      return [{ path: `${path}.carved.profile`, value: carved.profile, rule, ...suggestion(carved.profile, names) }];
    }
    const { taken = 0 } = carved;
    if (!Number.isInteger(taken) || taken < 0 || taken > profile.perCard) {
      return [{ path: `${path}.carved.taken`, value: taken, rule: `from 0 to ${profile.perCard} slots` }];
    }
  }
  if (carved?.mode === "mig") {
    const geometry = model.mig;
    const placed = carved.instances.flatMap(({ profile: name, start }) => {
      const profile = geometry?.profiles.find((candidate) => candidate.name === name);
      return profile ? [{ profile, start }] : [];
    });
    if (geometry === undefined || placed.length < carved.instances.length || !isLegal(geometry, placed)) {
      const rule = geometry
        ? `a legal partition of ${geometry.profiles.map(({ name }) => name).join(", ")}`
        : `${model.model} has no MIG`;
      return [{ path: `${path}.carved.instances`, value: carved.instances, rule }];
    }
  }
  return [];
}

function demandMistakes({ mode, memoryGib, count, use, card }: GpuDemand, path: string, catalogue: CardCatalogue) {
  const mistakes: Mistake[] = [];
  const allowed = allowedModes[use];
  if (!allowed.includes(mode)) {
    mistakes.push({ path: `${path}.mode`, value: mode, rule: `${use} machines use ${allowed.join(", ")} (P5.1)` });
  }
  if (!Number.isInteger(count) || count < 1) mistakes.push({ path: `${path}.count`, value: count, rule: "at least 1" });
  if (memoryGib === undefined ? mode !== "passthrough" : !(memoryGib > 0)) {
    mistakes.push({ path: `${path}.memoryGib`, value: memoryGib, rule: "the memory of a slice, above 0 GiB" });
  }
  if (card !== undefined && !catalogue.has(card)) mistakes.push(unknownCard(card, `${path}.card`, catalogue));
  return mistakes;
}

/** No server shares a card by time of its own accord: it gives out what its hosts report, and under a profile of that name. */
function sharedMistakes({ mode, card, use }: GpuDemand, path: string, models: readonly CardModel[]): Mistake[] {
  const wanted = models.filter(({ model }) => card === undefined || model === card);
  if (use !== "inference" || wanted.length === 0 || wanted.some(({ timeSlicing = [] }) => timeSlicing.length > 0))
    return [];
  return [
    {
      path: `${path}.mode`,
      value: mode,
      rule: `the server has a profile under which machines share a card by time; of ${wanted.map(({ model }) => model).join(", ")} none is named`,
      remedy: "name it in infrastructure.gpu.cards under timeSlicing; or use vgpu or passthrough",
    },
  ];
}

function suggestion(word: string, candidates: readonly string[]): { remedy?: string } {
  const near = nearest(word, candidates);
  return near === undefined ? {} : { remedy: `did you mean ${near}?` };
}
