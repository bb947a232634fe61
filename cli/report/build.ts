import type { FindingRecord } from "../../policies/core/record.ts";
import { packName } from "../../policies/core/settings.ts";
import type { EngineEvent, PolicyEvent, PolicySummary, StepMetadata } from "./engine-log.ts";
import {
  type Change,
  type Finding,
  levels,
  losesData,
  type Pack,
  type StackReport,
  type StepKind,
  severities,
  steps,
} from "./model.ts";
import { packRun } from "./pack-run.ts";
import { holdsData, layerOf, machineType, nameOf, stackOf, typeOf } from "./urn.ts";

/** Steps of the engine as what becomes of the resource in the end. Reads and unchanged ones are no change. */
const kinds: Readonly<Record<string, StepKind>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  import: "import",
  "import-replacement": "replace",
};

const stopping = /^this update stops .* and starts it again, for: /s;

/**
 * What a run did or would do, from its events.
 * @param scrub takes secrets out of texts
 */
export function stackReport(events: readonly EngineEvent[], scrub: (text: string) => string): StackReport {
  const parents = parentsOf(events);
  const summary = events.findLast(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent;
  const config = events.find(({ preludeEvent }) => preludeEvent !== undefined)?.preludeEvent?.config;
  const profile = config?.["strata:profile"];
  const { changes, unchanged, isRefresh } = changesOf(events, parents);
  const run = packRun(
    events.flatMap(({ diagnosticEvent: said }) => said?.message ?? []),
    scrub,
  );
  return {
    stack: stackName(events),
    ...(profile ? { profile } : {}),
    operation: isRefresh ? "refresh" : summary?.isPreview === false ? "update" : "preview",
    result: summary === undefined ? "incomplete" : summary.result === "succeeded" ? "succeeded" : "failed",
    unchanged,
    changes: changes.sort(byDanger),
    findings: findingsOf(events, run?.findings ?? [], { parents, scrub }),
    exceptions: run?.exceptions ?? [],
    weakened: run?.weakened ?? [],
    packs: packsOf(events, summary?.PolicyPacks ?? {}),
    errors: errorsOf(events, scrub),
  };
}

function stackName(events: readonly EngineEvent[]): string {
  for (const event of events) {
    const urn = metadataOf(event)?.urn ?? event.policyEvent?.resourceUrn;
    if (urn) return stackOf(urn);
  }
  return "";
}

function metadataOf({ resourcePreEvent, resOutputsEvent }: EngineEvent): StepMetadata | undefined {
  return (resourcePreEvent ?? resOutputsEvent)?.metadata;
}

function parentsOf(events: readonly EngineEvent[]): Map<string, string> {
  return new Map(
    events.flatMap((event) => {
      const metadata = metadataOf(event);
      const parent = metadata?.new?.parent || metadata?.old?.parent;
      return metadata !== undefined && parent ? [[metadata.urn, parent] as const] : [];
    }),
  );
}

/** The engine plans each resource once: "pre" events are the steps. What a refresh found is known only afterwards. */
function changesOf(events: readonly EngineEvent[], parents: ReadonlyMap<string, string>) {
  const changes = new Map<string, Change>();
  const refreshed = new Set<string>();
  const stopped = new Set(
    events.flatMap(({ diagnosticEvent: said }) => (said?.urn && stopping.test(said.message) ? [said.urn] : [])),
  );
  let unchanged = 0;
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    const metadata = (resourcePreEvent ?? resOutputsEvent)?.metadata;
    if (metadata === undefined || metadata.type.startsWith("pulumi:")) continue;
    const { op, urn } = metadata;
    if (resourcePreEvent !== undefined && op === "refresh") refreshed.add(urn);
    else if (resourcePreEvent === undefined && !refreshed.delete(urn)) continue;
    else if (kinds[op] === undefined) unchanged += op === "same" || op === "refresh" ? 1 : 0;
    else changes.set(urn, changeOf(metadata, kinds[op], { parents, stopped, before: changes.get(urn) }));
  }
  return { changes: [...changes.values()], unchanged, isRefresh: events.some(isRefreshStep) };
}

function isRefreshStep({ resourcePreEvent }: EngineEvent): boolean {
  return resourcePreEvent?.metadata.op === "refresh";
}

interface Around {
  parents: ReadonlyMap<string, string>;
  stopped: ReadonlySet<string>;
  /** What an earlier step of the same resource told: a replacement takes several. */
  before: Change | undefined;
}

function changeOf(metadata: StepMetadata, step: StepKind, { parents, stopped, before }: Around): Change {
  const { urn, type, detailedDiff, diffs } = metadata;
  const properties = Object.keys(detailedDiff ?? {});
  const paths = properties.length > 0 ? properties : (diffs ?? []);
  return {
    step,
    layer: layerOf(urn, parents),
    type,
    name: nameOf(urn),
    properties: [...new Set([...(before?.properties ?? []), ...paths])].sort(),
    holdsData: holdsData(type),
    stopsMachine: stopped.has(urn) || (type === machineType && (step === "delete" || step === "replace")),
  };
}

/** Data that goes first, then by step; among equals what stops a machine. */
function byDanger(one: Change, other: Change): number {
  const rank = (change: Change) =>
    steps.indexOf(change.step) * 2 - Number(change.stopsMachine) + (losesData(change) ? 0 : 20);
  return (
    rank(one) - rank(other) ||
    compare(one.layer, other.layer) ||
    compare(one.type, other.type) ||
    compare(one.name, other.name)
  );
}

/** By code points: the same order on every machine, whatever its language. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

interface Reading {
  parents: ReadonlyMap<string, string>;
  scrub: (text: string) => string;
}

/** By the records of our own pack, in both languages; of other packs, and what no record tells of, by the engine's events. */
function findingsOf(events: readonly EngineEvent[], records: readonly FindingRecord[], reading: Reading): Finding[] {
  const keyOf = (rule: string, urn: string) => `${rule} ${typeOf(urn) === "pulumi:pulumi:Stack" ? "" : urn}`;
  const recorded = new Set(records.map(({ rule, urn }) => keyOf(rule, urn)));
  const told = events.flatMap(({ policyEvent: event, policyRemediationEvent: remediation }): Finding[] => {
    if (remediation !== undefined) return [{ ...findingOf(remediation, reading), level: "remediated" }];
    if (event === undefined) return [];
    const isRecorded =
      event.policyPackName === packName && recorded.has(keyOf(event.policyName, event.resourceUrn ?? ""));
    return isRecorded ? [] : [findingOf(event, reading)];
  });
  const findings = [...records.map((record) => recordedFinding(record, reading.parents)), ...told];
  const rank = ({ level, severity }: Finding) =>
    levels.indexOf(level) * 10 + (severity === undefined ? severities.length : severities.indexOf(severity));
  return findings.sort(
    (one, other) =>
      rank(one) - rank(other) ||
      compare(one.rule, other.rule) ||
      compare(one.resource, other.resource) ||
      compare(one.message.en, other.message.en),
  );
}

function recordedFinding(record: FindingRecord, parents: ReadonlyMap<string, string>): Finding {
  const { rule, urn, status, enforcement, severity, message, remedy } = record;
  return {
    rule,
    pack: packName,
    level: status === "undecided" || status === "excepted" ? status : enforcement,
    severity,
    ...placeOf(urn, parents),
    message,
    remedy,
  };
}

function findingOf(event: PolicyEvent, { parents, scrub }: Reading): Finding {
  const { resourceUrn: urn = "", policyName: rule, policyPackName: pack, enforcementLevel, severity } = event;
  const message = scrub((event.message ?? "").trim());
  const known = severities.find((one) => one === severity);
  return {
    rule,
    pack,
    level: enforcementLevel === "advisory" ? "advisory" : "mandatory",
    ...(known === undefined ? {} : { severity: known }),
    ...placeOf(urn, parents),
    message: { en: message, ko: message },
    remedy: { en: "", ko: "" },
  };
}

function placeOf(urn: string, parents: ReadonlyMap<string, string>): Pick<Finding, "layer" | "resource"> {
  return urn === "" ? { layer: "", resource: "" } : { layer: layerOf(urn, parents), resource: nameOf(urn) };
}

/** @param named the packs of the engine's summary: `NAME|local|PATH`, so that one that never ran is seen */
function packsOf(events: readonly EngineEvent[], named: Readonly<Record<string, string>>): Pack[] {
  const decisions = new Map(Object.keys(named).map((name) => [name.split("|")[0] ?? name, 0]));
  const count = ({ policyPackName: name, passed, failed }: PolicySummary) =>
    decisions.set(name, (decisions.get(name) ?? 0) + (passed?.length ?? 0) + (failed?.length ?? 0));
  for (const { policyAnalyzeSummaryEvent, policyAnalyzeStackSummaryEvent } of events) {
    if (policyAnalyzeSummaryEvent !== undefined) count(policyAnalyzeSummaryEvent);
    if (policyAnalyzeStackSummaryEvent !== undefined) count(policyAnalyzeStackSummaryEvent);
  }
  return [...decisions].map(([name, count]) => ({ name, decisions: count }));
}

function errorsOf(events: readonly EngineEvent[], scrub: (text: string) => string): string[] {
  const messages = events.flatMap(({ diagnosticEvent: said }) =>
    said?.severity === "error" && !said.ephemeral ? [scrub(said.message.trim())] : [],
  );
  return [...new Set(messages)].filter((message) => message !== "");
}
