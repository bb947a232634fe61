import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { simulatorSeed } from "../../emulator/cloudstack/seeds/simulator.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";

let cloud: Cloud;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start({ seed: simulatorSeed });
  // Where the server is and who asks stands in the stack's configuration, and nowhere else.
  for (const name of Object.keys(cloud.env)) vi.stubEnv(name, undefined);
  stack = new EngineStack({ env: {}, stack: "suwon", passphrase: true });
  await stack.init();
});

afterAll(async () => {
  vi.unstubAllEnvs();
  stack.remove();
  await cloud.close();
});

const configSet = () => ["config", "set", "--stack", stack.name, "--config-file", stack.configFile];

/** `pulumi config set`, as a site's operator does it. */
async function set(path: string, value: string): Promise<void> {
  expect(await stack.pulumi(...configSet(), "--path", path, value)).toEqual({ code: 0, text: "" });
}

/** The same for a secret, which the command asks for: no shell keeps it, and it may begin with a hyphen, as one key in 64 does. */
async function setSecret(name: string, value: string): Promise<void> {
  expect(await stack.answer(value, ...configSet(), "--secret", name)).toEqual({ code: 0, text: "" });
}

const keys = () => ({
  "cloudstack:apiKey": cloud.env.CLOUDSTACK_API_KEY ?? "missing",
  "cloudstack:secretKey": cloud.env.CLOUDSTACK_SECRET_KEY ?? "missing",
});

/** Says where a key can be read. */
function expectNoKeyIn(texts: Record<string, string>): void {
  for (const [name, key] of Object.entries(keys())) {
    const leaks = Object.keys(texts).filter((place) => texts[place]?.includes(key));
    expect({ name, leaks }).toEqual({ name, leaks: [] });
  }
}

test("the server's address and keys are set by `pulumi config`, and the file does not show the keys", async () => {
  await set("cloudstack:apiUrl", cloud.env.CLOUDSTACK_API_URL ?? "missing");
  await setSecret("cloudstack:secretKey", "-begins-with-a-hyphen");
  for (const [name, key] of Object.entries(keys())) await setSecret(name, key);
  const file = readFileSync(stack.configFile, "utf8");
  const { config } = parse(file);
  for (const name of Object.keys(keys())) expect(config[name]).toEqual({ secure: expect.stringMatching(/^v1:/) });
  expectNoKeyIn({ file });
});

test("a site with a zone of another kind takes demo-cpu with its own overrides, and gives everything back", async () => {
  const seeded = await cloud.inventory();
  await set("strata:profile", "demo-cpu");
  await set("strata:overrides.infrastructure.hypervisor", "Simulator");
  await set("strata:overrides.infrastructure.template", "CentOS 5.6 (64-bit) no GUI (Simulator)");
  await set("strata:overrides.infrastructure.cpuSpeedMhz", "500");
  await set("strata:overrides.platform.name", "suwon");

  const up = await stack.up();
  expect(up.text).not.toContain("error:");
  expect(up.code).toBe(0);
  const machines = await cloud.list("listVirtualMachines");
  expect(machines).toHaveLength(11);
  for (const machine of machines) {
    expect(machine).toMatchObject({ state: "Running", hypervisor: "Simulator", cpuspeed: 500 });
  }
  expect((await cloud.list("listVPCs")).map(({ name }) => name)).toEqual(["suwon"]);

  const state = JSON.stringify(await stack.exportState());
  expect(state).toContain(cloud.env.CLOUDSTACK_API_URL);
  expectNoKeyIn({ console: up.text, state });

  const preview = await stack.preview("--refresh");
  expect(preview.code).toBe(0);
  expect(preview.changes).toEqual([]);

  const destroy = await stack.destroy();
  expect(destroy.text).not.toContain("error:");
  expect(destroy.code).toBe(0);
  expect(await cloud.inventory()).toEqual(seeded);
});

test("a site's mistake in its overrides is told with the key that it stands under", async () => {
  await set("strata:overrides.infrastructure.hypervisor", "Hyper-V");
  await set("strata:overrides.infrastructure.tempalte", "Rocky 9");
  const run = await stack.preview();
  expect(run.code).not.toBe(0);
  expect(run.text).toContain('infrastructure.hypervisor = "Hyper-V"  (strata:overrides)');
  expect(run.text).toContain("remedy: write template");
});
