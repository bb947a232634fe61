import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Failure, type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, startEstate } from "./estate.ts";

let estate: Estate;
let tier: Kept;
beforeAll(async () => {
  estate = await startEstate();
  tier = await estate.tier();
});
afterAll(() => estate.close());

const rowOf = async (id: string) =>
  (await estate.rows("listVirtualMachines", { id, listall: true, userdata: true }))[0] ?? {};
const create = (inputs: Record<string, unknown>) => estate.engine.create(INSTANCE, inputs as never);
const update = (kept: Kept, more: Record<string, unknown>) =>
  estate.engine.update(INSTANCE, kept, { ...kept.inputs, ...more } as never);

/** The calls of one step that change an instance's power. */
async function powerCalls(step: () => Promise<unknown>): Promise<string[]> {
  await estate.forgetCalls();
  await step();
  const calls = await estate.calls();
  return ["stopVirtualMachine", "startVirtualMachine"].filter((command) => calls[command]);
}

describe("an instance", () => {
  test("T#32 is made with everything that was asked for, and all its outputs are there at once", async () => {
    const second = await estate.tier();
    const made = await create({
      ...estate.instanceOn(
        "full",
        { networkId: tier.id, ipAddress: "10.0.1.50" },
        { networkId: second.id, ipAddress: "10.0.2.50" },
      ),
      displayName: "Full",
      userData: "#cloud-config\nhostname: full\n",
      details: { k1: "v1" },
      rootDiskSizeGib: 50,
      tags: { layer: "tenant" },
    });
    expect(plain(made.state)).toMatchObject({ ipAddress: "10.0.1.50", state: "Running", details: { k1: "v1" } });
    const nics = plain(made.state).nics as unknown as Record<string, string>[];
    expect(nics.map((nic) => [nic.networkId, nic.ipAddress, nic.gateway, nic.netmask])).toEqual([
      [tier.id, "10.0.1.50", "10.0.1.1", "255.255.255.0"],
      [second.id, "10.0.2.50", "10.0.2.1", "255.255.255.0"],
    ]);
    expect(nics.every(({ id, macAddress }) => id && macAddress)).toBe(true);
    const row = await rowOf(made.id);
    expect(row).toMatchObject({ displayname: "Full", state: "Running" });
    expect(Buffer.from(String(row.userdata), "base64").toString()).toContain("hostname: full");
    expect(await estate.drift(INSTANCE, made)).toEqual({});
    await estate.engine.delete(INSTANCE, made);
  });

  test("T#68 has a root disk of the size that the program gives, not of the template's", async () => {
    const made = await create({ ...estate.instanceOn("roomy", tier), rootDiskSizeGib: 50 });
    const [root] = await estate.rows("listVolumes", { virtualmachineid: made.id, type: "ROOT", listall: true });
    expect(root).toMatchObject({ size: 50 * 2 ** 30 });
    expect(await estate.drift(INSTANCE, made)).toEqual({});
    await estate.engine.delete(INSTANCE, made);
  });

  test("T#268 with delete protection is refused by the server, and kept", async () => {
    const made = await create({ ...estate.instanceOn("precious", tier), deleteProtection: true });
    await expect(estate.engine.delete(INSTANCE, made)).rejects.toMatchObject({
      details: expect.stringMatching(/Set deleteProtection to false/),
    });
    expect(await estate.drift(INSTANCE, made)).toEqual({});
    await estate.engine.delete(INSTANCE, await update(made, { deleteProtection: false }));
    expect(await rowOf(made.id)).toEqual({});
  });

  test("T#61 starts on the host and in the group that it names", async () => {
    const hosts = await estate.rows("listHosts", { type: "Routing" });
    const host = String(hosts.at(-1)?.id);
    const group = await estate.engine.create("cloudstack:compute:AffinityGroup", {
      name: "beside",
      type: "host anti-affinity",
    });
    const made = await create({ ...estate.instanceOn("placed", tier), hostId: host, affinityGroupIds: [group.id] });
    expect(await rowOf(made.id)).toMatchObject({ hostid: host, affinitygroup: [{ id: group.id }] });
    expect(await estate.drift(INSTANCE, made)).toEqual({});
    await estate.engine.delete(INSTANCE, made);
  });

  test("a fixed address is known before the instance is made", async () => {
    const preview = await estate.engine.previewCreate(
      INSTANCE,
      estate.instanceOn("soon", { networkId: tier.id, ipAddress: "10.0.1.77" }) as never,
    );
    expect(preview).toMatchObject({ ipAddress: "10.0.1.77", nics: [{ networkId: tier.id, ipAddress: "10.0.1.77" }] });
  });

  test("a bad description is refused before anything is sent, all mistakes at once", async () => {
    const { failures } = await estate.engine.check(INSTANCE, {
      ...estate.instanceOn("9bad_", tier, tier),
      userData: "a",
      userDataId: tier.id,
    } as never);
    expect(Object.keys(failures).sort()).toEqual(["name", "nics", "userDataId"]);
  });

  test("a root disk of exactly the template's size, about which the server says nothing, is no difference", async () => {
    const [template] = await estate.rows("listTemplates", { templatefilter: "all" });
    const made = await create({
      ...estate.instanceOn("exact", tier),
      rootDiskSizeGib: Number(template?.size) / 2 ** 30,
    });
    expect((await rowOf(made.id)).details).not.toHaveProperty("rootdisksize");
    expect(await estate.drift(INSTANCE, made)).toEqual({});
    await estate.engine.delete(INSTANCE, made);
  });

  test("deleting one that is gone succeeds", async () => {
    const made = await create(estate.instanceOn("gone", tier));
    await estate.byHand("destroyVirtualMachine", { id: made.id, expunge: true });
    expect(await estate.drift(INSTANCE, made)).toBe("gone");
    await estate.engine.delete(INSTANCE, made);
  });
});

describe("a change", () => {
  let kept: Kept;
  beforeAll(async () => {
    kept = await create(estate.instanceOn("changing", tier));
  });

  test("T#301 T#58 of the offering stops, scales and starts, and says so", async () => {
    const diff = await estate.engine.diff(INSTANCE, kept, { ...kept.inputs, serviceOfferingId: estate.largeId });
    expect(diff).toMatchObject({ replaces: [], changes: { serviceOfferingId: "update" } });
    const calls = await powerCalls(async () => {
      kept = await update(kept, { serviceOfferingId: estate.largeId });
    });
    expect(calls).toEqual(["stopVirtualMachine", "startVirtualMachine"]);
    expect(await rowOf(kept.id)).toMatchObject({ cpunumber: 2, memory: 1024, state: "Running" });
  });

  test.each([
    ["displayName", "New name", { displayname: "New name" }],
    ["group", "web", { group: "web" }],
    ["haEnabled", false, { haenable: false }],
    ["deleteProtection", true, { deleteprotection: true }],
    ["userData", "#cloud-config\n", { userdata: Buffer.from("#cloud-config\n").toString("base64") }],
    ["tags", { a: "1" }, { tags: [expect.objectContaining({ key: "a", value: "1" })] }],
  ])("T#58 of %s arrives, and nothing stops", async (name, value, expected) => {
    const calls = await powerCalls(async () => {
      kept = await update(kept, { [name]: value });
    });
    expect(calls).toEqual([]);
    expect(await rowOf(kept.id)).toMatchObject(expected);
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
  });

  test.each([
    ["name", "changed", { name: "changed" }],
    ["details", { k: "v" }, { details: expect.objectContaining({ k: "v" }) }],
  ])("T#58 of %s arrives with a restart", async (name, value, expected) => {
    const calls = await powerCalls(async () => {
      kept = await update(kept, { [name]: value });
    });
    expect(calls).toEqual(["stopVirtualMachine", "startVirtualMachine"]);
    expect(await rowOf(kept.id)).toMatchObject(expected);
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
  });

  test("T#293 T#295 details that others have set survive a change of ours, and ours arrive letter by letter", async () => {
    await estate.byHand("updateVirtualMachine", { id: kept.id, "details[0].k": "v", "details[0].theirs": "1" });
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
    const k2 = '{"a": "1=2&3;4,5"} [0] 한글';
    kept = await update(kept, { details: { k2 } });
    const { details } = await rowOf(kept.id);
    expect(details).toMatchObject({ theirs: "1", k2 });
    expect(details).not.toHaveProperty("k");
  });

  test("to Stopped and back", async () => {
    kept = await update(kept, { state: "Stopped" });
    expect(await rowOf(kept.id)).toMatchObject({ state: "Stopped" });
    const calls = await powerCalls(async () => {
      kept = await update(kept, { serviceOfferingId: estate.smallId });
    });
    expect(calls).toEqual([]);
    kept = await update(kept, { state: "Running" });
    expect(await rowOf(kept.id)).toMatchObject({ state: "Running", cpunumber: 1 });
  });

  test("a leg more is plugged in while it runs, another address needs a stop, and a leg less is taken out", async () => {
    const [second, third] = [await estate.tier(), await estate.tier()];
    const nics = [{ networkId: tier.id }, { networkId: second.id, ipAddress: "10.0.3.9" }];
    const change = (legs: unknown[]) =>
      powerCalls(async () => {
        kept = await update(kept, { nics: legs });
      });
    expect(await change(nics)).toEqual([]);
    expect((await rowOf(kept.id)).nic).toHaveLength(2);
    expect(await estate.drift(INSTANCE, kept)).toEqual({});

    const moved = [{ networkId: tier.id, ipAddress: "10.0.1.200" }, { networkId: third.id }];
    expect(await change(moved)).toEqual(["stopVirtualMachine", "startVirtualMachine"]);
    const row = await rowOf(kept.id);
    expect(row).toMatchObject({ ipaddress: "10.0.1.200", state: "Running" });
    expect((row.nic as { networkid: string }[]).map((nic) => nic.networkid).sort()).toEqual([tier.id, third.id].sort());

    kept = await update(kept, { nics: [{ networkId: third.id }] });
    expect((await rowOf(kept.id)).nic).toMatchObject([{ networkid: third.id, isdefault: true }]);
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
  });

  test.each([
    ["set back", true],
    ["asked for again", false],
  ])(
    "after which it does not start is not forgotten: %s, it is carried out and the instance runs",
    async (_, isSetBack) => {
      for (const faults of [["startVirtualMachine"], ["scaleVirtualMachine", "startVirtualMachine"]]) {
        for (const command of faults) await estate.fault({ command, kind: "job-failure", text: `no ${command}` });
        const now = kept.inputs.serviceOfferingId === estate.largeId ? estate.smallId : estate.largeId;
        const inputs = { ...kept.inputs, serviceOfferingId: now };
        const failure: Failure = await estate.engine.update(INSTANCE, kept, inputs).catch((error) => error);
        expect(failure.details).toContain(`no ${faults[0]}`);
        expect(await rowOf(kept.id)).toMatchObject({ state: "Stopped" });
        expect(plain(failure.partial?.state ?? {})).toMatchObject({ state: "Stopped" });
        const partial: Kept = { ...kept, inputs, state: failure.partial?.state ?? {} };
        const wanted = isSetBack ? kept.inputs : inputs;
        kept = await estate.engine.update(INSTANCE, partial, wanted);
        expect(await rowOf(kept.id)).toMatchObject({ state: "Running", serviceofferingid: wanted.serviceOfferingId });
        expect(await estate.drift(INSTANCE, kept)).toEqual({});
      }
    },
  );

  test("that fails half way starts the instance again", async () => {
    await estate.fault({ command: "scaleVirtualMachine", kind: "job-failure", text: "no room" });
    await expect(update(kept, { serviceOfferingId: estate.largeId })).rejects.toMatchObject({
      details: expect.stringMatching(/no room/),
    });
    expect(await rowOf(kept.id)).toMatchObject({ state: "Running" });
  });
});

describe("drift is found and repaired", () => {
  let kept: Kept;
  const repair = async () => {
    const live = await (await estate.nextRun()).read(INSTANCE, kept);
    if (live === undefined) throw new Error("gone");
    await estate.engine.update(INSTANCE, live, kept.inputs);
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
  };
  beforeAll(async () => {
    const group = await estate.engine.create("cloudstack:compute:AffinityGroup", {
      name: "apart",
      type: "host anti-affinity",
    });
    kept = await create({
      ...estate.instanceOn("drifting", tier),
      affinityGroupIds: [group.id],
      userData: "mine",
      tags: { a: "1" },
    });
  });

  test("stopped by hand: started", async () => {
    await estate.byHand("stopVirtualMachine", { id: kept.id });
    expect(await estate.drift(INSTANCE, kept)).toEqual({ state: "update" });
    await repair();
    expect(await rowOf(kept.id)).toMatchObject({ state: "Running" });
  });

  test("destroyed by hand and not expunged: recovered and started", async () => {
    await estate.byHand("destroyVirtualMachine", { id: kept.id });
    expect(await estate.drift(INSTANCE, kept)).toEqual({ state: "update" });
    await repair();
    expect(await rowOf(kept.id)).toMatchObject({ state: "Running" });
  });

  test("taken out of its affinity group: put back", async () => {
    await estate.byHand("stopVirtualMachine", { id: kept.id });
    await estate.byHand("updateVMAffinityGroup", { id: kept.id, affinitygroupids: "" });
    await estate.byHand("startVirtualMachine", { id: kept.id });
    expect(await estate.drift(INSTANCE, kept)).toEqual({ affinityGroupIds: "add" });
    await repair();
    expect((await rowOf(kept.id)).affinitygroup).toHaveLength(1);
  });

  test("user data changed by hand: set back", async () => {
    await estate.byHand("updateVirtualMachine", { id: kept.id, userdata: Buffer.from("theirs").toString("base64") });
    expect(await estate.drift(INSTANCE, kept)).toEqual({ userData: "update" });
    await repair();
  });

  test("xanzy#25 tags of others are no drift, and are left alone", async () => {
    const tags = { resourceids: kept.id, resourcetype: "UserVm", "tags[0].key": "theirs", "tags[0].value": "1" };
    await estate.byHand("createTags", tags);
    expect(await estate.drift(INSTANCE, kept)).toEqual({});
    kept = await update(kept, { tags: { a: "2" } });
    const shown = (await rowOf(kept.id)).tags as { key: string; value: string }[];
    expect(Object.fromEntries(shown.map(({ key, value }) => [key, value]))).toEqual({ a: "2", theirs: "1" });
  });
});

describe("a deployment that goes wrong", () => {
  test("in its job is cleaned up, and its own error is what is told", async () => {
    await estate.fault({ command: "deployVirtualMachine", kind: "job-failure", text: "Unable to create a deployment" });
    const failure: unknown = await create(estate.instanceOn("failing", tier)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ details: expect.stringContaining("Unable to create a deployment") });
    expect(failure).not.toHaveProperty("partial");
    expect(await estate.rows("listVirtualMachines", { name: "failing", listall: true })).toEqual([]);
    await create(estate.instanceOn("failing", tier));
  });

  test("after nobody waited for it any more is not carried on with: the next run makes it anew", async () => {
    const inputs = estate.instanceOn("unseen", tier) as never;
    const abandoned = async (): Promise<Kept> => {
      await estate.fault({ command: "deployVirtualMachine", kind: "job-failure", text: "no room" });
      await estate.fault({ command: "queryAsyncJobResult", kind: "slow", delayMs: 6000, times: 1 });
      const failure: Failure = await estate.engine.create(INSTANCE, inputs, { timeout: 3 }).catch((error) => error);
      expect(await rowOf(String(failure.partial?.id))).toMatchObject({ state: "Error" });
      return { ...(failure.partial as Kept), name: "unseen" };
    };
    // The run could still write down what it had begun.
    const begun = await abandoned();
    const diff = await estate.engine.diff(INSTANCE, begun, begun.inputs);
    expect(diff).toMatchObject({ changes: { name: "update_replace" }, deleteBeforeReplace: true });
    await estate.engine.delete(INSTANCE, begun);
    expect(await rowOf(begun.id)).toEqual({});
    // It was killed.
    await abandoned();
    const made = await (await estate.nextRun()).create(INSTANCE, inputs);
    expect(await rowOf(made.id)).toMatchObject({ state: "Running" });
    expect(await estate.rows("listVirtualMachines", { name: "unseen", listall: true })).toHaveLength(1);
    expect((await estate.engine.diff(INSTANCE, made, made.inputs)).changes).toEqual({});
  });

  test("hashicorp#3171 when its time is over, the id is kept, and the next run finishes it", async () => {
    await estate.fault({ command: "queryAsyncJobResult", kind: "slow", delayMs: 6000, times: 1 });
    const inputs = { ...estate.instanceOn("late", tier), tags: { layer: "tenant" } };
    const { partial }: Failure = await estate.engine.create(INSTANCE, inputs as never, { timeout: 3 }).then(
      () => ({ code: 0, details: "made in time" }),
      (error) => error,
    );
    const [row] = await estate.rows("listVirtualMachines", { name: "late", listall: true });
    expect(partial?.id).toBe(row?.id);

    // What the engine does with a resource that was begun: a refresh, and an update to what the program says.
    const next = await estate.nextRun();
    const live = await next.read(INSTANCE, partial as Kept);
    const finished = await next.update(INSTANCE, live as Kept, (partial as Kept).inputs);
    expect(finished.id).toBe(row?.id);
    expect(await rowOf(finished.id)).toMatchObject({ state: "Running", tags: [{ key: "layer", value: "tenant" }] });
    expect(await estate.drift(INSTANCE, finished)).toEqual({});
    expect(await estate.rows("listVirtualMachines", { name: "late", listall: true })).toHaveLength(1);
  });

  test("whose answer was lost is found again and not repeated", async () => {
    await estate.fault({ command: "deployVirtualMachine", kind: "drop" });
    const made = await create(estate.instanceOn("lost", tier));
    const rows = await estate.rows("listVirtualMachines", { name: "lost", listall: true });
    expect(rows.map(({ id, state }) => [id, state])).toEqual([[made.id, "Running"]]);
    expect(await estate.drift(INSTANCE, made)).toEqual({});
  });

  test("in a run that was killed is adopted by the next one", async () => {
    const inputs = estate.instanceOn("orphan", tier);
    const first = await create(inputs);
    const second = await (await estate.nextRun()).create(INSTANCE, inputs as never);
    expect(second.id).toBe(first.id);
  });

  test("for want of capacity says so, and what to do", async () => {
    const huge = await estate.engine.create("cloudstack:compute:ServiceOffering", {
      name: "huge",
      cpuNumber: 16,
      cpuSpeedMhz: 2000,
      memoryMib: 60_000,
    });
    const outcomes = await Promise.allSettled(
      ["h1", "h2", "h3", "h4", "h5"].map((name) =>
        create({ ...estate.instanceOn(name, tier), serviceOfferingId: huge.id }),
      ),
    );
    const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.details] : []));
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0]).toMatch(/look at capacity|Raise the limit/);
  });
});
