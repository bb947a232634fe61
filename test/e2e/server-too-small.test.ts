import { expect, test } from "vitest";
import { defaultSeed } from "../../emulator/cloudstack/seed.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";

test("what the server cannot take is told in preview, all at once and with remedies, before anything is planned", async () => {
  const templates = defaultSeed.templates.map((template) => ({ ...template, sizeGib: 40 }));
  const cloud = await Cloud.start({ seed: { ...defaultSeed, settings: {}, templates } });
  const stack = new EngineStack({ env: cloud.env });
  try {
    const { code, text, changes } = await stack.preview();
    expect(code).not.toBe(0);
    expect(text).toContain("has 12 mistakes");
    expect(text).toMatch(
      /setting vpc\.max\.networks = 3\s+rule: at least 7.*\s+remedy: .*restart the management server/,
    );
    expect(text).toMatch(/disk of dqg-01 = "20 GiB"\s+rule: at least 40 GiB/);
    expect(text).not.toContain("node_modules");
    expect(changes.map(({ type }) => type)).toEqual([]);
    expect((await cloud.calls()).byCommand).not.toHaveProperty("createVPC");
  } finally {
    stack.remove();
    await cloud.close();
  }
});
