import { defineConfig } from "vitest/config";

const minuteMs = 60_000;

export default defineConfig({
  test: {
    reporters: ["default", "./tools/test-reporter.ts"],
    allowOnly: false,
    pool: "forks",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/tools/**"],
          // Ends what hangs; says nothing of speed, which is the bench's.
          testTimeout: minuteMs,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // These start the real engine. It keeps two cores busy by itself, so no more than two at once.
        extends: true,
        test: {
          name: "engine",
          include: ["test/e2e/**/*.test.ts", "test/tools/**/*.test.ts"],
          testTimeout: 10 * minuteMs,
          hookTimeout: 10 * minuteMs,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
