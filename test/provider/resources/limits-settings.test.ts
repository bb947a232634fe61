import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { type Failure, type Kept, plain } from "../engine.ts";

const DOMAIN = "cloudstack:identity:Domain";
const LIMITS = "cloudstack:identity:ResourceLimits";
const SETTING = "cloudstack:management:Setting";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

async function maxOf(domainid: string, resourcetype: number, account?: string): Promise<unknown> {
  return (await cloud.rows("listResourceLimits", { domainid, account, resourcetype }))[0]?.max;
}

describe("ResourceLimits", () => {
  const [cpu, memory, gpu] = [8, 9, 16];
  let domain: Kept;
  let count = 0;
  beforeEach(async () => {
    count += 1;
    domain = await cloud.engine.create(DOMAIN, { name: `limits-${count}` });
  });

  test("T#82 sets what is listed, GPUs too, changes what changed, and puts back what was there", async () => {
    const before = {
      cpu: await maxOf(domain.id, cpu),
      memory: await maxOf(domain.id, memory),
      gpu: await maxOf(domain.id, gpu),
    };
    const instances = await maxOf(domain.id, 0);
    const kept = await cloud.engine.create(LIMITS, {
      domainId: domain.id,
      limits: { cpus: 24, memoryMib: 65536, gpus: 2 },
    });
    expect(kept.id).toBe(domain.id);
    expect(plain(kept.state).previous).toEqual({ cpus: before.cpu, memoryMib: before.memory, gpus: before.gpu });
    expect([await maxOf(domain.id, cpu), await maxOf(domain.id, gpu)]).toEqual([24, 2]);
    expect(await cloud.drift(LIMITS, kept)).toEqual({});

    await cloud.forgetCalls();
    const changed = await cloud.engine.update(LIMITS, kept, {
      domainId: domain.id,
      limits: { cpus: 32, gpus: 2, instances: 10 },
    });
    expect((await cloud.calls()).updateResourceLimit).toBe(3);
    expect([await maxOf(domain.id, cpu), await maxOf(domain.id, memory)]).toEqual([32, before.memory]);
    expect(plain(changed.state).previous).toEqual({ cpus: before.cpu, gpus: before.gpu, instances });
    expect(await cloud.drift(LIMITS, changed)).toEqual({});

    await cloud.engine.delete(LIMITS, changed);
    expect([await maxOf(domain.id, cpu), await maxOf(domain.id, gpu)]).toEqual([before.cpu, before.gpu]);
    expect(await maxOf(domain.id, 0)).toBe(instances);
  });

  test("a server without the GPU API limits no GPUs: said before anything is set", async () => {
    const mold = await startCloud("none", { flavor: "mold" });
    try {
      const { id: domainId } = await mold.engine.create(DOMAIN, { name: "d" });
      const inputs = { domainId, limits: { cpus: 3, gpus: 2 } };
      const failure: Failure = await mold.engine.create(LIMITS, inputs).catch((error) => error);
      expect(failure.details).toMatch(/set limit gpus.*2.*this server limits instances, .*leave gpus out/s);
      const [limit] = await mold.rows("listResourceLimits", { domainid: domainId, resourcetype: cpu });
      expect(limit?.max).not.toBe(3);
      const kept = await mold.engine.create(LIMITS, { domainId, limits: { cpus: 3 } });
      expect(await mold.drift(LIMITS, kept)).toEqual({});
    } finally {
      await mold.close();
    }
  });

  test("of an account are its own, and raised or lifted by hand they are seen", async () => {
    const hand = { username: "u", password: "p", email: "e", firstname: "f", lastname: "l", accounttype: 0 };
    const ofDomain = await maxOf(domain.id, cpu);
    await cloud.byHand("createAccount", { ...hand, account: "acc", domainid: domain.id });
    const kept = await cloud.engine.create(LIMITS, {
      domainId: domain.id,
      account: "acc",
      limits: { cpus: 4, instances: 3 },
    });
    expect(kept.id).toBe(`${domain.id}/acc`);
    expect([await maxOf(domain.id, cpu, "acc"), await maxOf(domain.id, cpu)]).toEqual([4, ofDomain]);
    await cloud.byHand("updateResourceLimit", { domainid: domain.id, account: "acc", resourcetype: cpu, max: -1 });
    await cloud.byHand("updateResourceLimit", { domainid: domain.id, account: "acc", resourcetype: 0, max: 99 });
    expect(await cloud.drift(LIMITS, kept)).toEqual({ "limits.cpus": "update", "limits.instances": "update" });
    const repaired = await cloud.engine.update(LIMITS, (await cloud.engine.read(LIMITS, kept)) as Kept, kept.inputs);
    expect([await maxOf(domain.id, cpu, "acc"), await maxOf(domain.id, 0, "acc")]).toEqual([4, 3]);
    expect(await cloud.drift(LIMITS, repaired)).toEqual({});
  });

  test("of a tag, beside the whole, are neither taken for the whole nor changed", async () => {
    await cloud.byHand("updateConfiguration", { name: "resource.limit.host.tags", value: "gpu,fast" });
    try {
      await cloud.byHand("updateResourceLimit", { domainid: domain.id, resourcetype: cpu, max: 2, tag: "gpu" });
      const kept = await cloud.engine.create(LIMITS, { domainId: domain.id, limits: { cpus: 24 } });
      expect(plain(kept.state).previous).toEqual({ cpus: 80 });
      expect(await cloud.drift(LIMITS, kept)).toEqual({});
      const { limits } = await cloud.engine.invoke("cloudstack:identity:getLimits", { domainId: domain.id });
      expect(limits).toMatchObject({ cpus: 24, gpus: 20 });
      await cloud.engine.delete(LIMITS, kept);
      const rows = await cloud.rows("listResourceLimits", { domainid: domain.id, resourcetype: cpu });
      expect(rows.map(({ tag, max }) => [tag, max])).toEqual([
        [undefined, 80],
        ["fast", 80],
        ["gpu", 2],
      ]);
    } finally {
      await cloud.byHand("updateConfiguration", { name: "resource.limit.host.tags", value: "" });
    }
  });

  test("go with their domain", async () => {
    const kept = await cloud.engine.create(LIMITS, { domainId: domain.id, limits: { cpus: 4 } });
    await cloud.byHand("deleteDomain", { id: domain.id });
    expect(await cloud.drift(LIMITS, kept)).toBe("gone");
    await cloud.engine.delete(LIMITS, kept);
  });

  test("that fail half way are in the state with what was there before", async () => {
    await cloud.fault({ command: "updateResourceLimit", kind: "error", status: 431, text: "too much" });
    const inputs = { domainId: domain.id, limits: { cpus: 4, gpus: 1 } };
    const failure: Failure = await cloud.engine.create(LIMITS, inputs).catch((error) => error);
    expect(failure.details).toMatch(/set limit cpus.*too much/s);
    expect(plain(failure.partial?.state ?? {}).previous).toEqual({ cpus: 80, gpus: 20 });
    const partial = { id: String(failure.partial?.id), inputs, state: failure.partial?.state ?? {} };
    const finished = await cloud.engine.update(LIMITS, partial, inputs);
    expect([await maxOf(domain.id, cpu), await maxOf(domain.id, gpu)]).toEqual([4, 1]);
    expect(plain(finished.state).previous).toEqual({ cpus: 80, gpus: 20 });
  });

  test("of which some cannot be changed are all set back with the program", async () => {
    const kept = await cloud.engine.create(LIMITS, { domainId: domain.id, limits: { cpus: 4, gpus: 1 } });
    await cloud.fault({ command: "updateResourceLimit", kind: "error", status: 431, text: "too much" });
    const more = { domainId: domain.id, limits: { cpus: 8, gpus: 2 } };
    const failure: Failure = await cloud.engine.update(LIMITS, kept, more).catch((error) => error);
    expect(failure.details).toMatch(/too much/);
    const partial: Kept = { ...kept, inputs: more, state: failure.partial?.state ?? {} };
    expect(plain(partial.state).previous).toEqual({ cpus: 80, gpus: 20 });
    const back = await cloud.engine.update(LIMITS, partial, kept.inputs);
    expect([await maxOf(domain.id, cpu), await maxOf(domain.id, gpu)]).toEqual([4, 1]);
    expect(await cloud.drift(LIMITS, back)).toEqual({});
    await cloud.engine.delete(LIMITS, back);
    expect([await maxOf(domain.id, cpu), await maxOf(domain.id, gpu)]).toEqual([80, 20]);
  });

  test("of which some are new, some taken out and one fails all go back to what was there before", async () => {
    const domainId = domain.id;
    const kept = await cloud.engine.create(LIMITS, { domainId, limits: { cpus: 4, memoryMib: 4096 } });
    await cloud.fault({ command: "updateResourceLimit", kind: "error", status: 431, text: "too much" });
    const wanted = { domainId, limits: { cpus: 8, gpus: 2 } };
    const failure: Failure = await cloud.engine.update(LIMITS, kept, wanted).catch((error) => error);
    expect(failure.details).toMatch(/too much/);
    expect(await maxOf(domainId, gpu)).toBe(2);
    const partial: Kept = { ...kept, inputs: failure.partial?.inputs ?? {}, state: failure.partial?.state ?? {} };
    expect(plain(partial.state).previous).toMatchObject({ cpus: 80, gpus: 20 });

    // The program is set back: what was added goes, what was taken out comes again, and both know what was there at first.
    const back = await cloud.engine.update(LIMITS, partial, kept.inputs);
    expect([await maxOf(domainId, cpu), await maxOf(domainId, gpu), await maxOf(domainId, memory)]).toEqual([
      4, 20, 4096,
    ]);
    expect(plain(back.state).previous).toEqual(plain(kept.state).previous);

    // Or the next run does the rest.
    const done = await cloud.engine.update(LIMITS, partial, wanted);
    expect(plain(done.state).previous).toEqual({ cpus: 80, gpus: 20 });
    await cloud.engine.delete(LIMITS, done);
    expect([await maxOf(domainId, cpu), await maxOf(domainId, gpu)]).toEqual([80, 20]);
  });

  test("are imported by the domain's id and the account's name", async () => {
    await cloud.engine.create(LIMITS, { domainId: domain.id, limits: { cpus: 4 } });
    const imported = await cloud.engine.import(LIMITS, domain.id);
    expect(plain(imported?.inputs ?? {})).toMatchObject({ domainId: domain.id, limits: { cpus: 4, gpus: 20 } });
    expect(imported && (await cloud.engine.diff(LIMITS, imported, imported.inputs)).changes).toEqual({});
  });

  test("an empty set of limits is a mistake", async () => {
    const { failures } = await cloud.engine.check(LIMITS, { domainId: domain.id, limits: {} });
    expect(failures).toEqual({ limits: "manages nothing → list at least one limit, such as cpus: 16" });
  });
});

describe("Setting", () => {
  async function settingOf(name: string, scope = {}): Promise<unknown> {
    return (await cloud.rows("listConfigurations", { name, ...scope })).find((row) => row.name === name)?.value;
  }

  test("T#82 is set, seen when changed by hand, and put back", async () => {
    const name = "vpc.max.networks";
    const kept = await cloud.engine.create(SETTING, { name, value: "12" });
    expect(await settingOf(name)).toBe("12");
    expect(plain(kept.state)).toMatchObject({ previousValue: "32", defaultValue: "3" });
    expect(await cloud.drift(SETTING, kept)).toEqual({});
    await cloud.byHand("updateConfiguration", { name, value: "5" });
    expect(await cloud.drift(SETTING, kept)).toEqual({ value: "update" });
    const changed = await cloud.engine.update(SETTING, kept, { name, value: "16" });
    expect(plain(changed.state)).toMatchObject({ value: "16", previousValue: "32" });
    await cloud.engine.delete(SETTING, changed);
    expect(await settingOf(name)).toBe("32");
  });

  test("renamed in the program without an alias, it stays as the new name wants it", async () => {
    const inputs = { name: "vpc.max.networks", value: "7" };
    const old = await cloud.engine.create(SETTING, inputs, { name: "old-name" });
    const next = await cloud.nextRun();
    const renamed = await next.create(SETTING, inputs, { name: "new-name" });
    await next.delete(SETTING, old);
    expect(await settingOf(inputs.name)).toBe("7");
    await (await cloud.nextRun()).delete(SETTING, renamed);
    await cloud.byHand("resetConfiguration", { name: inputs.name });
  });

  test("of one cluster: a number written another way is no difference", async () => {
    const [host] = await cloud.rows("listHosts", { type: "Routing" });
    const clusterId = String(host?.clusterid);
    const name = "cpu.overprovisioning.factor";
    const kept = await cloud.engine.create(SETTING, { name, value: "4", clusterId });
    expect(kept.id).toBe(`${name}/clusterId/${clusterId}`);
    expect(await cloud.drift(SETTING, kept)).toEqual({});
    expect((await cloud.engine.diff(SETTING, kept, { ...kept.inputs, value: "4.0" })).changes).toEqual({});
    await cloud.engine.delete(SETTING, kept);
    expect(Number(await settingOf(name, { clusterid: clusterId }))).toBe(1);
  });

  test("of a cluster that followed the whole cloud, it does so again afterwards; one of the cluster's own is put back", async () => {
    const [host] = await cloud.rows("listHosts", { type: "Routing" });
    const clusterId = String(host?.clusterid);
    const name = "kvm.ha.activity.check.interval";
    const before = await settingOf(name);
    const inherited = await cloud.engine.create(SETTING, { name, value: "10", clusterId });
    expect(plain(inherited.state)).toMatchObject({ value: "10", previousValue: "" });
    expect(await cloud.drift(SETTING, inherited)).toEqual({});
    await cloud.engine.delete(SETTING, inherited);
    await cloud.byHand("updateConfiguration", { name, value: "45" });
    expect(await settingOf(name, { clusterid: clusterId })).toBe("45");
    await cloud.byHand("updateConfiguration", { name, value: String(before) });

    await cloud.byHand("updateConfiguration", { name, value: "20", clusterid: clusterId });
    const own = await cloud.engine.create(SETTING, { name, value: "10", clusterId });
    expect(plain(own.state)).toMatchObject({ previousValue: "20" });
    await cloud.engine.delete(SETTING, own);
    expect(await settingOf(name, { clusterid: clusterId })).toBe("20");
    await cloud.byHand("resetConfiguration", { name, clusterid: clusterId });
  });

  test("that the server does not have is a clear error", async () => {
    const failure: Failure = await cloud.engine
      .create(SETTING, { name: "no.such.setting", value: "1" })
      .catch((error) => error);
    expect(failure.details).toMatch(
      /create setting failed \[urn:.*\] \(no\.such\.setting\): the server has no setting of this name/,
    );
    expect(failure.partial).toBeUndefined();
  });

  test("is of one part of the cloud at most", async () => {
    const [zoneId, domainId] = ["6cf0c327-6d89-40f6-a845-1400a5547320", "6cf0c327-6d89-40f6-a845-1400a5547321"];
    const { failures } = await cloud.engine.check(SETTING, { name: "x", value: "1", zoneId, domainId });
    expect(Object.keys(failures)).toEqual(["domainId"]);
  });
});
