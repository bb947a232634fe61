/** The engine's state and journal as JSON (sdk/go/common/apitype: core.go, journal.go), as far as we touch them. */

/** A resource of the state; what is not named here is carried along untouched. */
export interface StateResource {
  urn: string;
  type: string;
  parent?: string;
  provider?: string;
  aliases?: string[];
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  deletedWith?: string;
  replaceWith?: string[];
  viewOf?: string;
  delete?: boolean;
  pendingReplacement?: boolean;
  [field: string]: unknown;
}

/** Something that was begun and of whose end nothing is known. */
export interface PendingOperation {
  resource: StateResource;
  /** `creating`, `updating`, `deleting`, `reading` or `importing`. */
  type: string;
}

/** What `pulumi stack export` shows as `deployment`. */
export interface Deployment {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: unknown };
  resources?: StateResource[];
  pending_operations?: PendingOperation[];
  metadata?: Record<string, unknown>;
  snippets?: { references?: Record<string, string>; [field: string]: unknown }[];
  extensions?: Record<string, unknown>;
}

/** A deployment with what an engine must understand to read it. */
export interface TypedDeployment {
  version: number;
  features?: string[];
  deployment: Deployment;
}

/** Kinds of entries, by the numbers that the engine sends. */
export const entryKind = {
  begin: 0,
  success: 1,
  failure: 2,
  refreshSuccess: 3,
  outputs: 4,
  write: 5,
  secretsManager: 6,
  rebuiltBaseState: 7,
  extensionParameterize: 8,
  snippets: 9,
} as const;

/**
 * One line of a journal. `…Old` is the index of a resource in the state that the run started from, `…New` the operation
 * in this run that made it.
 */
export interface JournalEntry {
  version: number;
  kind: number;
  /** Order in which the engine made the entries. */
  sequenceID: number;
  operationID: number;
  removeOld?: number | null;
  removeNew?: number | null;
  pendingReplacementOld?: number;
  pendingReplacementNew?: number;
  deleteOld?: number;
  deleteNew?: number;
  state?: StateResource;
  operation?: PendingOperation;
  isRefresh?: boolean;
  secretsProvider?: { type: string; state?: unknown };
  snippets?: NonNullable<Deployment["snippets"]>;
  newSnapshot?: Deployment;
  extensionRef?: string;
  extension?: unknown;
  requiresByteString?: boolean;
}
