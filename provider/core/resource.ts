/**
 * What a resource and a function are to the core: a description with typed fields, and lifecycle steps against some API.
 * The core knows no API; `Api` is the provider's own client.
 */
import type { Issue } from "./errors.ts";
import type { Fields, Values } from "./fields.ts";
import type { Mark } from "./mark.ts";
import type { PlainObject } from "./values.ts";

/** What every lifecycle step gets. */
export interface Context<Api> {
  readonly api: Api;
  readonly urn: string;
  /** Aborted by `customTimeouts`, by cancellation and when the engine is gone. */
  readonly signal: AbortSignal;
  /** A line in the engine's output, attached to the resource. */
  log(severity: "debug" | "info" | "warning", text: string): void;
}

/** What a create knows of itself. */
export interface PlanContext<Api> extends Context<Api> {
  /** Our own mark, to put on what is created where the API has room for it. */
  readonly mark: Mark;
  /** True for ids that the state holds, as far as the engine has shown it: never to be adopted. */
  isManaged(id: string): boolean;
}

export interface CreateContext<Api> extends PlanContext<Api> {
  /** To be called as soon as the id is known: whatever fails afterwards, the id is in the state. */
  created(id: string, known?: PlainObject): void;
}

/** A thing as the server has it: live values of inputs (absent = not set there) and outputs. */
export interface Live {
  readonly id: string;
  readonly values: PlainObject;
}

export interface Change<I extends Fields> {
  readonly before: Values<I>;
  readonly after: Values<I>;
  /** Inputs and outputs as they are in the state. */
  readonly state: PlainObject;
  /** Names of the inputs that changed. */
  readonly changed: ReadonlySet<keyof I & string>;
}

/** A property whose change would replace the thing. */
export interface Replaced {
  readonly path: string;
  readonly id: string;
  readonly state: PlainObject;
  /** Inputs. */
  readonly before: PlainObject;
  readonly after: PlainObject;
}

/** One resource type. Descriptions are written with `defineResource` of the provider, which adds the regular lifecycle. */
export interface Resource<Api, I extends Fields = Fields, O extends Fields = Fields> {
  /** `package:module:Type`. */
  readonly token: string;
  readonly doc: string;
  readonly inputs: I;
  readonly outputs: O;
  /** True when two of these cannot live side by side (a name or address that must be free first). */
  readonly deleteBeforeReplace: boolean;
  /**
   * Rules across properties, and of changes: `before` holds the inputs that are in force, if there are any. Values may be
   * unknown or absent: judge only what is there.
   */
  readonly check?: (inputs: PlainObject, before: PlainObject | undefined) => Issue[];
  /** Outputs that follow from the inputs alone, known in preview (a fixed address, for example). */
  readonly preview?: (inputs: PlainObject) => PlainObject;
  /** Whether a property that is taken out of the program was set by us: what an import found, stays. Default: yes. */
  readonly isOurs?: (path: string, state: PlainObject) => boolean;
  /** False when an update with effect "stops" meets something that is stopped anyway. */
  readonly isRunning?: (state: PlainObject) => boolean;
  /** What an update with effect "stops" stops, in words, where that is not the resource itself. */
  readonly stopped?: (name: string) => string;
  /**
   * In the preview of a create: what stands in its way, so that nothing is begun that must fail. Inputs may be unknown.
   * @throws ProviderError
   */
  foresee?(context: PlanContext<Api>, inputs: PlainObject): Promise<void>;
  /** Told of every change that is planned, also in a preview; what depends on this is planned later. */
  planned?(api: Api, before: PlainObject, after: PlainObject): void;
  /** Whether a change with effect "replace" only calls the same thing differently: then it happens in place. */
  staysItself?(context: Context<Api>, change: Replaced): Promise<boolean>;
  /** Of a create that broke off: the property that stands for making the thing anew, where nothing can come of it any more. */
  broken?(context: Context<Api>, id: string, state: PlainObject): Promise<(keyof I & string) | undefined>;
  create(context: CreateContext<Api>, inputs: Values<I>): Promise<Live>;
  /** `known` = inputs and outputs of the state; empty on import, where `id` is what the user gave. Absent = proven gone. */
  read(context: Context<Api>, id: string, known: PlainObject): Promise<Live | undefined>;
  update(context: Context<Api>, id: string, change: Change<I>): Promise<Live>;
  /** Succeeds when the thing is not there. */
  delete(context: Context<Api>, id: string, state: PlainObject): Promise<void>;
}

/** A data source. */
export interface ProviderFunction<Api, I extends Fields = Fields, O extends Fields = Fields> {
  /** `package:module:getThing`. */
  readonly token: string;
  readonly doc: string;
  readonly inputs: I;
  readonly outputs: O;
  call(context: Pick<Context<Api>, "api" | "signal">, inputs: Values<I>): Promise<PlainObject>;
}

/** A provider: everything the engine can ask for. */
export interface Provider<Api> {
  readonly name: string;
  readonly version: string;
  readonly displayName: string;
  readonly doc: string;
  readonly config: Fields;
  readonly resources: readonly Resource<Api>[];
  readonly functions: readonly ProviderFunction<Api>[];
  /** Environment variables that stand in for configuration that is not set. */
  readonly environment: Readonly<Record<string, string>>;
  /** Rules across configuration values. */
  readonly checkConfig?: (config: PlainObject) => Issue[];
  /** Opens the API; called once, with checked configuration. Does not talk to it yet. */
  configure(config: PlainObject): Api;
  /** Talks to the API for the first time, before anything is previewed or made. @throws when it cannot be used */
  readonly connect?: (api: Api) => Promise<void>;
  /** What tells the server from every other one, whatever its address; undefined where these keys do not see it. */
  readonly serverId?: (api: Api) => Promise<string | undefined>;
  /** True where an id may mean something else on another server, as a number or a name does: then not even a read asks there. */
  readonly idsAreLocal?: boolean;
  /** Whether a failed request may have been carried out all the same. */
  mayHaveHappened(error: unknown): boolean;
}

/** Keeps the types of one function's fields while the registry holds them all alike. */
export function defineFunction<Api, I extends Fields, O extends Fields>(
  description: ProviderFunction<Api, I, O>,
): ProviderFunction<Api> {
  return description as unknown as ProviderFunction<Api>;
}
