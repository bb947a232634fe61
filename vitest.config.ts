import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const minuteMs = 60_000;
/** Half of a test's time it waits for a process or a poll: two a core keep the cores busy. */
const maxWorkers = 2 * availableParallelism();

export default defineConfig({
  test: {
    reporters: ["default", "./tools/test-reporter.ts"],
    allowOnly: false,
    pool: "forks",
    // A worker loads what files share once: half of the unit tests' time. What a file changes for the whole process, it
    // changes back.
    isolate: false,
    // As the engine's programs are loaded: without it, a program with mocks takes several times as long.
    execArgv: ["--require", fileURLToPath(new URL("tools/lean-sdk.cjs", import.meta.url))],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/tools/**"],
          // Ends what hangs; says nothing of speed, which is the bench's.
          testTimeout: 3 * minuteMs,
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // These start the real engine.
        extends: true,
        test: {
          name: "engine",
          include: ["test/e2e/**/*.test.ts", "test/tools/**/*.test.ts"],
          testTimeout: 10 * minuteMs,
          hookTimeout: 10 * minuteMs,
          maxWorkers,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
