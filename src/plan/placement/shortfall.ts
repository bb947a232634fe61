import type { Mistake } from "../../kit/errors.ts";
import { waysOf } from "../gpu/ways.ts";
import { type CardWork, emptied } from "../gpu/work.ts";
import type { HostWork, State } from "./state.ts";
import { describeDemand, suggestionsFor } from "./suggestions.ts";
import type { GpuDemand, Missing, PlacedMachine, Shortfall } from "./types.ts";

/** Hosts that a text names one by one; of more, so many others. */
const namedHosts = 6;

/** What keeps the machine off every host, with everybody else in place. */
export function shortfallOf(state: State, machine: PlacedMachine, proved: boolean): Shortfall {
  return {
    machine: machine.name,
    demand: describeDemand(machine),
    hosts: state.hosts.map((host) => ({ host: host.host.name, missing: missingOn(state, host, machine) })),
    proved: proved || state.hosts.every((host) => !fitsEmpty(host, machine)),
    nearest: suggestionsFor(state, machine),
  };
}

/** True where the host could carry the machine if nobody else were there. */
function fitsEmpty(host: HostWork, { cpus, memoryGib, gpu }: PlacedMachine): boolean {
  if (cpus > host.vcpus || memoryGib > host.memoryGib) return false;
  return gpu === undefined || waysOf(host.cards.map(emptied), gpu).length > 0;
}

function missingOn(state: State, host: HostWork, machine: PlacedMachine): Missing[] {
  const missing: Missing[] = [];
  const vcpus = host.vcpus - host.usedVcpus;
  const memoryGib = host.memoryGib - host.usedGib;
  if (machine.cpus > vcpus) missing.push({ kind: "vcpus", asked: machine.cpus, free: vcpus });
  if (machine.memoryGib > memoryGib) missing.push({ kind: "memoryGib", asked: machine.memoryGib, free: memoryGib });
  const rule = state.blocking(host, machine);
  const other = rule?.machines.find((name) => name !== machine.name && host.machines.has(name));
  if (rule && other !== undefined) missing.push({ kind: "rule", rule: rule.id, machine: other });
  const { gpu } = machine;
  if (gpu && state.ways(host, gpu).length === 0) {
    missing.push({ kind: "gpu", asked: gpu.count, free: mostOf(host, gpu), text: cardsText(host) });
  }
  return missing;
}

/** How many such cards or slices the host could give now. */
function mostOf(host: HostWork, demand: GpuDemand): number {
  let most = 0;
  while (most < demand.count && waysOf(host.cards, { ...demand, count: most + 1 }).length > 0) most++;
  return most;
}

function cardsText({ cards }: HostWork): string {
  if (cards.length === 0) return "no cards";
  return cards.map((card) => `card ${card.index} ${cardText(card)}`).join(", ");
}

function cardText({ kind, model, profile, slots }: CardWork): string {
  const free = slots.filter(({ holder }) => holder === null).length;
  const users = slots.flatMap(({ holder }) => (holder === null || holder === "taken" ? [] : holder.machine));
  switch (kind) {
    case "free":
      return `${model.model} free`;
    case "taken":
      return `${model.model} in other hands`;
    case "whole":
      return `${model.model} with ${users.join()}`;
    case "vgpu":
    case "timeSliced":
      return `${profile?.name} with ${free} of ${slots.length} slots free`;
    case "mig":
      return `MIG ${instancesText(slots)}`;
    default:
      return kind satisfies never;
  }
}

function instancesText(slots: CardWork["slots"]): string {
  return slots
    .flatMap(({ instance }) => instance ?? [])
    .sort((one, other) => one.start - other.start)
    .map(({ profile, start }) => `${profile.name}@${start}`)
    .join(" ");
}

/** The shortfall in one line each: for an error that names everything at once. */
export function asMistake({ machine, demand, hosts, nearest, proved }: Shortfall): Mistake {
  const texts = Map.groupBy(hosts, ({ missing }) => missing.map(missingText).join(", "));
  const lines = [...texts].slice(0, namedHosts).map(([text, same]) => {
    const names = same.map(({ host }) => host);
    const more = names.length > namedHosts ? ` and ${names.length - namedHosts} more` : "";
    return `${names.slice(0, namedHosts).join(", ")}${more}: ${text || "room, but not beside the others"}`;
  });
  const others = texts.size > namedHosts ? [`${texts.size - namedHosts} more kinds of shortage`] : [];
  return {
    path: `machines[${machine}]`,
    value: demand,
    rule: `a place on one of the hosts${proved ? "; there is none in any arrangement" : ""}. ${[...lines, ...others].join("; ")}`,
    ...(nearest.length > 0 && { remedy: nearest.join("; or ") }),
  };
}

function missingText(missing: Missing): string {
  switch (missing.kind) {
    case "vcpus":
      return `${round(missing.free)} of ${missing.asked} vCPU free`;
    case "memoryGib":
      return `${round(missing.free)} of ${missing.asked} GiB free`;
    case "gpu":
      return `${missing.free} of ${missing.asked} cards or slices (${missing.text})`;
    case "rule":
      return `${missing.rule} keeps it apart from ${missing.machine}`;
    default:
      return missing satisfies never;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
