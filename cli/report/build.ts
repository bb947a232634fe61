import type { EngineEvent, PolicyEvent, PolicySummary, StepMetadata } from "./engine-log.ts";
import {
  type Change,
  type Finding,
  type Level,
  levels,
  losesData,
  type Pack,
  type StackReport,
  type StepKind,
  severities,
  steps,
} from "./model.ts";
import { holdsData, layerOf, machineType, nameOf, stackOf } from "./urn.ts";
import { isUndecided } from "./verdict.ts";

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
  return {
    stack: stackName(events),
    ...(profile ? { profile } : {}),
    operation: isRefresh ? "refresh" : summary?.isPreview === false ? "update" : "preview",
    result: summary === undefined ? "incomplete" : summary.result === "succeeded" ? "succeeded" : "failed",
    unchanged,
    changes: changes.sort(byDanger),
    findings: findingsOf(events, parents, scrub),
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

function findingsOf(
  events: readonly EngineEvent[],
  parents: ReadonlyMap<string, string>,
  scrub: (text: string) => string,
): Finding[] {
  const findings = events.flatMap(({ policyEvent, policyRemediationEvent }) => {
    if (policyEvent !== undefined) return [findingOf(policyEvent, parents, scrub)];
    if (policyRemediationEvent === undefined) return [];
    return [{ ...findingOf(policyRemediationEvent, parents, scrub), level: "remediated" as const }];
  });
  const rank = ({ level, severity }: Finding) =>
    levels.indexOf(level) * 10 + (severity === undefined ? severities.length : severities.indexOf(severity));
  return findings.sort(
    (one, other) => rank(one) - rank(other) || compare(one.rule, other.rule) || compare(one.resource, other.resource),
  );
}

function findingOf(event: PolicyEvent, parents: ReadonlyMap<string, string>, scrub: (text: string) => string): Finding {
  const { resourceUrn: urn = "", policyName: rule, policyPackName: pack, enforcementLevel, severity } = event;
  const message = scrub((event.message ?? "").trim());
  const level: Level = isUndecided(message) ? "undecided" : enforcementLevel === "advisory" ? "advisory" : "mandatory";
  const known = severities.find((one) => one === severity);
  return {
    rule,
    pack,
    level,
    ...(known === undefined ? {} : { severity: known }),
    layer: urn === "" ? "" : layerOf(urn, parents),
    resource: urn === "" ? "" : nameOf(urn),
    message,
  };
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
