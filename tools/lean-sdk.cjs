// Preloaded into the processes that the engine starts (NODE_OPTIONS, tools/pulumi.ts): makes `@pulumi/pulumi` load only
// what our programs use. Everything works without it, more slowly.

/**
 * Undocumented, but what every tool that stands between `require` and a module uses.
 * @typedef {(request: string, parent: { filename?: string } | undefined, isMain: boolean) => Record<string | symbol, unknown>} Load
 */
const { dirname } = require("node:path");
const Module = /** @type {typeof import("node:module") & { _load: Load }} */ (require("node:module"));
const load = Module._load;

/**
 * The TypeScript compiler and what knows npm's packages, for functions serialized into the cloud and for dynamic
 * providers: loaded when something of them is first used. 435 -> 130 ms, 132 -> 83 MB for loading the SDK.
 * @type {Load}
 */
const loadLazily = (request, parent, isMain) => {
  /** @type {ReturnType<Load> | undefined} */
  let real;
  /** @type {ProxyHandler<ReturnType<Load>>["get"]} */
  const get = (_target, name) => {
    // Compiled imports ask this first and would otherwise copy, and so load, everything.
    if (name === "__esModule") return true;
    real ??= load(request, parent, isMain);
    // A module that is one function has it under no name.
    return name === "default" && typeof real === "function" ? real : real[name];
  };
  return new Proxy({}, { get });
};

/**
 * Maps stack traces of the SDK's own code to its TypeScript sources. The SDK takes a stack trace for every resource and
 * promise, so this was a third of a preview's CPU time. Our programs need no mapping: Node strips their types in place.
 * @type {Load}
 */
const loadNothing = () => ({});

/**
 * Every promise of the SDK remembers where it was made, which only PULUMI_DEBUG_PROMISE_LEAKS shows: 250 ms.
 * @type {Load}
 */
const loadWithoutTraces = (request, parent, isMain) => {
  const real = load(request, parent, isMain);
  const debuggablePromise = /** @type {(...words: unknown[]) => unknown} */ (real.debuggablePromise);
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS || changed.has(real)) return real;
  real.debuggablePromise = (/** @type {unknown[]} */ ...words) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(...words);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
  changed.add(real);
  return real;
};
/** @type {WeakSet<object>} */
const changed = new WeakSet();

/**
 * Four messages a resource, each a call of its own and one after the other, that only `--debug` shows; with that word
 * nothing of this file is loaded.
 * @type {Load}
 */
const loadWithoutDebugMessages = (request, parent, isMain) => {
  const real = load(request, parent, isMain);
  real.debug = async () => {};
  return real;
};

/**
 * The SDK records with every resource where in the program it was declared, down to the first caller. The engine writes
 * that into the state, a ninth of it, and writes the whole state twice for each resource; nothing of ours reads it, and
 * it names folders of whoever ran the program last.
 * @type {Load}
 */
const loadWithoutPositions = (request, parent, isMain) => {
  const real = load(request, parent, isMain);
  const resource = /** @type {{ stackTrace: () => unknown[] } | undefined} */ (real.Resource);
  if (resource !== undefined) resource.stackTrace = () => [];
  return real;
};

const isTraced = () => Boolean(process.env.TRACEPARENT) || process.argv.some((word) => word.startsWith("--tracing"));

/**
 * The exporters of `--tracing`, 60 ms: without that word, spans that lead nowhere.
 * @type {Load}
 */
const loadTracing = (request, parent, isMain) => {
  if (isTraced()) return load(request, parent, isMain);
  return { __esModule: true, newSpan: () => ({ addEvent() {}, end() {}, setAttribute() {} }) };
};

/**
 * What would carry a trace's id into each call of the engine. There is one only where the engine says so: without, nothing
 * to carry.
 * @type {Load}
 */
const loadTelemetry = (request, parent, isMain) => {
  if (isTraced()) return load(request, parent, isMain);
  return { context: { active() {} }, propagation: { inject() {} } };
};

/**
 * Switches on V8's debugger, for functions serialized into the cloud, which load the same again when there is one: 60 ms,
 * and everything after it runs more slowly.
 * @type {Load}
 */
const loadNoDebugger = () => ({ isInitializedAsync: async () => {} });

/**
 * The TypeScript compiler and ts-node, which the runner of policy packs loads whatever the pack's `runtime.options.typescript`
 * says: half of its start. Only where that option is off, as our pack's is.
 * @type {Load}
 */
const loadCompilerIfWanted = (request, parent, isMain) => {
  if (process.env.PULUMI_NODEJS_TYPESCRIPT) return load(request, parent, isMain);
  return {
    typeScriptRequireStrings: () => ({ tsnodeRequire: "ts-node", typescriptRequire: "typescript" }),
    loadTypeScriptCompilerOptions: () => ({}),
    register: () => {},
    version: "5.0.0",
  };
};

/**
 * What is asked for, by which folder of the SDK, and what it gets instead.
 * @type {[request: RegExp, folder: string, instead: Load][]}
 */
const replacements = [
  [
    /^\.\.\/\.\.\/typescript-shim$|^@npmcli\/arborist$|^normalize-package-data$|^\.\/v8Hooks$/,
    "runtime/closure",
    loadLazily,
  ],
  [/^\.\/automation$/, "", loadLazily],
  [/^source-map-support\/register$/, "cmd/run", loadNothing],
  [/^\.\/tracing$/, "cmd/run", loadTracing],
  [/\/v8Hooks$/, "cmd/run", loadNoDebugger],
  [/^@opentelemetry\/api$/, "cmd/run", loadTelemetry],
  [/^@opentelemetry\/api$/, "runtime", loadTelemetry],
  [/^source-map-support\/register$/, "cmd/run-policy-pack", loadNothing],
  [/\/v8Hooks$/, "cmd/run-policy-pack", loadNoDebugger],
  [/\/tsutils$|^ts-node$|^typescript$/, "cmd/run-policy-pack", loadCompilerIfWanted],
  [/\/debuggable$/, "runtime", loadWithoutTraces],
  [/\/log$/, "runtime", loadWithoutDebugMessages],
  [/^\.\/resource$/, "", loadWithoutPositions],
];

Module._load = (
  /** @type {Parameters<Load>[0]} */ request,
  /** @type {Parameters<Load>[1]} */ parent,
  /** @type {Parameters<Load>[2]} */ isMain,
) => {
  const folder = parent?.filename?.split(/@pulumi[\\/]pulumi[\\/]/)[1];
  const inside = folder === undefined ? undefined : dirname(folder).replaceAll("\\", "/").replace(/^\.$/, "");
  const replacement = replacements.find(([asked, user]) => user === inside && asked.test(request));
  return (replacement?.[2] ?? load)(request, parent, isMain);
};

// zod's messages in sixty languages, each a module of its own: a fifth of the program's own loading.
Module.registerHooks({
  load: (url, context, next) =>
    url.endsWith("/zod/v4/locales/index.js")
      ? { format: "module", shortCircuit: true, source: 'export { default as en } from "./en.js";' }
      : next(url, context),
});
