import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { cacheFolder } from "./tools/toolchain/cache-folder.mjs";

const minuteMs = 60_000;
/** Half of a test's time it waits for a process or a poll: two a core keep the cores busy. */
const maxWorkers = 2 * availableParallelism();

// Workers keep compiled code, as everything does that they start.
process.env.NODE_COMPILE_CACHE ??= join(cacheFolder(), "compile");

/** What starts the engine takes minutes a file: begun last, it would leave cores idle at the end. */
class EngineFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ project }: TestSpecification) => project.name === "engine";
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    reporters: ["default", "./tools/test-reporter.ts"],
    allowOnly: false,
    pool: "forks",
    // A worker loads what files share once: half of the unit tests' time. What a file changes for the whole process, it
    // changes back.
    isolate: false,
    // Node strips the types, as in everything that the tests start: nothing is transformed.
    experimental: { viteModuleRunner: false },
    maxWorkers,
    setupFiles: ["./test/support/same-everywhere.ts"],
    sequence: { sequencer: EngineFirst },
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
        },
      },
    ],
  },
});
