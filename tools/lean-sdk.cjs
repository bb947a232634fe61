// Preloaded into the processes that the engine starts (NODE_OPTIONS, tools/pulumi.ts): makes `@pulumi/pulumi` load only
// what our programs use. Everything works without it, more slowly.

/**
 * Undocumented, but what every tool that stands between `require` and a module uses.
 * @typedef {(request: string, parent: { filename?: string } | undefined, isMain: boolean) => Record<string | symbol, unknown>} Load
 */
const Module = /** @type {typeof import("node:module") & { _load: Load }} */ (require("node:module"));
const load = Module._load;

/**
 * The TypeScript compiler and npm's dependency solver, for functions serialized into the cloud and for dynamic
 * providers: loaded when something of them is first used. 435 -> 150 ms, 132 -> 83 MB for loading the SDK.
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
    return real[name];
  };
  return new Proxy({}, { get });
};

/**
 * Maps stack traces of the SDK's own code to its TypeScript sources. The SDK takes a stack trace for every resource and
 * promise, so this was a third of a preview's CPU time. Our programs need no mapping: Node strips their types in place.
 * @type {Load}
 */
const loadNothing = () => ({});

/** @type {[request: string, parent: RegExp, instead: Load][]} */
const replacements = [
  ["../../typescript-shim", /@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]/, loadLazily],
  ["@npmcli/arborist", /@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]/, loadLazily],
  ["source-map-support/register", /@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]/, loadNothing],
];

Module._load = (
  /** @type {Parameters<Load>[0]} */ request,
  /** @type {Parameters<Load>[1]} */ parent,
  /** @type {Parameters<Load>[2]} */ isMain,
) => {
  const replacement = replacements.find(([name, user]) => name === request && user.test(parent?.filename ?? ""));
  return (replacement?.[2] ?? load)(request, parent, isMain);
};
