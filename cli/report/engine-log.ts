/** One line of the engine's event log (`pulumi preview --event-log FILE`); the parts that are read here. */
export interface EngineEvent {
  preludeEvent?: { config?: Record<string, string> | null };
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; message: string; severity: string; ephemeral?: boolean };
  policyEvent?: PolicyEvent;
  policyRemediationEvent?: PolicyEvent;
  policyAnalyzeSummaryEvent?: PolicySummary;
  policyAnalyzeStackSummaryEvent?: PolicySummary;
  summaryEvent?: { result?: string; isPreview?: boolean; PolicyPacks?: Record<string, string> | null };
}

export interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  old?: { parent?: string } | null;
  new?: { parent?: string } | null;
  detailedDiff?: Record<string, unknown> | null;
  /** Names of changed properties, where a provider gives no details. */
  diffs?: string[] | null;
}

export interface PolicyEvent {
  resourceUrn?: string;
  message?: string;
  policyName: string;
  policyPackName: string;
  enforcementLevel?: string;
  severity?: string;
}

export interface PolicySummary {
  policyPackName: string;
  passed?: string[] | null;
  failed?: string[] | null;
}

/**
 * The events of a log. A torn last line is what a killed engine leaves, and is dropped.
 * @throws where any other line is no JSON: then it is no event log
 */
export function readEngineLog(text: string): EngineEvent[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.flatMap((line, index) => {
    try {
      const event: unknown = JSON.parse(line);
      if (typeof event === "object" && event !== null) return [event as EngineEvent];
    } catch {
      if (index === lines.length - 1) return [];
    }
    throw new Error(
      `line ${index + 1} is no event of the engine: write the log with \`pulumi preview --event-log FILE\``,
    );
  });
}
