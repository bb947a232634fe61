import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simulatorSeed } from "../../emulator/cloudstack/seeds/simulator.ts";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { content } from "./api.ts";
import { knownDifferences, unsupportedCommands } from "./conditions.ts";
import { recordings } from "./recording.ts";
import { Replay } from "./replay.ts";

const all = recordings();
/** 01–12 are one life of a server, 13 is another. */
const lives = [
  { title: "recordings 01 to 12", files: all.filter(({ name }) => name < "13") },
  { title: "recording 13", files: all.filter(({ name }) => name >= "13") },
];

const metDifferences = new Set<string>();
const refused = new Set<string>();
let pendingJobs = 0;

describe.each(lives)("$title", ({ files }) => {
  let emulator: Emulator;
  let replay: Replay;

  beforeAll(async () => {
    // Not strict: a real server ignores parameters that it does not know, and one recording shows that.
    emulator = await startEmulator({ seed: simulatorSeed, latency: "fast", strict: false });
    replay = new Replay(emulator);
    await replay.prepare();
  });
  afterAll(() => emulator.close());

  for (const { name, calls } of files) {
    for (const [index, call] of calls.entries()) {
      const id = `${name}[${index}]`;
      const title = `${id} ${call.command}${call.note === undefined ? "" : `: ${call.note}`}`;
      if (unsupportedCommands.has(call.command)) {
        it(`${title} (command not supported)`, async () => {
          const answer = await replay.call(call.command, replay.params(call));
          expect(answer.status).toBe(432);
          expect(content(answer).errortext).toContain(`[${call.command}] exists in CloudStack 4.22, but this emulator`);
          refused.add(call.command);
        });
      } else {
        it(title, async ({ skip }) => {
          skip(replay.lacksReferences(call), "works on what a call made that is not supported");
          const { differences, known, sawPending } = await replay.run(id, call);
          for (const path of known) metDifferences.add(path);
          if (sawPending) pendingJobs += 1;
          expect(differences).toEqual([]);
        });
      }
    }
  }
});

describe("the replay as a whole", () => {
  it("needs every entry of its tables", () => {
    const unused = knownDifferences.filter(({ call, path }) => !metDifferences.has(`${call} ${path.source}`));
    expect(unused).toEqual([]);
    expect([...refused].sort()).toEqual([...unsupportedCommands].sort());
  });

  it("compares jobs while they run, too", () => {
    expect(pendingJobs).toBeGreaterThan(50);
  });

  it("names what it does not compare", () => {
    const lines = [
      `not supported: ${[...unsupportedCommands].join(", ")}`,
      ...knownDifferences.map(({ call, path, reason }) => `${call} differs at ${path.source}: ${reason}`),
    ];
    console.log(lines.join("\n"));
    expect(lines.every((line) => line.length > 20)).toBe(true);
  });
});
