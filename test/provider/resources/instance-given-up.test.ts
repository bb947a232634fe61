/** Properties of an instance that the program no longer names, and its root disk: cleared, or refused; never silently kept. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kept } from "../engine.ts";
import { type Estate, INSTANCE, startEstate } from "./estate.ts";

const publicKeys = {
  one: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVkrDbfNlXk1TMuMoZCN1w2o0UQSmVfQwdP1t0aYxqE",
  two: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio",
};
const base64 = (text: string) => Buffer.from(text).toString("base64");

let estate: Estate;
let tier: Kept;
let groupId: string;
let userDataId: string;
beforeAll(async () => {
  estate = await startEstate();
  tier = await estate.tier();
  const group = { name: "apart", type: "host anti-affinity" };
  groupId = (await estate.engine.create("cloudstack:compute:AffinityGroup", group)).id;
  const registered = { name: "asks", userData: "#cloud-config\nhostname: $host\n", params: ["host"] };
  userDataId = (await estate.engine.create("cloudstack:compute:UserData", registered)).id;
  for (const [name, publicKey] of Object.entries(publicKeys)) {
    await estate.engine.create("cloudstack:compute:SshKeyPair", { name, publicKey });
  }
});
afterAll(() => estate.close());

const rowOf = async (id: string) =>
  (await estate.rows("listVirtualMachines", { id, listall: true, userdata: true }))[0] ?? {};
const make = (name: string, more: Record<string, unknown>) =>
  estate.engine.create(INSTANCE, { ...estate.instanceOn(name, tier), ...more } as never);
const change = (kept: Kept, more: Record<string, unknown>) =>
  estate.engine.update(INSTANCE, kept, { ...kept.inputs, ...more } as never);
const refusal = async (kept: Kept, more: Record<string, unknown>) =>
  (await estate.engine.check(INSTANCE, { ...kept.inputs, ...more } as never, kept.inputs)).failures;

/** The change, and how often the instance was stopped and started for it. */
async function powerOf(work: () => Promise<Kept>): Promise<{ kept: Kept; power: unknown[] }> {
  await estate.forgetCalls();
  const kept = await work();
  const { stopVirtualMachine = 0, startVirtualMachine = 0 } = await estate.calls();
  return { kept, power: [stopVirtualMachine, startVirtualMachine] };
}

test("what the server takes and does not tell arrives: values for registered user data, a ban on scaling", async () => {
  const made = await make("filled", { userDataId, userDataDetails: { host: "a" } });
  const { kept, power } = await powerOf(() =>
    change(made, { userDataDetails: { host: "b" }, dynamicScalingEnabled: false }),
  );
  expect(power).toEqual([0, 0]);
  const expected = { userdataid: userDataId, userdatadetails: "{host=b}", isdynamicallyscalable: false };
  expect(await rowOf(kept.id)).toMatchObject(expected);
});

describe("given up", () => {
  test.each([[null], [[]]])(
    "affinity groups are left, with the stop that the preview tells of (%j)",
    async (nothing) => {
      const name = nothing === null ? "left" : "emptied";
      const made = await make(name, { affinityGroupIds: [groupId] });
      const { kept, power } = await powerOf(() => change(made, { affinityGroupIds: nothing }));
      expect(power).toEqual([1, 1]);
      expect(await rowOf(kept.id)).toMatchObject({ state: "Running", affinitygroup: [] });
      expect(await estate.drift(INSTANCE, kept)).toEqual({});
    },
  );

  test("groups that the program never named are left alone", async () => {
    const made = await make("theirs", {});
    await estate.byHand("stopVirtualMachine", { id: made.id });
    await estate.byHand("updateVMAffinityGroup", { id: made.id, affinitygroupids: groupId });
    const kept = await change(made, { displayName: "shown" });
    expect(await rowOf(kept.id)).toMatchObject({ state: "Running", affinitygroup: [{ id: groupId }] });
  });

  test("a group for display and a ban on scaling go without a stop, also where the server allows no scaling", async () => {
    const made = await make("shown", { group: "web", dynamicScalingEnabled: false });
    expect(await rowOf(made.id)).toMatchObject({ group: "web", isdynamicallyscalable: false });
    const { kept, power } = await powerOf(() => change(made, { group: null, dynamicScalingEnabled: null }));
    expect(power).toEqual([0, 0]);
    const row = await rowOf(kept.id);
    expect([row.group ?? "", row.isdynamicallyscalable]).toEqual(["", false]);

    await estate.byHand("updateConfiguration", { name: "enable.dynamic.scale.vm", value: "true" });
    await estate.byHand("updateTemplate", { id: String(row.templateid), isdynamicallyscalable: true });
    const banned = await change(kept, { dynamicScalingEnabled: false });
    const allowed = await change(banned, { dynamicScalingEnabled: null });
    expect(await rowOf(allowed.id)).toMatchObject({ isdynamicallyscalable: true });
  });

  test.each([
    ["a text", { userData: "#cloud-config\n" }],
    ["an id", { userDataId: "", userDataDetails: { host: "a" } }],
  ])("user data, given as %s, is reset, and the preview knows that this needs a stop", async (how, given) => {
    const wanted = { ...given, ...("userDataId" in given && { userDataId }) };
    const made = await make(how.replace(" ", "-"), wanted);
    const nothing = Object.fromEntries(Object.keys(wanted).map((name) => [name, null]));
    const { kept, power } = await powerOf(() => change(made, nothing));
    expect(power).toEqual([1, 1]);
    const row = await rowOf(kept.id);
    for (const name of ["userdata", "userdataid", "userdatadetails"]) expect(row).not.toHaveProperty(name);
    expect(row.state).toBe("Running");
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
  });

  test("registered user data makes place for a text", async () => {
    const made = await make("rewritten", { userDataId, userDataDetails: { host: "a" } });
    const kept = await change(made, { userDataId: null, userDataDetails: null, userData: "#!/bin/sh\n" });
    const row = await rowOf(kept.id);
    expect(row).toMatchObject({ userdata: base64("#!/bin/sh\n"), state: "Running" });
    expect(row).not.toHaveProperty("userdataid");
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
  });

  test("registered user data that somebody set by hand makes place for the program's text", async () => {
    const made = await make("overwritten", { userData: "#!/bin/sh\n" });
    await estate.byHand("updateVirtualMachine", { id: made.id, userdataid: userDataId });
    expect(await estate.drift(INSTANCE, made)).toEqual({ userData: "add" });
    const live = await (await estate.nextRun()).read(INSTANCE, made);
    const kept = await estate.engine.update(INSTANCE, live as Kept, made.inputs);
    expect(await rowOf(kept.id)).toMatchObject({ userdata: base64("#!/bin/sh\n"), state: "Running" });
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
  });

  test("key pairs are refused, for the server can only exchange them; to exchange them works", async () => {
    const made = await make("keyed", { keyPairs: ["one"] });
    const kept = await change(made, { keyPairs: ["two"] });
    expect(await rowOf(kept.id)).toMatchObject({ keypairs: "two", state: "Running" });
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
    for (const keyPairs of [null, []]) {
      expect(await refusal(kept, { keyPairs })).toEqual({
        keyPairs: expect.stringMatching(/cannot be taken away.*→.*--replace/s),
      });
    }
    // One that is made anew has none.
    expect(await refusal(kept, { keyPairs: null, templateId: tier.id })).toEqual({});
  });
});

describe("the root disk", () => {
  const gib = 2 ** 30;
  const rootOf = async ({ id }: Kept) => {
    const [volume] = await estate.rows("listVolumes", { virtualmachineid: id, type: "ROOT", listall: true });
    return Number(volume?.size) / gib;
  };

  test("grows while the instance is stopped", async () => {
    const made = await make("growing", { rootDiskSizeGib: 60 });
    const { kept, power } = await powerOf(() => change(made, { rootDiskSizeGib: 80 }));
    expect(power).toEqual([1, 1]);
    expect([await rootOf(kept), (await rowOf(kept.id)).state]).toEqual([80, "Running"]);
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
  });

  test("of a size that is no longer named stays as it is, and nothing stops", async () => {
    const made = await make("unnamed", { rootDiskSizeGib: 60 });
    const { rootDiskSizeGib: _, ...others } = made.inputs;
    expect((await estate.engine.diff(INSTANCE, made, others)).changes).toEqual({});
  });

  test("is not made smaller: a preview says so", async () => {
    const made = await make("shrinking", { rootDiskSizeGib: 60 });
    const rule = /^40: a root disk never shrinks, and this one has 60 GiB/;
    expect(await refusal(made, { rootDiskSizeGib: 40 })).toEqual({ rootDiskSizeGib: expect.stringMatching(rule) });
    // A new one may have any size.
    expect(await refusal(made, { rootDiskSizeGib: 40, templateId: tier.id })).toEqual({});
  });

  test("smaller than the template's, which only the server knows, is refused before anything stops", async () => {
    const made = await make("surprised", {});
    const size = await rootOf(made);
    await estate.forgetCalls();
    await expect(change(made, { rootDiskSizeGib: size - 1 })).rejects.toMatchObject({
      details: expect.stringContaining(`a root disk never shrinks, and this one has ${size} GiB`),
    });
    expect(await estate.calls()).not.toHaveProperty("stopVirtualMachine");
    const { power } = await powerOf(() => change(made, { rootDiskSizeGib: size }));
    expect(power).toEqual([0, 0]);
  });
});
