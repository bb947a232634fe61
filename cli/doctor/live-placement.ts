import type { Mistake } from "../../src/kit/errors.ts";
import { planPlacement } from "../../src/plan/placement/plan.ts";
import type { Host, PlacedMachine, PlacementInput, PlacementPlan } from "../../src/plan/placement/types.ts";
import type { Exam } from "./exam.ts";
import { liveCards } from "./live-cards.ts";
import { liveHosts } from "./live-hosts.ts";
import { oursIn } from "./ours.ts";

export interface LivePlacement {
  /** Absent where not everything finds a place. Cards are in it only where they were part of the question. */
  readonly plan?: PlacementPlan;
  /** What finds no place on the hosts as they are now. */
  readonly mistakes: readonly Mistake[];
  readonly hosts: number;
  /** Whether cards were part of it. */
  readonly withGpu: boolean;
}

const answers = new WeakMap<Exam, Promise<LivePlacement>>();

/** The planner's own answer for the hosts, cards and factors that the server has now, instead of the profile's. */
export function livePlacement(exam: Exam): Promise<LivePlacement> {
  const answer = answers.get(exam) ?? place(exam);
  answers.set(exam, answer);
  return answer;
}

async function place(exam: Exam): Promise<LivePlacement> {
  const ours = await oursIn(exam);
  const { cpuSpeedMhz } = exam.plan.infrastructure;
  const live = (await liveHosts(exam, ours)).filter(({ coreMhz }) => coreMhz >= cpuSpeedMhz);
  const cards = await liveCards(exam, ours);
  const hosts = live.map(
    ({ id, name, freeMhz, freeGib }): Host => ({
      name,
      // The server gives out MHz, overcommit included: as many vCPUs as that makes.
      cores: Math.max(0, Math.floor(freeMhz / cpuSpeedMhz)),
      memoryGib: Math.max(0, Math.floor(freeGib)),
      cards: cards?.get(id) ?? [],
    }),
  );
  const { machines, rules, catalogue } = wishesOf(exam);
  const asked = cards === undefined ? machines.map(({ gpu: _, ...machine }) => machine) : machines;
  const input = { hosts, machines: asked, rules, overcommit: { cpu: 1, memory: 1 }, ...(catalogue && { catalogue }) };
  const result = planPlacement(input);
  const mistakes = result.ok ? cutUp(hosts, result.plan) : result.mistakes;
  return { mistakes, hosts: hosts.length, withGpu: cards !== undefined, ...(result.ok && { plan: result.plan }) };
}

/** The planner may cut a whole card up; on a server that is the work of whoever runs its hosts. */
function cutUp(hosts: readonly Host[], { cards }: PlacementPlan): Mistake[] {
  return cards.flatMap(({ host, index, model, state }) => {
    const isWhole = hosts.find(({ name }) => name === host)?.cards[index]?.carved === undefined;
    if (!isWhole || state.kind === "free" || state.kind === "whole" || state.kind === "taken") return [];
    const users =
      state.kind !== "mig"
        ? state.slots.flatMap((slot) => (typeof slot === "object" ? (slot?.machine ?? []) : []))
        : [];
    const rule = `the slices that exist are not enough: card ${index} (${model}) of ${host} is whole`;
    return [
      { path: users.join(", ") || host, rule, remedy: "carve the card on its host, then `cmk discover gpudevices`" },
    ];
  });
}

/** What the plan's own placement was asked; where the profile names no hosts, sizes alone. */
function wishesOf({ plan, machines }: Exam): Pick<PlacementInput, "machines" | "rules" | "catalogue"> {
  if (plan.placement !== undefined) return plan.placement.input;
  const sized = machines.map(
    ({ name, cpus, memoryGib, priority, ha }): PlacedMachine => ({ name, cpus, memoryGib, priority, ha, order: 0 }),
  );
  return { machines: sized, rules: [] };
}
