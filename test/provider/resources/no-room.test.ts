import { afterAll, beforeAll, expect, test } from "vitest";
import type { Kept } from "../engine.ts";
import { type Estate, INSTANCE, startEstate } from "./estate.ts";
import { gpuSeed } from "./gpu-hosts.ts";

/** A host that takes no instance is all that the server tells; the message says what the hosts lack, where that is known. */

let estate: Estate;
let tier: Kept;
let profileId: string;

beforeAll(async () => {
  estate = await startEstate("none", { seed: gpuSeed });
  tier = await estate.tier();
  const profile = await estate.engine.invoke("cloudstack:gpu:getVgpuProfile", { name: "A100-20C", deviceId: "20b5" });
  profileId = String(profile.id);
});
afterAll(() => estate.close());

const size = { cpuNumber: 1, cpuSpeedMhz: 500, memoryMib: 512 };

async function offering(name: string, more: object): Promise<string> {
  const { id } = await estate.engine.create("cloudstack:compute:ServiceOffering", { ...size, name, ...more } as never);
  return id;
}

/** What an instance of the offering is refused with; nothing of it stays. */
async function refusal(name: string, serviceOfferingId: string): Promise<string> {
  const inputs = { ...estate.instanceOn(name, tier), serviceOfferingId };
  const failure = await estate.engine.create(INSTANCE, inputs as never).then(
    () => "it was deployed",
    (error: { details?: string }) => String(error.details),
  );
  expect(await estate.rows("listVirtualMachines", { name, listall: true })).toEqual([]);
  return failure;
}

test("too few devices are left: how many of each state every host has", async () => {
  const three = await offering("three slices", { vgpuProfileId: profileId, gpuCount: 3 });
  const inputs = { ...estate.instanceOn("holder", tier), serviceOfferingId: three };
  const holder = await estate.engine.create(INSTANCE, inputs as never);
  const taken = await refusal("second", three);
  expect(taken).toContain("error 533");
  expect(taken).toMatch(
    /It asks for 3 free GPU devices of A100-20C \(.*A100.*\) on one host, .*: host1 3 Allocated, 1 Free\./,
  );

  await estate.engine.delete(INSTANCE, holder);
});

test("more cores than any host has: overcommit is no remedy", async () => {
  const large = await offering("17 cores", { cpuNumber: 17 });
  expect(await refusal("wide", large)).toContain("It has 17 vCPU, and no host has more than 16 cores");
});

test("where neither is the reason, the general remedy stands", async () => {
  const heavy = await offering("heavy", { memoryMib: 128 * 1024 });
  const text = await refusal("heavy", heavy);
  expect(text).toContain("No host, pool or address range has room");
  expect(text).not.toMatch(/It asks for|It has/);
});
