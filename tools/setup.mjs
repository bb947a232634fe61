#!/usr/bin/env node
// Sets up everything that `npm test` and `npm run demo` need. Plain JavaScript in words that Node 12 knows, for whoever has
// only that must be told so; the rest follows once the Node is known to read it.
const minimumNode = 20;

if (Number(process.versions.node.split(".")[0]) < minimumNode) {
  console.error(`Node ${process.versions.node} is too old: install Node ${minimumNode} or newer (https://nodejs.org).`);
  process.exitCode = 1;
} else {
  import("./toolchain/packages.mjs");
}
