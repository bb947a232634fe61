import { appendFileSync } from "node:fs";
import { speaksKorean } from "../../provider/core/locale.ts";
import { type AuditReport, exitCodeOf, type Severity, severities } from "../audit/finding.ts";
import { parseWords, save, UsageError } from "../usage.ts";

const known = {
  json: { type: "string" },
  sarif: { type: "string" },
  html: { type: "string" },
  summary: { type: "string" },
  "fail-on": { type: "string" },
  "policy-pack-config": { type: "string" },
} as const;

/**
 * `strata audit <stack> [--json FILE] [--sarif FILE] [--html FILE] [--summary FILE] [--fail-on SEVERITY]
 * [--policy-pack-config FILE]`: the policy pack over a running
 * stack's state, and what is on the servers without being in the state. Asks the CloudStack of CLOUDSTACK_API_URL, and the
 * Ceph of CEPH_DASHBOARD_URL where the stack uses one. Changes nothing. Exit code by the worst finding; see `exitCodeOf`.
 */
export async function audit(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, known);
  const [stack, ...more] = positionals;
  if (stack === undefined || more.length > 0) throw new UsageError(`"audit" takes one stack, e.g. enterprise`);
  const threshold = severities.find((one) => one === (values["fail-on"] ?? "medium"));
  if (threshold === undefined) {
    throw new UsageError(`--fail-on takes ${severities.join(", ")}, got "${values["fail-on"]}"`);
  }
  const report = await reportOf(stack, values["policy-pack-config"]);
  await write(report, values);
  return exitCodeOf(report, threshold satisfies Severity);
}

/** @param config the pack's; without it that of the environment */
async function reportOf(stack: string, config: string | undefined): Promise<AuditReport> {
  const { askEngine, policyConfig } = await import("../audit/engine.ts");
  const { audit: run } = await import("../audit/run.ts");
  const { policyResult } = await import("../audit/policies.ts");
  const { scrubber } = await import("../report/scrub.ts");
  const { State } = await import("../audit/state.ts");
  const { exported, analysis } = await askEngine(stack, {
    ...process.env,
    ...(config === undefined ? {} : { [policyConfig]: config }),
  });
  const state = new State(exported);
  const policies = policyResult(analysis, state, scrubber(process.env));
  return await run({ stack, state, policies, env: process.env, now: new Date() });
}

interface Files {
  json?: string;
  sarif?: string;
  html?: string;
  /** Of a job in CI; earlier steps may have written into it. */
  summary?: string;
}

async function write(report: AuditReport, files: Files): Promise<void> {
  const language = speaksKorean() ? "ko" : "en";
  const pretty = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  if (files.json !== undefined) save(files.json, pretty(report));
  if (files.sarif !== undefined) {
    const { sarifOf } = await import("../audit/sarif.ts");
    save(files.sarif, pretty(sarifOf(report, language)));
  }
  if (files.html !== undefined) {
    const { auditPage } = await import("../audit/html/page.ts");
    save(files.html, auditPage(report, language));
  }
  if (files.summary !== undefined) {
    const { auditSummary } = await import("../audit/markdown.ts");
    appendFileSync(files.summary, auditSummary(report, language));
  }
  const { auditText } = await import("../audit/text.ts");
  process.stdout.write(`${auditText(report, language)}\n`);
}
