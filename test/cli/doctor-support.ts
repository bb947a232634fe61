import type { Finding } from "../../cli/doctor/finding.ts";
import { examine, type Report } from "../../cli/doctor/run.ts";
import { loadPlan } from "../../cli/plan/load.ts";
import type { CephCloud } from "../support/ceph.ts";
import type { Cloud } from "../support/cloud.ts";

export interface Patient {
  profile: string;
  cloud?: Cloud;
  ceph?: CephCloud;
  /** Settings that take the place of the clouds' own. */
  env?: Record<string, string>;
  overrides?: unknown;
}

export function examined({ profile, cloud, ceph, env, overrides }: Patient): Promise<Report> {
  const laid = overrides === undefined ? undefined : JSON.stringify(overrides);
  return examine(loadPlan(profile, laid), { ...cloud?.env, ...ceph?.env, ...env });
}

/** What is not as it has to be. */
export function complaints({ checks }: Report): Finding[] {
  return checks.filter(({ state }) => state !== "ok");
}

/** The findings of one check. */
export function findingsOf({ checks }: Report, check: string): Finding[] {
  return checks.filter((finding) => finding.check === check);
}

/** Every text of a report. */
export function textOf(report: Report): string {
  return JSON.stringify(report);
}
