import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Failure, type Kept, plain } from "../engine.ts";
import { ACL, type Estate, NETWORK, startEstate } from "./estate.ts";

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

const https = {
  number: 10,
  action: "allow",
  trafficType: "ingress",
  protocol: "tcp",
  cidrs: ["10.0.9.0/24"],
  startPort: 443,
};
const out = { number: 20, action: "allow", trafficType: "egress", protocol: "all", cidrs: ["0.0.0.0/0"] };
const ping = {
  number: 30,
  action: "allow",
  trafficType: "ingress",
  protocol: "icmp",
  cidrs: ["10.0.0.0/8"],
  icmpType: 8,
};
const rest = {
  number: 900,
  action: "deny",
  trafficType: "ingress",
  protocol: "all",
  cidrs: ["0.0.0.0/0"],
  description: "rest",
};
const ssh = {
  number: 5,
  action: "allow",
  trafficType: "ingress",
  protocol: "tcp",
  cidrs: ["0.0.0.0/0"],
  startPort: 22,
};

let count = 0;
const create = (more: Record<string, unknown> = {}) =>
  estate.engine.create(ACL, {
    name: `list${++count}`,
    vpcId: estate.vpc.id,
    rules: [https, out, ping, rest],
    ...more,
  } as never);
const numbers = async (id: string) =>
  (await estate.rows("listNetworkACLs", { aclid: id, listall: true }))
    .map(({ number }) => number)
    .sort((a, b) => Number(a) - Number(b));
const byHand = (aclid: string, more: Record<string, string | number> = {}) =>
  estate.byHand("createNetworkACL", {
    aclid,
    number: 5,
    protocol: "tcp",
    startport: 22,
    endport: 22,
    cidrlist: "0.0.0.0/0",
    action: "allow",
    ...more,
  });
const afterRefresh = async (kept: Kept) => (await (await estate.nextRun()).read(ACL, kept)) as Kept;

describe("an ACL list", () => {
  test("T#3 T#281 T#294 is made with its rules, of every protocol, and is quiet afterwards", async () => {
    const kept = await create();
    expect(await numbers(kept.id)).toEqual([10, 20, 30, 900]);
    expect(await estate.drift(ACL, kept)).toEqual({});
    expect(plain(kept.state).foreignRules).toEqual([]);
  });

  test("T#242 xanzy#31 the order in the program does not matter, the numbers do", async () => {
    const kept = await create();
    const diff = await estate.engine.diff(ACL, kept, { ...kept.inputs, rules: [rest, ping, out, https] });
    expect(diff.changes).toEqual({});
  });

  test("T#245 changes only the rules that change, in place", async () => {
    const kept = await create();
    await estate.forgetCalls();
    await estate.engine.update(ACL, kept, { ...kept.inputs, rules: [{ ...https, startPort: 8443 }, out, rest, ssh] });
    const calls = await estate.calls();
    expect(calls).toMatchObject({ updateNetworkACLItem: 1, createNetworkACL: 1, deleteNetworkACL: 1 });
    expect(await numbers(kept.id)).toEqual([5, 10, 20, 900]);
  });

  test("says ICMP's types and codes in every change: the router cannot read a rule that lacks them", async () => {
    const { icmpType: _, ...all } = ping;
    const kept = await create({ rules: [all] });
    const other = { ...all, cidrs: ["10.0.0.0/9"] };
    const changed = await estate.engine.update(ACL, kept, { ...kept.inputs, rules: [other] });
    const [row] = await estate.rows("listNetworkACLs", { aclid: kept.id });
    expect(row).toMatchObject({ cidrlist: "10.0.0.0/9", icmptype: -1, icmpcode: -1 });
    expect(await estate.drift(ACL, changed)).toEqual({});
  });

  test("sends protocols by their names: the router knows ports and types of named ones only", async () => {
    const rules = [
      { ...https, protocol: "6" },
      { ...ping, protocol: "ICMP" },
      { ...rest, protocol: "112" },
    ];
    const kept = await create({ rules });
    const protocols = async () =>
      new Map((await estate.rows("listNetworkACLs", { aclid: kept.id })).map((row) => [row.number, row.protocol]));
    const named = new Map(Object.entries({ 900: "112", 30: "icmp", 10: "tcp" }).map(([k, v]) => [Number(k), v]));
    expect(await protocols()).toEqual(named);
    expect(await estate.drift(ACL, kept)).toEqual({});
    const later = [{ ...https, protocol: "17" }, { ...ping, protocol: "1", icmpType: 3 }, rules[2]];
    const changed = await estate.engine.update(ACL, kept, { ...kept.inputs, rules: later } as never);
    expect(await protocols()).toEqual(new Map([...named, [10, "udp"]]));
    expect(await estate.drift(ACL, changed)).toEqual({});

    // By hand the number stays: the router then leaves the ports out and lets all of TCP in.
    const [, , id] = (await estate.rows("listNetworkACLs", { aclid: kept.id })).map((row) => row.id);
    await estate.byHand("updateNetworkACLItem", { id: String(id), protocol: "17" });
    expect(await estate.drift(ACL, changed)).not.toEqual({});
  });

  test("costs few questions about its jobs, however many rules it has", async () => {
    const rules = Array.from({ length: 20 }, (_, i) => ({ ...https, number: i + 1, startPort: 1000 + i }));
    await estate.forgetCalls();
    await create({ rules });
    expect((await estate.calls()).queryAsyncJobResult).toBeLessThan(10);
  });

  test("is told all mistakes of its rules at once", async () => {
    const rules = [
      { ...https, startPort: 90, endPort: 80 },
      { ...out, startPort: 1 },
      { ...ping, number: 10, protocol: "icpm" },
    ];
    const { failures } = await estate.engine.check(ACL, { name: "bad", vpcId: estate.vpc.id, rules } as never);
    expect(Object.keys(failures).sort()).toEqual([
      "rules[0].endPort",
      "rules[1].startPort",
      "rules[2].icmpType",
      "rules[2].number",
      "rules[2].protocol",
    ]);
  });

  test("serves a tier, which may change to another one; it is deleted after its tiers", async () => {
    const [one, two] = [await create(), await create()];
    const tier = await estate.tier({ aclId: one.id });
    const moved = await estate.engine.update(NETWORK, tier, { ...tier.inputs, aclId: two.id });
    expect(await estate.rows("listNetworks", { id: tier.id, listall: true })).toMatchObject([{ aclid: two.id }]);
    expect(await estate.drift(NETWORK, moved)).toEqual({});
    await estate.engine.delete(ACL, one);
    await expect(estate.engine.delete(ACL, two)).rejects.toMatchObject({
      details: expect.stringMatching(/still in it: network tier/),
    });
    await estate.engine.delete(NETWORK, tier);
    await estate.engine.delete(ACL, two);
  });
});

test("a tier that did not get its other list is come back to, also when the program is set back", async () => {
  const [one, two] = [await create(), await create()];
  const tier = await estate.tier({ aclId: one.id });
  const row = async () => (await estate.rows("listNetworks", { id: tier.id }))[0];
  const wanted = { ...tier.inputs, displayText: "other", aclId: two.id };

  await estate.fault({ command: "updateNetwork", kind: "job-failure", text: "no" });
  await expect(estate.engine.update(NETWORK, tier, wanted)).rejects.toMatchObject({
    details: expect.stringMatching(/updateNetwork: no/),
  });
  expect(await row()).toMatchObject({ displaytext: tier.inputs.name, aclid: one.id });

  await estate.fault({ command: "replaceNetworkACLList", kind: "job-failure", text: "no" });
  const failure = (await estate.engine.update(NETWORK, tier, wanted).catch((error: unknown) => error)) as Failure;
  expect(await row()).toMatchObject({ displaytext: "other", aclid: one.id });
  const partial = { ...tier, ...failure.partial };
  const again = await estate.engine.update(NETWORK, partial, wanted);
  expect(await row()).toMatchObject({ displaytext: "other", aclid: two.id });
  expect(await estate.drift(NETWORK, again)).toEqual({});
  const back = await estate.engine.update(NETWORK, again, { ...tier.inputs, displayText: "first" });
  expect(await row()).toMatchObject({ displaytext: "first", aclid: one.id });
  await estate.engine.delete(NETWORK, back);
});

describe("what the server cannot clear", () => {
  const failuresOf = async (token: string, given: object, before: Kept) =>
    (await estate.engine.check(token, given as never, before.inputs)).failures;

  test("a list keeps a description, which is told in preview; another one takes its place", async () => {
    const kept = await create({ description: "old" });
    const { description: _, ...bare } = kept.inputs;
    expect(await failuresOf(ACL, bare, kept)).toEqual({ description: expect.stringMatching(/→ write another text/) });
    expect(await failuresOf(ACL, { ...bare, vpcId: "00000000-0000-4000-8000-000000000001" }, kept)).toEqual({});
    const changed = await estate.engine.update(ACL, kept, { ...bare, description: "new" });
    expect(await estate.drift(ACL, changed)).toEqual({});
    await estate.byHand("updateNetworkACLList", { id: kept.id, description: "" });
    expect(await estate.rows("listNetworkACLLists", { id: kept.id })).toMatchObject([{ description: "new" }]);
  });

  test("a tier keeps having a list; a tier made anew may have none", async () => {
    const list = await create();
    const tier = await estate.tier({ aclId: list.id });
    const { aclId: _, ...bare } = tier.inputs;
    expect(await failuresOf(NETWORK, bare, tier)).toEqual({ aclId: expect.stringMatching(/→ give another list/) });
    expect(await failuresOf(NETWORK, { ...bare, vlan: 999 }, tier)).toEqual({});
  });
});

describe("a rule that others put into the list", () => {
  test("hashicorp#809 is reported and left alone", async () => {
    const kept = await create();
    await byHand(kept.id);
    const live = await afterRefresh(kept);
    expect(plain(live.state).foreignRules).toMatchObject([
      { number: 5, action: "allow", startPort: 22, cidrs: ["0.0.0.0/0"] },
    ]);
    expect((await estate.engine.diff(ACL, live, kept.inputs)).changes).toEqual({});
    const changed = await estate.engine.update(ACL, live, { ...kept.inputs, rules: [https, rest] });
    expect(await numbers(kept.id)).toEqual([5, 10, 900]);
    expect(plain(changed.state).foreignRules).toMatchObject([{ number: 5 }]);
  });

  test("stands in the way only where the program wants its number", async () => {
    const kept = await create();
    await byHand(kept.id);
    const wanted = { ...kept.inputs, rules: [https, { ...ssh, startPort: 2222 }] };
    await expect(estate.engine.update(ACL, kept, wanted as never)).rejects.toMatchObject({
      details: expect.stringMatching(/rule 5 .*others put into the list[\s\S]*exclusive: true/),
    });
  });

  test("in an exclusive list is drift, and goes", async () => {
    const kept = await create({ exclusive: true });
    await byHand(kept.id);
    expect(await estate.drift(ACL, kept)).toEqual({ "rules[4]": "delete" });
    await estate.engine.update(ACL, await afterRefresh(kept), kept.inputs);
    expect(await numbers(kept.id)).toEqual([10, 20, 30, 900]);
    expect(await estate.drift(ACL, kept)).toEqual({});
  });
});

describe("drift of our own rules is found and repaired", () => {
  test.each([
    ["changed", (id: string) => estate.byHand("updateNetworkACLItem", { id, cidrlist: "0.0.0.0/0" })],
    ["deleted", (id: string) => estate.byHand("deleteNetworkACL", { id })],
    [
      "narrowed to a port",
      (id: string) => estate.byHand("updateNetworkACLItem", { id, startport: 80, endport: 80 }),
      40,
    ],
    ["narrowed to a type", (id: string) => estate.byHand("updateNetworkACLItem", { id, icmptype: 8 }), 50],
  ])("%s by hand", async (_, change, place = 10) => {
    const { icmpType, ...everyType } = { ...ping, number: 50 };
    const { startPort, ...everyPort } = { ...https, number: 40, action: "deny" };
    const kept = await create({ rules: [https, everyPort, everyType, { ...ping, icmpCode: -1 }, rest] });
    expect(await estate.drift(ACL, kept)).toEqual({});
    const rows = await estate.rows("listNetworkACLs", { aclid: kept.id, listall: true });
    await change(String(rows.find(({ number }) => number === place)?.id));
    expect(await estate.drift(ACL, kept)).not.toEqual({});
    await estate.engine.update(ACL, await afterRefresh(kept), kept.inputs);
    expect(await estate.drift(ACL, kept)).toEqual({});
  });
});

describe("a rule that was moved", () => {
  const web = { ...https, startPort: 80 };
  const before = [https, { ...rest, number: 20 }];
  const wanted = [web, { ...https, number: 20 }, { ...rest, number: 30 }];

  test.each(["at once", "after a refresh"])("aside by an update that broke off is ours, %s", async (when) => {
    const kept = await create({ rules: before });
    const inputs = { ...kept.inputs, rules: wanted } as Kept["inputs"];
    await estate.fault({ command: "createNetworkACL", kind: "error", status: 530, text: "router said no" });
    await expect(estate.engine.update(ACL, kept, inputs)).rejects.toMatchObject({
      details: expect.stringMatching(/router said no/),
    });
    expect(await numbers(kept.id)).toEqual([1, 20]);
    const next = when === "at once" ? kept : await afterRefresh(kept);
    const changed = await (await estate.nextRun()).update(ACL, next, inputs);
    expect(await numbers(kept.id)).toEqual([10, 20, 30]);
    expect(plain(changed.state).foreignRules).toEqual([]);
  });

  test("by an update that broke off goes back with the program: the engine comes back to it", async () => {
    const kept = await create({ rules: before });
    const added = { ...ssh, number: 40 };
    const inputs = { ...kept.inputs, rules: [...wanted, added] } as Kept["inputs"];
    // All is brought in, nothing of the old ones is gone.
    await estate.fault({ command: "deleteNetworkACL", kind: "job-failure", text: "router said no" });
    const failure = (await estate.engine.update(ACL, kept, inputs).catch((error: unknown) => error)) as Failure;
    expect(failure.details).toMatch(/router said no/);
    expect(await numbers(kept.id)).toEqual([1, 10, 11, 20, 30, 40]);
    const partial = { ...kept, ...failure.partial };
    expect(partial.inputs).toEqual(inputs);
    const back = await (await estate.nextRun()).update(ACL, partial, kept.inputs);
    expect(await numbers(kept.id)).toEqual([10, 20]);
    expect(plain(back.state).foreignRules).toEqual([]);
    expect(await estate.drift(ACL, back)).toEqual({});
  });

  test("by hand is drift and goes back; one like it beside it is somebody else's", async () => {
    const kept = await create({ rules: before });
    const rows = await estate.rows("listNetworkACLs", { aclid: kept.id });
    const id = String(rows.find(({ number }) => number === 10)?.id);
    await estate.byHand("updateNetworkACLItem", { id, number: 15 });
    expect(await estate.drift(ACL, kept)).not.toEqual({});
    await estate.engine.update(ACL, await afterRefresh(kept), kept.inputs);
    expect(await numbers(kept.id)).toEqual([10, 20]);
    await byHand(kept.id, { number: 12, startport: 443, endport: 443, cidrlist: "10.0.9.0/24" });
    const live = await afterRefresh(kept);
    expect(plain(live.state).foreignRules).toMatchObject([{ number: 12 }]);
    await estate.engine.update(ACL, live, { ...kept.inputs, rules: [...before, ssh] } as never);
    expect(await numbers(kept.id)).toEqual([5, 10, 12, 20]);
  });
});

describe("a list whose making is broken off", () => {
  test("by a lost answer is not made twice, nor are its rules", async () => {
    await estate.fault({ command: "createNetworkACLList", kind: "drop" });
    await estate.fault({ command: "createNetworkACL", kind: "drop" });
    const kept = await create({ name: "lost" });
    expect(await estate.rows("listNetworkACLLists", { name: "lost", listall: true })).toHaveLength(1);
    expect(await numbers(kept.id)).toEqual([10, 20, 30, 900]);
  });

  test("a rule that goes goes once: a lost answer, or another hand's deletion, is no failure", async () => {
    const kept = await create();
    await estate.fault({ command: "deleteNetworkACL", kind: "drop" });
    const changed = await estate.engine.update(ACL, kept, { ...kept.inputs, rules: [https, out, rest] });
    expect(await numbers(kept.id)).toEqual([10, 20, 900]);
    expect(await estate.drift(ACL, changed)).toEqual({});
    await estate.fault({ command: "deleteNetworkACL", kind: "job-failure", text: "router said no" });
    const fewer = { ...kept.inputs, rules: [https, rest] };
    await expect(estate.engine.update(ACL, changed, fewer)).rejects.toMatchObject({
      details: expect.stringMatching(/router said no/),
    });
  });

  test("by a rule's failing job is recorded, and finished by the next update", async () => {
    await estate.fault({ command: "createNetworkACL", kind: "job-failure", text: "router said no" });
    const failure = (await create({ name: "half" }).catch((error: unknown) => error)) as {
      partial?: Kept;
      details: string;
    };
    expect(failure.details).toContain("router said no");
    await estate.engine.update(ACL, failure.partial as Kept, (failure.partial as Kept).inputs);
    expect(await numbers(String(failure.partial?.id))).toEqual([10, 20, 30, 900]);
  });
});
