// What the engine's runner starts. It asks ts-node for every ".ts" that is required; what is imported, Node reads itself.
module.exports = import("./main.ts");
