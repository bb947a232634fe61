import { isCephError } from "../../provider/ceph/client/errors.ts";
import { isCloudStackError } from "../../provider/cloudstack/client/errors.ts";
import type { Profile } from "../../src/config/schema.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { connectCeph } from "./ceph-connection.ts";
import { cephChecks, checks } from "./checks.ts";
import { connect } from "./connection.ts";
import { examOf, Pointless } from "./exam.ts";
import { blocking, type Finding, type Result, type State, type Subject, subjects, worstOf } from "./finding.ts";
import { Questions } from "./questions.ts";

export interface Report {
  readonly checks: readonly Finding[];
  /** `unasked`: the server did not answer, so that nothing is known. */
  readonly worst: State | "unasked";
}

/** Told of what is asked now, for who waits. */
export type Progress = (waitingFor: readonly string[]) => void;

/**
 * Asks everything that can be asked before anything is changed. Never throws for what a server does or says.
 * @param env settings of the servers, by the names of the environment variables
 */
export async function examine(
  { profile, plan }: { profile: Profile; plan: Plan },
  env: Readonly<Record<string, string | undefined>>,
  progress: Progress = () => {},
): Promise<Report> {
  const waiting = new Set<string>();
  const watched = async <T>(what: string, asked: Promise<T>): Promise<T> => {
    waiting.add(what);
    progress([...waiting]);
    return asked.finally(() => {
      waiting.delete(what);
      progress([...waiting]);
    });
  };
  const usesCeph = plan.storage.ceph !== undefined;
  const [cloud, storage] = await Promise.all([
    watched("CloudStack", connect(env)),
    usesCeph ? watched("Ceph", connectCeph(env)) : undefined,
  ]);
  const first = [
    ...named("connection", "connection", cloud.results),
    ...named("ceph-connection", "Ceph", storage?.results ?? []),
  ];
  if (cloud.link === undefined) return { checks: sorted(first), worst: "unasked" };
  const ceph = storage?.ceph;
  const exam = examOf(profile, plan, {
    link: cloud.link,
    cloud: new Questions(cloud.link.client),
    ...(ceph && { ceph }),
  });
  const asked = [
    ...checks.map(({ name, subject, ...check }) =>
      watched(
        name,
        answer(name, subject, () => check.ask(exam)),
      ),
    ),
    ...(ceph === undefined
      ? []
      : cephChecks.map((check) =>
          watched(
            check.name,
            answer(check.name, "Ceph", () => check.ask({ ...exam, ceph })),
          ),
        )),
  ];
  const findings = sorted([...first, ...(await Promise.all(asked)).flat()]);
  return { checks: findings, worst: worstOf(findings) };
}

/** What the server refuses to tell is a finding; anything else that is thrown is a defect of ours. */
async function answer(name: string, subject: Subject, ask: () => Promise<Result[]>): Promise<Finding[]> {
  try {
    return named(name, subject, await ask());
  } catch (error) {
    if (error instanceof Pointless) return [];
    if (!isCloudStackError(error) && !isCephError(error)) throw error;
    const { facts, hint } = error;
    const what = "command" in facts ? facts.command : facts.endpoint;
    const remedy = hint ?? "look into the server's log, and ask again";
    const refused = { asked: `${name}: ${what}`, value: facts.text, rule: "the server answers the question", remedy };
    return named(name, subject, [blocking(refused)]);
  }
}

function named(check: string, subject: Subject, results: readonly Result[]): Finding[] {
  return results.map((result) => ({ check, subject, ...result }));
}

function sorted(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((one, other) => subjects.indexOf(one.subject) - subjects.indexOf(other.subject));
}
