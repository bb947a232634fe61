/** One engine's session with a provider: configuration, the API behind it, what is to be aborted and which ids are known. */
import { check as checkFields } from "./check.ts";
import { type Issue, ProviderError } from "./errors.ts";
import { type Log, silentLog } from "./log.ts";
import { Owners, typeOf } from "./owners.ts";
import type { Context, Provider, ProviderFunction, Resource } from "./resource.ts";
import { type PlainObject, revealAll, type ValueObject } from "./values.ts";

/** Keys the engine puts among a provider's inputs for itself. */
const engineKeys = new Set(["version", "pluginDownloadURL", "__internal"]);

export class Session<Api> {
  readonly provider: Provider<Api>;
  readonly owners = new Owners();
  log: Log = silentLog;
  private readonly cancelled = new AbortController();
  private readonly resources: ReadonlyMap<string, Resource<Api>>;
  private readonly functions: ReadonlyMap<string, ProviderFunction<Api>>;
  private api: Api | undefined;
  /** Which server it is that answers, where it tells. */
  server: string | undefined;

  constructor(provider: Provider<Api>) {
    this.provider = provider;
    this.resources = new Map(provider.resources.map((resource) => [resource.token, resource]));
    this.functions = new Map(provider.functions.map((fn) => [fn.token, fn]));
  }

  /** The configuration as given, checked; environment variables count as given. */
  checkConfig(given: ValueObject): { values: ValueObject; issues: readonly Issue[] } {
    const { config, checkConfig } = this.provider;
    const own = Object.fromEntries(Object.entries(given).filter(([key]) => !engineKeys.has(key)));
    const parsed = Object.fromEntries(
      Object.entries(own).map(([key, value]) => [key, parse(config[key]?.kind.kind, value)]),
    );
    const environment = this.fromEnvironment();
    const { values, issues } = checkFields(config, { ...environment, ...parsed });
    const across = issues.length === 0 ? (checkConfig?.({ ...environment, ...revealAll(parsed) }) ?? []) : [];
    // Neither environment values nor defaults enter the inputs, and so the state.
    const checked = Object.entries(values).filter(([key]) => key in parsed);
    const told = issues.map((issue) => (issue.path in values ? issue : this.howToSet(issue)));
    return { values: { ...given, ...parsed, ...Object.fromEntries(checked) }, issues: [...told, ...across] };
  }

  /** A setting that is missing can be given in two places. */
  private howToSet({ path, reason }: Issue): Issue {
    const { name, config, environment } = this.provider;
    const variable = environment[path];
    if (config[path] === undefined || variable === undefined) return { path, reason };
    const secret = config[path].options.secret ? "--secret " : "";
    return { path, reason: `${reason} → pulumi config set ${secret}${name}:${path}, or set ${variable}` };
  }

  async configure(given: ValueObject): Promise<void> {
    const { values, issues } = this.checkConfig(given);
    if (issues.length > 0) {
      const rule = issues.map(({ path, reason }) => `\n  ${this.provider.name}:${path} ${reason}`).join("");
      throw new ProviderError({ what: `configuration of provider ${this.provider.name}`, rule });
    }
    const own = Object.fromEntries(Object.entries(values).filter(([key]) => !engineKeys.has(key)));
    const { values: complete } = checkFields(this.provider.config, { ...this.fromEnvironment(), ...own });
    this.api = this.provider.configure(revealAll(complete));
    await this.provider.connect?.(this.api);
    // Not to know it costs a safeguard, and nothing else.
    this.server = await this.provider.serverId?.(this.api).catch(() => undefined);
  }

  /** Stops waiting and starts nothing more. */
  cancel(): void {
    this.cancelled.abort(new Error("the engine cancelled the operation"));
  }

  resource(urn: string): Resource<Api> {
    const token = typeOf(urn);
    const resource = this.resources.get(token);
    if (resource === undefined) throw unknownToken("resource", token, this.provider);
    return resource;
  }

  function(token: string): ProviderFunction<Api> {
    const fn = this.functions.get(token);
    if (fn === undefined) throw unknownToken("function", token, this.provider);
    return fn;
  }

  /** The context of one step; `timeoutSeconds` 0 = no limit of its own. */
  context(urn: string, timeoutSeconds = 0): Context<Api> {
    if (this.api === undefined)
      throw new ProviderError({ what: "call", where: urn, rule: "the provider is not configured" });
    this.cancelled.signal.throwIfAborted();
    const signals = [this.cancelled.signal];
    if (timeoutSeconds > 0) signals.push(deadline(timeoutSeconds));
    return {
      api: this.api,
      urn,
      signal: AbortSignal.any(signals),
      log: (severity, text) => void this.log.write(severity, urn, text),
    };
  }

  private fromEnvironment(): PlainObject {
    const found = Object.entries(this.provider.environment).flatMap(([key, variable]) => {
      const text = process.env[variable];
      return text === undefined || text === "" ? [] : [[key, text] as const];
    });
    return Object.fromEntries(found);
  }
}

/** A signal that aborts after the user's `customTimeouts`, with a reason that says so. */
function deadline(seconds: number): AbortSignal {
  const controller = new AbortController();
  const rule = `not finished within the timeout of ${seconds} s`;
  const remedy = "the server may go on: raise customTimeouts, or run `pulumi up` again";
  const late = Object.assign(new ProviderError({ what: "the operation", rule, remedy }), { name: "TimeoutError" });
  setTimeout(() => controller.abort(late), seconds * 1000).unref();
  return controller.signal;
}

function unknownToken<Api>(kind: string, token: string, provider: Provider<Api>): ProviderError {
  return new ProviderError({
    what: `look-up of ${kind} ${token}`,
    rule: `provider ${provider.name} ${provider.version} has no such ${kind}`,
    remedy: "use the SDK of the same version as the provider",
  });
}

/** Configuration from `pulumi config` arrives as text, whatever its type. */
function parse(kind: string | undefined, value: ValueObject[string]): ValueObject[string] {
  if (typeof value !== "string" || kind === undefined || kind === "text" || kind === "oneOf") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
