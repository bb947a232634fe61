import { formatGib } from "../../kit/units.ts";
import { waysOf } from "../gpu/ways.ts";
import { emptied } from "../gpu/work.ts";
import type { HostWork, State } from "./state.ts";
import type { GpuDemand, PlacedMachine } from "./types.ts";

/** What a machine asks for, as people say it. */
export function describeDemand({ cpus, memoryGib, gpu }: PlacedMachine): string {
  return [`${cpus} vCPU`, formatGib(memoryGib), ...(gpu ? [describeGpu(gpu)] : [])].join(", ");
}

function describeGpu({ mode, count, memoryGib = 0, card }: GpuDemand): string {
  const many = count > 1 ? "s" : "";
  const of = card === undefined ? "" : ` of ${card}`;
  if (mode === "passthrough") {
    return `${count} whole card${many}${of}${memoryGib > 0 ? ` of at least ${formatGib(memoryGib)}` : ""}`;
  }
  const names = { vgpu: "vGPU slice", mig: "MIG instance", timeSlicing: "time-sliced share" };
  return `${count} ${names[mode]}${many} of ${formatGib(memoryGib)}${of}`;
}

/** Changes that would each let the machine in, beside everybody else as they stand; the smallest change first. */
export function suggestionsFor(state: State, machine: PlacedMachine): string[] {
  return [
    ...smallerSlice(state, machine),
    ...fewer(state, machine),
    ...otherMode(state, machine),
    ...smallerMachine(state, machine),
    ...withoutRule(state, machine),
    ...oneMoreHost(state, machine),
  ];
}

/** The first host that takes the machine. */
function hostFor(state: State, machine: PlacedMachine): HostWork | undefined {
  return state.hosts.find(
    (host) => state.admits(host, machine) && (machine.gpu === undefined || state.ways(host, machine.gpu).length > 0),
  );
}

function smallerSlice(state: State, machine: PlacedMachine): string[] {
  const { gpu } = machine;
  const asked = gpu?.memoryGib;
  if (gpu === undefined || asked === undefined || gpu.mode === "timeSlicing") return [];
  const models = new Set(state.hosts.flatMap(({ cards }) => cards.map(({ model }) => model)));
  const sizes = [...models].flatMap(({ memoryGib, vgpu, mig }) => {
    if (gpu.mode === "passthrough") return [memoryGib];
    return (gpu.mode === "vgpu" ? vgpu : (mig?.profiles ?? [])).map((profile) => profile.memoryGib);
  });
  for (const memoryGib of [...new Set(sizes)].filter((size) => size < asked).sort((one, other) => other - one)) {
    const demand = { ...gpu, memoryGib };
    const host = hostFor(state, { ...machine, gpu: demand });
    if (host === undefined) continue;
    const [way] = state.ways(host, demand);
    const what = way?.profile?.name ?? way?.model.model;
    const free = countOf(host, demand, 99);
    return [`${free} free ${what} on ${host.host.name}: would fit with ${formatGib(memoryGib)} instead of ${asked}`];
  }
  return [];
}

/** How many such cards or slices the host can give, up to a limit. */
function countOf(host: HostWork, demand: GpuDemand, limit: number): number {
  let count = 0;
  while (count < limit && waysOf(host.cards, { ...demand, count: count + 1 }).length > 0) count++;
  return count;
}

function fewer(state: State, machine: PlacedMachine): string[] {
  const { gpu } = machine;
  if (gpu === undefined) return [];
  for (let count = gpu.count - 1; count > 0; count--) {
    const host = hostFor(state, { ...machine, gpu: { ...gpu, count } });
    if (host) return [`would fit on ${host.host.name} with ${count} instead of ${gpu.count} cards or slices`];
  }
  return [];
}

/** The other kind of slice with memory of its own: whoever may have one may have the other (P5.1). */
function otherMode(state: State, machine: PlacedMachine): string[] {
  const { gpu } = machine;
  if (gpu?.mode !== "vgpu" && gpu?.mode !== "mig") return [];
  const mode = gpu.mode === "vgpu" ? "mig" : "vgpu";
  const demand: GpuDemand = { ...gpu, mode };
  const host = hostFor(state, { ...machine, gpu: demand });
  if (host === undefined) return [];
  const [way] = state.ways(host, demand);
  return [`would fit on ${host.host.name} as ${mode === "mig" ? "MIG" : "vGPU"} ${way?.profile?.name}`];
}

function smallerMachine(state: State, machine: PlacedMachine): string[] {
  const rooms = state.hosts
    .map((host) => ({
      host,
      cpus: Math.min(machine.cpus, Math.floor(host.vcpus - host.usedVcpus)),
      memoryGib: Math.min(machine.memoryGib, Math.floor(host.memoryGib - host.usedGib)),
    }))
    .filter(({ cpus, memoryGib }) => cpus >= 1 && memoryGib >= 1)
    .sort((one, other) => share(other, machine) - share(one, machine));
  for (const { host, cpus, memoryGib } of rooms) {
    if (cpus === machine.cpus && memoryGib === machine.memoryGib) continue;
    const smaller = { ...machine, cpus, memoryGib };
    if (!state.admits(host, smaller) || (machine.gpu && state.ways(host, machine.gpu).length === 0)) continue;
    return [
      `would fit on ${host.host.name} with ${cpus} vCPU, ${formatGib(memoryGib)} instead of ${machine.cpus} vCPU, ${formatGib(machine.memoryGib)}`,
    ];
  }
  return [];
}

function share({ cpus, memoryGib }: { cpus: number; memoryGib: number }, asked: PlacedMachine): number {
  return Math.min(cpus / asked.cpus, memoryGib / asked.memoryGib);
}

function withoutRule(state: State, machine: PlacedMachine): string[] {
  for (const host of state.hosts) {
    const rule = state.blocking(host, machine);
    if (rule === undefined) continue;
    const roomy = machine.cpus <= host.vcpus - host.usedVcpus && machine.memoryGib <= host.memoryGib - host.usedGib;
    const blocking = state.rulesOf
      .get(machine.name)
      ?.filter(({ strict, onHost }) => strict && (onHost.get(host.index) ?? 0) > 0);
    if (roomy && blocking?.length === 1 && (machine.gpu === undefined || state.ways(host, machine.gpu).length > 0)) {
      return [`would fit on ${host.host.name} if ${rule.id} were a preference`];
    }
  }
  return [];
}

/** A host of a kind that is already there: empty, it takes the machine whatever the rules. */
function oneMoreHost(state: State, machine: PlacedMachine): string[] {
  const host = state.hosts.find(
    (candidate) =>
      machine.cpus <= candidate.vcpus &&
      machine.memoryGib <= candidate.memoryGib &&
      (machine.gpu === undefined || waysOf(candidate.cards.map(emptied), machine.gpu).length > 0),
  );
  if (host === undefined) return [];
  const { name, cores, memoryGib, cards } = host.host;
  const kinds = Map.groupBy(cards, ({ model }) => model);
  const text = [...kinds].map(([model, same]) => `, ${same.length} x ${model}`).join("");
  return [`one more host like ${name} (${cores} cores, ${formatGib(memoryGib)}${text})`];
}
