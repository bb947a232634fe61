import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers } from "../support/leftovers.ts";

/** Jobs that fail or take too long: the message says which and why, nothing half made stays, and the next `up` finishes. */

const program = join(import.meta.dirname, "programs/one-of-each");

let cloud: Cloud;
let seeded: Record<string, Row[]>;
let stack: EngineStack;

async function begin(latency: "fast" | "real" = "fast"): Promise<void> {
  cloud = await Cloud.start({ latency });
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: cloud.env, program });
}

beforeEach(() => begin());

afterEach(async () => {
  stack.remove();
  await cloud.close();
});

/** `up` fails, and what it says about it. */
async function failedUp(): Promise<string> {
  const { code, text } = await stack.up();
  expect(code).not.toBe(0);
  return text;
}

async function idInState(name: string): Promise<string | undefined> {
  const { deployment } = await stack.exportState();
  return deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`))?.id;
}

/** The job of a command that failed last. */
async function failedJob(command: string): Promise<{ id: string; instanceId: string }> {
  const jobs = await cloud.control<{ id: string; command: string; status: number; instanceId: string }[]>(
    "GET",
    "jobs",
  );
  const job = jobs.filter((candidate) => candidate.command === command && candidate.status === 2).at(-1);
  if (job === undefined) throw new Error(`no job of ${command} failed`);
  return job;
}

test("jobs that fail are told with command, job and CloudStack's words, and the next `up` goes on from there", async () => {
  const texts = {
    createVPC: "Failed to start the router: no capacity",
    deployVirtualMachine: "Unable to start a VM due to insufficient capacity",
    attachVolume: "Failed to attach volume: the hypervisor said no",
  };
  for (const [command, text] of Object.entries(texts)) await cloud.fault(command, { kind: "job-failure", text });

  const withoutVpc = await failedUp();
  expect(withoutVpc).toContain(`createVPC: ${texts.createVPC}`);
  expect(withoutVpc).toContain(`job ${(await failedJob("createVPC")).id}`);

  const withoutMachine = await failedUp();
  expect(withoutMachine).toContain(`deployVirtualMachine: ${texts.deployVirtualMachine}`);
  expect(withoutMachine).toContain(`job ${(await failedJob("deployVirtualMachine")).id}`);
  expect(await cloud.list("listVirtualMachines")).toEqual([]);

  const withoutVolume = await failedUp();
  expect(withoutVolume).toContain(`attachVolume: ${texts.attachVolume}`);
  const volume = await cloud.find("listVolumes", "fault-data");
  expect(await idInState("volume")).toBe(volume.id);

  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  await expectNoLeftovers(cloud, stack, seeded);
  const destroy = await stack.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect(await cloud.inventory()).toEqual(seeded);
});

test("customTimeouts end the wait and not the work: the id is kept, and the next `up` takes up what came of it", async () => {
  await cloud.close();
  stack.remove();
  await begin("real");
  // The first instance of a tier takes 2.5 s.
  stack.env = { ...cloud.env, MACHINE_TIMEOUT: "1s" };
  const late = await failedUp();
  expect(late).toMatch(/deployVirtualMachine: the job was not finished in the time given \(job [0-9a-f-]{36}/);
  expect(late).toContain("customTimeouts");
  const machine = await cloud.find("listVirtualMachines", "fault-01");
  expect(await idInState("machine")).toBe(machine.id);

  stack.env = cloud.env;
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  expect(await idInState("machine")).toBe(machine.id);
  expect(await cloud.find("listVirtualMachines", "fault-01")).toMatchObject({ id: machine.id, state: "Running" });
  await expectNoLeftovers(cloud, stack, seeded);
});

test("a failure of the account's own creation shows neither its password nor the keys", async () => {
  const text = "Unable to create the account";
  await cloud.fault("createAccount", { kind: "error", status: 530, text, times: 10 });
  await cloud.fault("createVPC", { kind: "drop-before", times: 10 });
  const run = await stack.up("--diff");
  expect(run.code).not.toBe(0);
  expect(run.text).toContain(text);
  const { text: state } = await stack.pulumi("stack", "export", "--stack", stack.name, "--show-secrets");
  const password = /"result":\{[^}]*"plaintext":"\\"([^"\\]{32})/.exec(state.replace(/\s/g, ""))?.[1];
  expect(password, "the generated password").toBeDefined();
  for (const secret of [password, cloud.env.CLOUDSTACK_SECRET_KEY, cloud.env.CLOUDSTACK_API_KEY]) {
    expect(run.text).not.toContain(secret);
    expect(run.text).not.toContain(encodeURIComponent(String(secret)));
  }
});
