import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simulatorSeed } from "../../emulator/cloudstack/seeds/simulator.ts";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { content } from "./api.ts";
import { isUnsupported, knownDifferences, standIns, unsupportedCommands } from "./conditions.ts";
import { recordings } from "./recording.ts";
import { Replay } from "./replay.ts";

const all = recordings();
/** 01–12 are one life of a server, 13 is another. */
const lives = [
  { title: "recordings 01 to 12", files: all.filter(({ name }) => name < "13") },
  { title: "recording 13", files: all.filter(({ name }) => name >= "13") },
];

const met = new Set<string>();

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
      if (isUnsupported(id, call)) {
        it(`${title} (not supported)`, async () => {
          const answer = await replay.call(call.command, replay.params(id, call));
          expect(answer.status).toBe(432);
          expect(content(answer).errortext).toMatch(/this emulator does not implement/);
        });
      } else {
        it(title, async () => {
          const { differences, known } = await replay.run(id, call);
          for (const path of known) met.add(path);
          expect(differences).toEqual([]);
        });
      }
    }
  }
});

describe("the tables of deviations", () => {
  it("hold nothing that is not needed", () => {
    const unused = knownDifferences.filter(({ call, path }) => !met.has(`${call} ${path.source}`));
    expect(unused).toEqual([]);
  });
  it("are printed", () => {
    console.log(`recorded, but not supported: ${[...unsupportedCommands].sort().join(", ")}`);
    for (const { call, reason } of standIns) console.log(`${call} has a stand-in: ${reason}`);
    for (const { call, path, reason } of knownDifferences) console.log(`${call} differs at ${path.source}: ${reason}`);
  });
});
