import { compareNames } from "./order.ts";
import type { State } from "./state.ts";
import type { Compromise, Place } from "./types.ts";

/** Every preference that the plan does not meet, with what stands against it. */
export function compromisesOf(state: State, places: readonly Place[]): Compromise[] {
  const hostOf = new Map(places.map((place) => [place.machine, place]));
  return [
    ...state.rules.flatMap((rule) => {
      const members = rule.machines.flatMap((machine) => hostOf.get(machine) ?? []);
      if (rule.kind === "together") return togetherCompromise(state, rule.id, members);
      return [
        ...(rule.strict ? [] : apartCompromise(rule.id, members)),
        ...(state.racks ? rackCompromise(rule.id, members) : []),
      ];
    }),
    ...places.flatMap(gpuCompromises),
  ];
}

function togetherCompromise(state: State, id: string, members: readonly Place[]): Compromise[] {
  const groups = grouped(members, ({ host }) => host);
  if (groups.length < 2) return [];
  const names = members.map(({ machine }) => machine);
  const against = state.rules.filter(
    (other) => other.strict && other.machines.filter((machine) => names.includes(machine)).length > 1,
  );
  const where = groups.map(([host, group]) => `${list(group)} on ${host}`).join("; ");
  const because =
    against.length > 0
      ? against
          .map((rule) => `${rule.id} keeps ${list(rule.machines.filter((name) => names.includes(name)))} apart`)
          .join("; ")
      : "no host has room for all of them, or something that weighs more stands against it";
  return [{ rule: id, machines: names, message: `wanted on one host: ${where}, because ${because}` }];
}

function apartCompromise(id: string, members: readonly Place[]): Compromise[] {
  return grouped(members, ({ host }) => host)
    .filter(([, group]) => group.length > 1)
    .map(([host, group]) => ({
      rule: id,
      machines: group,
      message: `wanted on different hosts: ${list(group)} share ${host}, because no other host has room for them or something that weighs more stands against it`,
    }));
}

function rackCompromise(id: string, members: readonly Place[]): Compromise[] {
  return grouped(members, ({ rack }) => rack)
    .filter(([, group]) => group.length > 1)
    .map(([rack, group]) => ({
      rule: id,
      machines: group,
      message: `replicas in one rack: ${list(group)} share ${rack}, because the others are used or have no room`,
    }));
}

function gpuCompromises({ machine, gpu }: Place): Compromise[] {
  if (gpu === undefined) return [];
  return [
    ...(gpu.oneNumaNode === false ? [{ rule: "numa", machines: [machine], message: gpu.reason }] : []),
    ...(gpu.reason.includes("no card is left for")
      ? [{ rule: "slice size", machines: [machine], message: gpu.reason }]
      : []),
  ];
}

function grouped(
  members: readonly Place[],
  keyOf: (place: Place) => string | undefined,
): [key: string, machines: string[]][] {
  const groups = new Map<string, string[]>();
  for (const place of members) {
    const key = keyOf(place);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), place.machine]);
  }
  return [...groups].sort(([one], [other]) => compareNames(one, other));
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
