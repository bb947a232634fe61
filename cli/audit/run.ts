import type { Text } from "../../policies/core/text.ts";
import { isCephError } from "../../provider/ceph/client/errors.ts";
import { isCloudStackError } from "../../provider/cloudstack/client/errors.ts";
import { connectCeph } from "../doctor/ceph-connection.ts";
import { connect } from "../doctor/connection.ts";
import { scrubber } from "../report/scrub.ts";
import { checks } from "./checks.ts";
import { type Check, type Estate, estateOf, LiveCloud } from "./estate.ts";
import { type AuditReport, type Finding, severities, type Unasked } from "./finding.ts";
import type { PolicyResult } from "./policies.ts";
import type { State } from "./state.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface AuditInput {
  stack: string;
  state: State;
  /** What the policy pack says of the same state. */
  policies: PolicyResult;
  /** Settings of the servers, by the names of the environment variables. */
  env: Environment;
  now: Date;
}

/**
 * Compares a stack's state with what is there. Changes nothing.
 * @throws where CloudStack cannot be asked at all: then nothing is known
 */
export async function audit({ stack, state, policies, env, now }: AuditInput): Promise<AuditReport> {
  const { estate, unasked: closed } = await open(state, env);
  const scrub = scrubber(env);
  const asked = await Promise.all(checks.map((check) => answer(check, estate, scrub)));
  const findings = [...asked.flatMap((one) => one.findings), ...policies.findings];
  return {
    version: 2,
    stack,
    at: now.toISOString(),
    findings: findings.sort(worstFirst),
    excepted: [...policies.excepted].sort(worstFirst),
    exceptions: policies.exceptions,
    weakened: policies.weakened,
    unasked: [...closed, ...asked.flatMap(({ unasked }) => unasked), ...policies.unasked],
    looked: {
      resources: state.all.length,
      live: estate.cloud.rowCount,
      policyDecisions: policies.decisions,
    },
    checks: checks.map(({ id, title, requirements }) => ({ id, title, requirements })),
  };
}

async function open(state: State, env: Environment): Promise<{ estate: Estate; unasked: Unasked[] }> {
  const { link, results } = await connect(env);
  if (link === undefined) {
    const [failure] = results.filter((result) => result.state !== "ok");
    throw new Error(`${failure?.asked}: ${failure?.value}. ${failure?.rule}. ${failure?.remedy}`);
  }
  const cloud = new LiveCloud(link.client);
  if (!state.all.some(({ type }) => type.startsWith("ceph:"))) return { estate: estateOf(state, cloud), unasked: [] };
  const { ceph, results: answers } = await connectCeph(env);
  const because = answers.find((result) => result.state !== "ok");
  const unasked = ceph === undefined ? [{ check: "Ceph", because: alike(`${because?.asked}: ${because?.value}`) }] : [];
  return { estate: estateOf(state, cloud, ceph), unasked };
}

/** What the server refuses to tell is noted; anything else that is thrown is a defect of ours. */
async function answer(check: Check, estate: Estate, scrub: (text: string) => string) {
  if (check.ofCeph && estate.ceph === undefined) return { findings: [], unasked: [] };
  try {
    const { id: rule, requirements } = check;
    const findings = await check.ask(estate);
    return {
      findings: findings.map(
        (finding): Finding => ({ rule, source: "live", requirements, references: [], ...finding }),
      ),
      unasked: [],
    };
  } catch (error) {
    if (!isCloudStackError(error) && !isCephError(error)) throw error;
    return { findings: [], unasked: [{ check: check.id, because: alike(scrub(error.message)) }] };
  }
}

/** What a server says, it says in one language. */
function alike(text: string): Text {
  return { en: text, ko: text };
}

function worstFirst(one: Finding, other: Finding): number {
  const bySeverity = severities.indexOf(other.severity) - severities.indexOf(one.severity);
  const key = ({ rule, layer, name, id, message }: Finding) => [rule, layer, name, id, message.en].join("\u0000");
  return bySeverity || (key(one) < key(other) ? -1 : 1);
}
