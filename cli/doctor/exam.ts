import type { Profile } from "../../src/config/schema.ts";
import type { MachinePlan } from "../../src/plan/machines.ts";
import { machinesOf, type Plan } from "../../src/plan/plan.ts";
import type { CephQuestions } from "./ceph-questions.ts";
import type { Link } from "./connection.ts";
import type { Result, Subject } from "./finding.ts";
import type { Questions, Row } from "./questions.ts";

/** What is known before any check asks. */
export interface Exam {
  readonly profile: Profile;
  readonly plan: Plan;
  readonly machines: readonly MachinePlan[];
  readonly link: Link;
  readonly cloud: Questions;
  /** Absent where the plan uses no Ceph, or where it does not answer. */
  readonly ceph?: CephQuestions;
}

/** One thing that is looked at, in a file of its own. */
export interface Check {
  /** For the report and for messages. */
  readonly name: string;
  readonly subject: Subject;
  /** @throws CloudStackError or CephError when the server does not tell; then the check counts as blocking */
  ask(exam: Exam): Promise<Result[]>;
}

/** A check of Ceph: asked only where the plan uses one and it answers. */
export interface CephCheck extends Omit<Check, "ask" | "subject"> {
  ask(exam: Exam & { readonly ceph: CephQuestions }): Promise<Result[]>;
}

/** Thrown where a check depends on something that another check has reported already: it then says nothing. */
export class Pointless extends Error {}

export function examOf(profile: Profile, plan: Plan, rest: Pick<Exam, "link" | "cloud" | "ceph">): Exam {
  return { profile, plan, machines: machinesOf(plan), ...rest };
}

/** The zone of the profile. @throws Pointless where there is none, as the check of the zone says */
export async function zoneOf({ cloud, plan }: Exam): Promise<Row & { readonly id: string }> {
  const zone = (await cloud.rows("listZones")).find(({ name }) => name === plan.infrastructure.zone);
  if (zone === undefined) throw new Pointless("the zone is not there");
  return { ...zone, id: String(zone.id) };
}
