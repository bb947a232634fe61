/**
 * Node's HTTP modules, not by `import`: that reads every export of a built-in module, and one of these loads a second HTTP
 * client of Node's own. 40 ms of each start of a provider, which the engine waits for.
 */
export const http = process.getBuiltinModule("node:http");
export const https = process.getBuiltinModule("node:https");
