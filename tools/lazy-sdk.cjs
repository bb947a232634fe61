// Preloaded into the program's process (NODE_OPTIONS, tools/pulumi.ts). `@pulumi/pulumi` loads the TypeScript compiler
// and npm's dependency solver when it starts, for functions that are serialized into the cloud and for dynamic providers.
// Here they are loaded when something of them is first used: 435 -> 150 ms, 132 -> 83 MB for loading the SDK.

/**
 * Undocumented, but what every tool that stands between `require` and a module uses.
 * @typedef {(request: string, parent: { filename?: string } | undefined, isMain: boolean) => Record<string | symbol, unknown>} Load
 */
const Module = /** @type {typeof import("node:module") & { _load: Load }} */ (require("node:module"));

const heavy = new Set(["../../typescript-shim", "@npmcli/arborist"]);
const users = /[\\/]@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]/;
const load = Module._load;

/** @type {Load} */
const loadLazily = (request, parent, isMain) => {
  if (!heavy.has(request) || !users.test(parent?.filename ?? "")) return load(request, parent, isMain);
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
Module._load = loadLazily;
