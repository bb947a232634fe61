import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simulatorSeed } from "../../emulator/cloudstack/seeds/simulator.ts";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { content } from "./api.ts";
import { knownDifferences, standIns } from "./conditions.ts";
import { type RecordedCall, recordings } from "./recording.ts";
import { Replay } from "./replay.ts";

const all = recordings();
/** 01–12 are one life of a server, 13 is another. */
const lives = [all.filter(({ name }) => name < "13"), all.filter(({ name }) => name >= "13")];

const unsupported = new Set<string>();
const reasons = new Set<string>();

afterAll(() => {
  console.log(`recorded but not supported: ${[...unsupported].sort().join(", ")}`);
  console.log(
    ["known differences:", ...reasons, ...standIns.map(({ call, reason }) => `${call} stand-in: ${reason}`)].join(
      "\n  ",
    ),
  );
});

describe.each(lives)("a recorded life of a real server, from $name", (...life) => {
  let emulator: Emulator;
  let replay: Replay;

  beforeAll(async () => {
    emulator = await startEmulator({ seed: simulatorSeed, latency: "fast", strict: false });
    replay = new Replay(emulator);
    await replay.prepare();
  });
  afterAll(() => emulator.close());

  for (const { name, calls } of life) {
    for (const [index, call] of calls.entries()) {
      const id = `${name}[${index}]`;
      it(`${id} ${call.command}${call.note === undefined ? "" : `: ${call.note}`}`, () => repeat(replay, id, call));
    }
  }
});
