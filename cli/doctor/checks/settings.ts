import { cloudInit } from "../../../src/guests/cloud-init.ts";
import type { Exam } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { gpuWayOf, sharesOf } from "../gpu-way.ts";
import { cmk } from "../remedies.ts";

/** Settings of the server that the plan depends on and that the program looks at, but does not set. */
export const settings = {
  name: "settings",
  subject: "settings",
  ask: async (exam: Exam): Promise<Result[]> => [
    ...(await tiers(exam)),
    ...(await userData(exam)),
    ...(await devices(exam)),
  ],
} as const;

async function tiers({ cloud, plan }: Exam): Promise<Result[]> {
  const name = "vpc.max.networks";
  const value = await cloud.setting(name);
  if (value === undefined) return [];
  const { tierCount } = plan.network;
  if (Number(value) >= tierCount) return [ok(name, `${value}, for ${tierCount} tiers`)];
  const remedy = `${cmk("update configuration", { name, value: tierCount })}, then restart the management server: it reads this at its start only`;
  const rule = `at least ${tierCount}: the VPC has a tier for each tenant and each zone of the platform`;
  return [fixable({ asked: name, value, rule, remedy })];
}

/** In characters of base64, as the server counts. */
async function userData({ cloud, plan, machines }: Exam): Promise<Result[]> {
  const name = "vm.userdata.max.length";
  const value = await cloud.setting(name);
  if (value === undefined) return [];
  const sizes = machines.map((machine) => ({
    machine: machine.name,
    length: Buffer.from(cloudInit(machine, plan.guests)).toString("base64").length,
  }));
  const longest = sizes.reduce((most, one) => (one.length > most.length ? one : most));
  const shown = `${longest.length} characters for ${longest.machine}`;
  if (Number(value) >= longest.length) return [ok(name, `${value}, at most ${shown} are used`)];
  const remedy = cmk("update configuration", { name, value: 32_768 });
  return [fixable({ asked: name, value, rule: `at least ${shown}`, remedy })];
}

async function devices(exam: Exam): Promise<Result[]> {
  if (sharesOf(exam).length === 0 || (await gpuWayOf(exam)) !== "hostDevices") return [];
  const name = "enable.additional.vm.configuration";
  const value = await exam.cloud.setting(name);
  if (value === "true") return [ok(name, value, { requirement: "P5.1" })];
  const remedy = cmk("update configuration", { name, value: "true" });
  const rule = "true: on this server a machine gets its devices by extra configuration";
  return [fixable({ asked: name, value: value ?? "not set", rule, remedy, requirement: "P5.1" })];
}
