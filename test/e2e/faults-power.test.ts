import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accepted, runMarker, upUntil } from "../support/broken-off.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers } from "../support/leftovers.ts";
import { eventually, processesWith } from "../support/processes.ts";

/**
 * The machine that runs the engine loses power at the worst moment: a create was carried out, nobody heard the answer, and
 * not even the mark is on the object yet where that comes as a tag. Nothing runs on to put things right.
 */

const mark = `power-${process.pid}`;
const program = join(import.meta.dirname, "programs/one-of-each");
let cloud: Cloud;
let seeded: Record<string, Row[]>;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.start({ latency: "fast" });
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: { ...cloud.env, [runMarker]: mark }, program });
  await stack.init();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

async function pendingCreates(): Promise<unknown[]> {
  const { deployment } = await stack.exportState();
  return "pending_operations" in deployment ? (deployment.pending_operations as unknown[]) : [];
}

const processes = () => processesWith(runMarker, mark);

/** What the program makes side by side, in the order in which it comes to it. */
const creates: [together: string[]][] = [
  [["createRole", "createDomain", "createVPC"]],
  [["createAccount"]],
  [["createNetworkACLList", "associateIpAddress", "createAffinityGroup"]],
  [["createNetwork"]],
  [["deployVirtualMachine"]],
  [["createLoadBalancerRule", "createVolume"]],
];

/** Whatever comes after them does not get through: a run that is quick to take up what it lost must not get ahead. */
async function holdBack(together: string[]): Promise<void> {
  const later = creates.slice(creates.findIndex(([commands]) => commands === together) + 1).flat(2);
  for (const command of later) await cloud.fault(command, { kind: "drop-before", times: 1000 });
}

test.each(creates)("power is lost after %s were carried out and before an answer came", async (together) => {
  await cloud.forgetCalls();
  await cloud.forgetFaults();
  await holdBack(together);
  for (const command of together) await cloud.fault(command, { kind: "drop" });
  const { engine } = await upUntil(stack, `${together} are carried out`, async () =>
    (await Promise.all(together.map((command) => accepted(cloud, command)))).every(Boolean),
  );
  for (const pid of processes()) process.kill(pid, "SIGKILL");
  await once(engine, "exit");
  await eventually("nothing runs any more", () => processes().length === 0);
});

test("clearing what the engine holds to be pending, before anything was looked for, loses nothing", async () => {
  expect(await pendingCreates()).not.toEqual([]);
  const refresh = await stack.refresh("--clear-pending-creates");
  expect(refresh.code, refresh.text).toBe(0);
  expect(await pendingCreates()).toEqual([]);
});

test("after all that, `up` finishes with one of each, and `destroy` leaves the cloud as it was", async () => {
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  await expectNoLeftovers(cloud, stack, seeded);
  const preview = await stack.preview("--refresh", "--expect-no-changes");
  expect(preview.code, preview.text).toBe(0);
  const destroy = await stack.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect(await cloud.inventory()).toEqual(seeded);
});
