import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers } from "../support/leftovers.ts";

/** Lost answers and overloaded servers: what was accepted is found again, and nothing is made twice. */

const program = join(import.meta.dirname, "programs/one-of-each");

let cloud: Cloud;
let seeded: Record<string, Row[]>;
let stack: EngineStack;

beforeEach(async () => {
  cloud = await Cloud.start({ latency: "fast" });
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: cloud.env, program });
});

afterEach(async () => {
  stack.remove();
  await cloud.close();
});

/** Every command of the program that makes something. */
const creates = [
  "createRole",
  "createRolePermission",
  "createDomain",
  "createAccount",
  "createAffinityGroup",
  "createServiceOffering",
  "createDiskOffering",
  "createNetworkOffering",
  "createVPC",
  "createNetworkACLList",
  "createNetworkACL",
  "createNetwork",
  "deployVirtualMachine",
  "createVolume",
  "attachVolume",
  "associateIpAddress",
  "createLoadBalancerRule",
  "assignToLoadBalancerRule",
  "updateResourceLimit",
  "createTags",
];

/** Exactly one of each exists, it is the one that the state knows, and it is finished. */
async function expectOneOfEach(): Promise<void> {
  await expectNoLeftovers(cloud, stack, seeded);
  const machine = await cloud.find("listVirtualMachines", "fault-01");
  expect(machine).toMatchObject({ state: "Running", affinitygroup: [{ name: "fault-apart" }] });
  const volume = await cloud.find("listVolumes", "fault-data");
  expect(volume.virtualmachineid).toBe(machine.id);
  const vpc = await cloud.find("listVPCs", "fault-vpc");
  for (const { tags } of [machine, volume, vpc, await cloud.find("listNetworks", "fault-tier")]) {
    expect(tags).toContainEqual(expect.objectContaining({ key: "purpose", value: "fault" }));
  }
  const { id: aclid } = await cloud.find("listNetworkACLLists", "fault-acl");
  expect((await cloud.list("listNetworkACLs", { aclid })).map(({ number }) => number).sort()).toEqual([10, 20]);
  const { id: rule } = await cloud.find("listLoadBalancerRules", "fault-lb");
  expect(await cloud.by("listLoadBalancerRuleInstances", { id: rule })).toMatchObject({ count: 1 });
  const role = (await cloud.rows("listRoles")).find(({ name }) => name === "fault-role");
  expect((await cloud.by("listRolePermissions", { roleid: String(role?.id) })).rolepermission).toHaveLength(3);
}

/** `up` succeeds with exactly one of each, a preview finds nothing to do, and `destroy` leaves the cloud as it was. */
async function expectFullLife(): Promise<void> {
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  await expectOneOfEach();
  const preview = await stack.preview("--refresh", "--expect-no-changes");
  expect(preview.code, preview.text).toBe(0);
  await cloud.control("DELETE", "faults");
  const destroy = await stack.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect(await cloud.inventory()).toEqual(seeded);
}

test("a connection that is cut after each create was accepted costs nothing: one of each, none twice", async () => {
  for (const command of creates) await cloud.fault(command, { kind: "drop" });
  await expectFullLife();
});

test("a connection that is cut before a create arrived is told from one cut after it: made once, at the second try", async () => {
  // Each of them is searched for 3 s before it is sent again; together in one chain that would be half a minute.
  for (const command of ["createDomain", "createVPC", "attachVolume", "createLoadBalancerRule", "createTags"]) {
    await cloud.fault(command, { kind: "drop-before" });
  }
  await expectFullLife();
});

test("a burst of 503 and 429 is waited out, and a 500, which may have been carried out, is looked into: nothing twice", async () => {
  for (const command of creates)
    await cloud.fault(command, { kind: "error", status: 503, text: "Service Unavailable" });
  for (const command of [...creates, "queryAsyncJobResult"]) {
    await cloud.fault(command, { kind: "error", status: 429, text: "API rate limit exceeded" });
  }
  for (const command of ["createNetwork", "deployVirtualMachine"]) {
    await cloud.fault(command, { kind: "error", status: 500, text: "Internal Server Error" });
  }
  await cloud.fault("*", { kind: "error", status: 503, text: "Service Unavailable", times: 3 });
  await expectFullLife();
});
