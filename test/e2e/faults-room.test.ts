import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultSeed } from "../../emulator/cloudstack/seed.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { expectNoLeftovers } from "../support/leftovers.ts";

/** A cloud that is full, or whose limits are reached: said with the remedy, nothing lost, and finished once there is room. */

const program = join(import.meta.dirname, "programs/one-of-each");

let cloud: Cloud;
let seeded: Record<string, Row[]>;
let stack: EngineStack;

/** One host that is too small for the machine (2 cores, 4 GiB), and one that is large enough. */
const hosts = [
  { name: "small", ip: "172.16.15.11", cores: 1, cpuSpeedMhz: 2000, memoryGib: 4 },
  { name: "large", ip: "172.16.15.12", cores: 16, cpuSpeedMhz: 2000, memoryGib: 64 },
];

/** What a domain may have that nobody gave a limit of its own. */
const settings = { "max.domain.user.vms": "0" };

beforeEach(async () => {
  cloud = await Cloud.start({ seed: { ...defaultSeed, hosts, settings } });
  seeded = await cloud.inventory();
  stack = new EngineStack({ env: cloud.env, program });
});

afterEach(async () => {
  stack.remove();
  await cloud.close();
});

/** `up` fails at the resource, says so there, and no machine that failed stays behind. */
async function failedUp(where: string, ...words: string[]): Promise<string> {
  const { code, text } = await stack.up(...words);
  expect(code).not.toBe(0);
  expect(text).toContain(`  cloudstack:${where}:\n`);
  expect(await cloud.list("listVirtualMachines")).toEqual([]);
  return text;
}

async function expectUpToFinish(...words: string[]): Promise<void> {
  const up = await stack.up(...words);
  expect(up.code, up.text).toBe(0);
  await expectNoLeftovers(cloud, stack, seeded);
  expect(await cloud.find("listVirtualMachines", "fault-01")).toMatchObject({ state: "Running" });
}

test("no host has room: the machine is refused with the reason, and made once a host is back", async () => {
  await cloud.control("POST", "hosts", { name: "large", state: "Down" });
  const full = await failedUp("compute:Instance (machine)");
  expect(full).toMatch(/deployVirtualMachine: No destination found .*sufficient capacity.*\(error 533, job /);
  expect(full).toContain("No host satisfies the affinity groups: add hosts, use a non-strict group, or free capacity");
  await cloud.control("POST", "hosts", { name: "large", state: "Up" });
  await expectUpToFinish();
});

test("limits are reached, by default above the tenant, of its account, of the domain above: each is told with its remedy", async () => {
  const { id } = (await cloud.by("createDomain", { name: "city" })).domain as Row;
  const city = { domainid: String(id) };
  const limit = (owner: Record<string, string>, max: number) =>
    cloud.by("updateResourceLimit", { ...owner, resourcetype: "0", max: String(max) });
  seeded = await cloud.inventory();
  stack.env = { ...cloud.env, PARENT_DOMAIN_ID: city.domainid };

  // With all the rest, the account among it: otherwise it is a matter of moments what was begun before the failure.
  const byDefault = await failedUp("identity:ResourceLimits (limits)", "--continue-on-error");
  expect(byDefault).toMatch(
    /set limit instances failed \[urn:\S+::limits\] \(3\): .* maximum allowed resource limit 0/,
  );
  expect(byDefault).toContain("Raise the limit of the domain above first");

  await limit(city, 3);
  const account = { domainid: (await cloud.find("listDomains", "tenant-x")).id, account: "tenant-x" };
  await limit(account, 0);
  const ofAccount = await failedUp("compute:Instance (machine)");
  expect(ofAccount).toContain("Type = 'user_vm', tag = 'null' for Account Name = tenant-x");
  expect(ofAccount).toContain("Account Resource Limit = 0");
  expect(ofAccount).toContain("Raise the limit of the account and of every domain above it");

  await limit(account, -1);
  await limit(city, 0);
  // CloudStack takes the domains below down with it, the one that we gave a limit among them.
  const ofDomain = await failedUp("compute:Instance (machine)");
  expect(ofDomain).toContain(
    `Type 'user_vm' for Domain Id = ${account.domainid} is exceeded: Domain Resource Limit = 0`,
  );
  expect(ofDomain).toContain("Raise the limit of the account and of every domain above it");

  await limit(city, -1);
  await expectUpToFinish("--refresh");
});
