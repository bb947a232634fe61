import type { Exam } from "../exam.ts";
import { blocking, fixable, ok, type Result } from "../finding.ts";
import { hostRows, isUsable, type LiveHost, liveHosts } from "../live-hosts.ts";
import { oursIn } from "../ours.ts";
import { cmk, override, some } from "../remedies.ts";

/** Whether the zone has the hosts that the profile counts with. GPUs are looked at by their devices. */
export const hosts = {
  name: "hosts",
  subject: "hosts",
  async ask(exam: Exam): Promise<Result[]> {
    const rows = await hostRows(exam);
    const usable = await liveHosts(exam, await oursIn(exam));
    const idle = rows.filter((row) => !isUsable(row));
    return [...idleHosts(idle), ...matched(exam, usable), ...speed(exam, usable)];
  },
} as const;

function idleHosts(rows: Awaited<ReturnType<typeof hostRows>>): Result[] {
  return rows.map(({ id, name, state, resourcestate }) => {
    const isUp = state === "Up";
    const remedy = isUp
      ? cmk(resourcestate === "Disabled" ? "update host" : "cancel hostmaintenance", {
          id: String(id),
          ...(resourcestate === "Disabled" && { allocationstate: "Enable" }),
        })
      : "start the host and its agent (systemctl status cloudstack-agent)";
    const wrong = { asked: `host ${name}`, value: `${state}, ${resourcestate}`, rule: "Up and Enabled" };
    return fixable({ ...wrong, remedy });
  });
}

/** A host shows less memory than is built in: what firmware and kernel keep for themselves. */
const tolerance = 0.95;

/** The largest of the profile's hosts take the smallest of the zone's that will do. */
function matched({ plan }: Exam, usable: readonly LiveHost[]): Result[] {
  const wanted = plan.infrastructure.hosts
    .flatMap(({ name, count, cores, memory }) => Array.from({ length: count }, () => ({ name, cores, memory })))
    .sort((one, other) => other.memory - one.memory || other.cores - one.cores);
  if (wanted.length === 0) return [];
  const left = [...usable].sort((one, other) => one.memoryGib - other.memoryGib || one.cores - other.cores);
  const missing = wanted.filter(({ cores, memory }) => {
    const index = left.findIndex((host) => host.cores >= cores && host.memoryGib >= memory * tolerance);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  const asked = "hosts that the profile counts with";
  const requirement = "P5.2";
  if (missing.length === 0) return [ok(asked, `${wanted.length}, and ${left.length} more`, { requirement })];
  const kinds = [...Map.groupBy(missing, ({ name }) => name)].map(([name, hosts]) => {
    const { cores, memory } = hosts[0] ?? { cores: 0, memory: 0 };
    return `${hosts.length} × ${name} (${cores} cores, ${memory} GiB)`;
  });
  const there = usable.map(({ name, cores, memoryGib }) => `${name} ${cores} cores ${Math.floor(memoryGib)} GiB`);
  return [
    fixable({
      asked,
      value: `not there: ${kinds.join(", ")}`,
      rule: `as in infrastructure.hosts; the zone has ${some(there)}`,
      remedy:
        "say in infrastructure.hosts (strata:overrides) what the zone has, and look at `strata plan`; or add hosts",
      requirement,
    }),
  ];
}

function speed({ plan }: Exam, usable: readonly LiveHost[]): Result[] {
  const { cpuSpeedMhz } = plan.infrastructure;
  const asked = "speed of the hosts' processors";
  const slow = usable.filter(({ coreMhz }) => coreMhz < cpuSpeedMhz);
  if (usable.length === 0) {
    const wrong = {
      asked: "hosts that machines can start on",
      value: "none",
      rule: "at least one that is up and enabled",
    };
    return [blocking({ ...wrong, remedy: "add hosts to the zone", requirement: "P5.2" })];
  }
  if (slow.length === 0) return [ok(asked, `at least the ${cpuSpeedMhz} MHz of a vCPU`)];
  const fastEnough = Math.min(...usable.map(({ coreMhz }) => coreMhz));
  const value = some(slow.map(({ name, coreMhz }) => `${name} ${coreMhz} MHz`));
  const rule = `at least ${cpuSpeedMhz} MHz: slower hosts take none of the plan's machines`;
  return [fixable({ asked, value, rule, remedy: override("infrastructure.cpuSpeedMhz", fastEnough) })];
}
