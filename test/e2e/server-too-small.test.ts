import { expect, test } from "vitest";
import { defaultSeed } from "../../emulator/cloudstack/seed.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";

test("a server that allows too few tiers is told in preview, with the remedy, before anything is planned", async () => {
  const cloud = await Cloud.start({ seed: { ...defaultSeed, settings: {} } });
  const stack = new EngineStack({ env: cloud.env });
  try {
    const { code, text, changes } = await stack.preview();
    expect(code).not.toBe(0);
    expect(text).toMatch(/vpc\.max\.networks = 3 is too small[\s\S]*7 tiers[\s\S]*restart the management server/);
    expect(text).not.toContain("node_modules");
    expect(changes.map(({ type }) => type)).toEqual([]);
    expect((await cloud.calls()).byCommand).not.toHaveProperty("createVPC");
  } finally {
    stack.remove();
    await cloud.close();
  }
});
