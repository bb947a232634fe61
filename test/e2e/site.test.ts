import { afterAll, beforeAll, expect, test } from "vitest";
import { simulatorSeed } from "../../emulator/cloudstack/seeds/simulator.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";

let cloud: Cloud;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start({ seed: simulatorSeed });
  stack = new EngineStack({ env: cloud.env, stack: "suwon" });
  await stack.init();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

/** `pulumi config set`, as a site's operator does it. */
async function set(path: string, value: string): Promise<void> {
  const { code, text } = await stack.pulumi(
    ...["config", "set", "--path", "--stack", stack.name, "--config-file", stack.configFile],
    ...[path, value],
  );
  expect({ code, text }).toEqual({ code: 0, text: "" });
}

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
