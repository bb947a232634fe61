/**
 * What a journal makes of the state that it started from. Same result as the engine's own replay
 * (pkg/backend/journal.go), which its tests hold to the states that the file backend writes.
 */
import {
  type Deployment,
  entryKind,
  type JournalEntry,
  type PendingOperation,
  type StateResource,
  type TypedDeployment,
} from "./deployment.ts";
import { canonical, withoutDangling } from "./references.ts";

/** What has been read of the journal since the state was last whole. */
class Replay {
  base: Deployment;
  needsByteString = false;
  #extensions: Record<string, unknown> = {};
  #hasRefresh = false;
  readonly #made: StateResource[] = [];
  /** Place in `#made` of what an operation made. */
  readonly #places = new Map<number, number>();
  readonly #removedOld = new Set<number>();
  readonly #removedNew = new Set<number>();
  readonly #replacedOld = new Map<number, StateResource>();
  readonly #deletedOld = new Set<number>();
  readonly #pendingOld = new Set<number>();
  readonly #begun = new Map<number, PendingOperation | undefined>();

  constructor(base: Deployment) {
    this.base = base;
  }

  /** A step that ended well: its resource is new or has a new state, and what it stood for is gone or marked. */
  succeed(entry: JournalEntry): void {
    this.#begun.delete(entry.operationID);
    if (entry.state !== undefined) {
      this.#places.set(entry.operationID, this.#made.length);
      this.#made.push(entry.state);
    }
    if (isIndex(entry.removeOld)) this.#removedOld.add(entry.removeOld);
    if (isIndex(entry.removeNew)) this.#removedNew.add(entry.removeNew);
    if (isIndex(entry.deleteOld)) this.#deletedOld.add(entry.deleteOld);
    if (isIndex(entry.deleteNew)) this.#change(entry.deleteNew, { delete: true });
    if (isIndex(entry.pendingReplacementOld)) this.#pendingOld.add(entry.pendingReplacementOld);
    if (isIndex(entry.pendingReplacementNew)) this.#change(entry.pendingReplacementNew, { pendingReplacement: true });
    this.#hasRefresh ||= entry.isRefresh === true;
  }

  /** A refresh: the resource in place of the old one, or none where it is gone. */
  refresh(entry: JournalEntry): void {
    this.#begun.delete(entry.operationID);
    this.#hasRefresh = true;
    if (entry.state !== undefined) this.replace(entry, entry.state);
    else {
      if (isIndex(entry.removeOld)) this.#removedOld.add(entry.removeOld);
      if (isIndex(entry.removeNew)) this.#removedNew.add(entry.removeNew);
    }
  }

  replace({ removeOld, removeNew }: JournalEntry, state: StateResource): void {
    if (isIndex(removeOld)) this.#replacedOld.set(removeOld, state);
    if (isIndex(removeNew)) this.#made[this.#placeOf(removeNew)] = state;
  }

  begin({ operationID, operation }: JournalEntry): void {
    this.#begun.set(operationID, operation);
  }

  fail({ operationID }: JournalEntry): void {
    this.#begun.delete(operationID);
  }

  extend({ extensionRef, extension }: JournalEntry): void {
    if (extensionRef !== undefined) this.#extensions[extensionRef] = extension;
  }

  /** The state as it is now. */
  deployment(): Deployment {
    const removed = new Set([...this.#removedNew].map((operation) => this.#placeOf(operation)));
    const made = this.#made.filter((_, place) => !removed.has(place));
    const resources = [...made, ...this.#remaining()];
    const pending = [...this.#begun.values()].filter((operation) => operation !== undefined);
    // Only a person can tell what became of a create that an earlier run began.
    const before = (this.base.pending_operations ?? []).filter(({ type }) => type === "creating");
    const extensions = { ...this.#extensions, ...this.base.extensions };
    return canonical({
      ...this.base,
      manifest: { ...this.base.manifest, time: new Date().toISOString() },
      resources: this.#hasRefresh ? withoutDangling(resources) : resources,
      pending_operations: [...pending, ...before],
      ...(Object.keys(extensions).length > 0 && { extensions }),
    });
  }

  /** What was there before and has not been replaced by something that this run made. */
  #remaining(): StateResource[] {
    return (this.base.resources ?? []).flatMap((resource, index) => {
      if (this.#removedOld.has(index)) return [];
      const replaced = this.#replacedOld.get(index);
      if (replaced !== undefined) return [replaced];
      const marks = {
        ...(this.#pendingOld.has(index) && { pendingReplacement: true }),
        ...(this.#deletedOld.has(index) && { delete: true }),
      };
      return [{ ...resource, ...marks }];
    });
  }

  #change(operation: number, marks: Partial<StateResource>): void {
    const place = this.#placeOf(operation);
    const resource = this.#made[place];
    if (resource !== undefined) this.#made[place] = { ...resource, ...marks };
  }

  #placeOf(operation: number): number {
    const place = this.#places.get(operation);
    if (place === undefined) {
      throw new Error(
        `The journal of this run is damaged: it changes what operation ${operation} made, which it does not know.`,
      );
    }
    return place;
  }
}

/**
 * The state after `entries`.
 * @param base the state that the run started from; not changed
 * @throws when an entry is of a kind or version that is not known here, or refers to one that is missing
 */
export function replay(base: Deployment, entries: readonly JournalEntry[]): TypedDeployment {
  let current = new Replay(base);
  // They arrive in the order in which their steps ended to wait, the engine's numbers tell how they belong.
  for (const entry of entries.toSorted((a, b) => a.sequenceID - b.sequenceID)) {
    if (entry.version !== 1) throw new Error(`The engine writes journals of version ${entry.version}, not 1.`);
    const { needsByteString } = current;
    current = add(current, entry);
    current.needsByteString ||= needsByteString || entry.requiresByteString === true;
  }
  return typed(current.deployment(), current.needsByteString);
}

function add(current: Replay, entry: JournalEntry): Replay {
  switch (entry.kind) {
    case entryKind.begin:
      current.begin(entry);
      return current;
    case entryKind.success:
      current.succeed(entry);
      return current;
    case entryKind.failure:
      current.fail(entry);
      return current;
    case entryKind.refreshSuccess:
      current.refresh(entry);
      return current;
    case entryKind.outputs:
      if (entry.state !== undefined) current.replace(entry, entry.state);
      return current;
    case entryKind.write:
      if (entry.newSnapshot !== undefined) current.base = entry.newSnapshot;
      return current;
    case entryKind.secretsManager:
      if (entry.secretsProvider !== undefined) {
        current.base = { ...current.base, secrets_providers: entry.secretsProvider };
      }
      return current;
    case entryKind.snippets:
      current.base = { ...current.base, snippets: entry.snippets ?? [] };
      return current;
    case entryKind.rebuiltBaseState:
      return new Replay(current.deployment());
    case entryKind.extensionParameterize:
      current.extend(entry);
      return current;
    default:
      throw new Error(`The engine wrote a journal entry of kind ${entry.kind}, which is not known here.`);
  }
}

/** What an engine must understand to read a resource with this field (pkg/resource/stack/deployment.go). */
const featureOfField: Readonly<Record<string, string>> = {
  refreshBeforeUpdate: "refreshBeforeUpdate",
  viewOf: "views",
  resourceHooks: "hooks",
  taint: "taint",
  replaceWith: "replaceWith",
  extensionRef: "extensionParameterization",
  snippetID: "snippets-prototype",
};

function typed(deployment: Deployment, needsByteString: boolean): TypedDeployment {
  const features = new Set<string>(needsByteString ? ["byteString"] : []);
  const pending = (deployment.pending_operations ?? []).map(({ resource }) => resource);
  for (const resource of [...(deployment.resources ?? []), ...pending]) {
    for (const [field, feature] of Object.entries(featureOfField)) {
      if (isSet(resource[field])) features.add(feature);
    }
  }
  if (deployment.snippets?.length) features.add("snippets-prototype");
  return features.size === 0 ? { version: 3, deployment } : { version: 4, features: [...features].sort(), deployment };
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function isIndex(value: number | null | undefined): value is number {
  return value !== undefined && value !== null;
}
