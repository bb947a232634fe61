import { readFileSync } from "node:fs";
import { join } from "node:path";
import { callerOf } from "../caller.ts";
import type { Exam } from "../exam.ts";
import { blocking, fixable, ok, type Result } from "../finding.ts";
import { gpuWayOf, sharesOf } from "../gpu-way.ts";
import { cmk, some } from "../remedies.ts";

/** Commands by resource type and look-up, of all that `src/` uses. */
const commandsByToken: Readonly<Record<string, string[]>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "../commands.generated.json"), "utf8"),
);

/** Types that not every plan has; all others it always has. */
const onlyWhere: Readonly<Record<string, (exam: Exam) => boolean | Promise<boolean>>> = {
  "cloudstack:storage:StoragePool": ({ plan }) => plan.storage.ceph !== undefined,
  "cloudstack:management:Setting": ({ plan }) => plan.server.settings.length > 0 || plan.server.clusters !== undefined,
  "cloudstack:infrastructure:HostHa": ({ plan }) => plan.server.clusters?.hostHa !== undefined,
  "cloudstack:infrastructure:getClusters": ({ plan }) => plan.server.clusters !== undefined,
  "cloudstack:infrastructure:getHosts": async (exam) => (await takesDevices(exam)) || usesHostHa(exam),
  "cloudstack:gpu:HostDevice": (exam) => takesDevices(exam),
  "cloudstack:gpu:getVgpuProfile": async (exam) => sharesOf(exam).length > 0 && (await gpuWayOf(exam)) === "offering",
};

/** Whether the keys may call every command that the plan's resources are made, read, changed and removed with. */
export const permissions = {
  name: "permissions",
  subject: "keys",
  async ask(exam: Exam): Promise<Result[]> {
    const { cloud } = exam;
    const needed = new Set<string>();
    for (const [token, commands] of Object.entries(commandsByToken)) {
      if ((await onlyWhere[token]?.(exam)) === false) continue;
      for (const command of commands) needed.add(command);
    }
    const offered = await cloud.commands();
    const missing = [...needed].filter((command) => !offered.has(command)).sort();
    const asked = "commands that these keys may call";
    if (missing.length === 0) return [...(await who(exam)), ok(asked, `all ${needed.size} that the plan needs`)];
    const rule = `all ${needed.size} that the plan's resources need`;
    const wrong = { asked, value: `not ${some(missing, 12)}`, rule };
    const caller = await callerOf(exam).catch(() => undefined);
    const remedy = "use the keys of a root administrator: domains, limits, offerings and fixed VLANs are his to make";
    if (caller?.roleType !== "Admin" || caller.roleId === undefined)
      return [...(await who(exam)), blocking({ ...wrong, remedy })];
    const [first = ""] = missing;
    const allow = cmk("create rolepermission", { roleid: caller.roleId, rule: first, permission: "allow" });
    return [...(await who(exam)), fixable({ ...wrong, remedy: `${allow}, and so on for each; or ${remedy}` })];
  },
} as const;

async function who(exam: Exam): Promise<Result[]> {
  const caller = await callerOf(exam).catch(() => undefined);
  if (caller === undefined) return [];
  return [ok("whose keys these are", `${caller.account} of ${caller.domainPath}, role ${caller.role}`)];
}

async function takesDevices(exam: Exam): Promise<boolean> {
  return sharesOf(exam).length > 0 && (await gpuWayOf(exam)) === "hostDevices";
}

function usesHostHa({ plan }: Exam): boolean {
  return plan.server.clusters?.hostHa !== undefined;
}
