import { describe, expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { machinesOf, type Plan, planProfile } from "../../src/plan/plan.ts";
import { deviceQuestionOf, type Holding, redealt } from "../../src/plan/present.ts";

/** demo-gpu on Mold: what machines have of PCI devices stays with them when older machines change. */

const addresses = ["0000:17:00", "0000:31:00", "0000:b1:00", "0000:ca:00"];
const slices = Array.from({ length: 5 }, (_, index) => `${addresses[1]}.${index + 1}`);
const devices = addresses.map((card, index) => ({ address: `${card}.0`, ...(index === 1 && { slices }) }));
const gpu = { server: "kvm7", gpus: [{ card: "A100-40", count: 4, numa: [0, 0, 1, 1], devices }] };

function planned(more: object = {}, present: readonly Holding[] = []): Plan {
  const overrides = { infrastructure: { hosts: { gpu } }, ...more };
  return planProfile(loadProfile({ profile: "demo-gpu", overrides }), present);
}

const given = (plan: Plan): Record<string, string[]> =>
  Object.fromEntries(
    machinesOf(plan).flatMap(({ name, gpu: own }) => (own?.devices ? [[name, own.devices.busAddresses]] : [])),
  );
const heldIn = (plan: Plan): Holding[] =>
  machinesOf(plan).flatMap(({ name, gpu: own }) => (own?.devices ? [{ machine: name, ...own.devices }] : []));
const without = (all: Record<string, string[]>, machine: string) => ({ ...all, [machine]: undefined });

const fewerCards = { sharedAi: { machines: { "ai-train-01": { gpu: { count: 1 } } } } };

test("the server is asked for this stack's machines, under their former names too, and only where hosts name devices", () => {
  const enterprise = (overrides: object) => deviceQuestionOf(loadProfile({ profile: "enterprise", overrides }));
  expect(enterprise({})).toBeUndefined();
  const [first] = loadProfile({ profile: "enterprise" }).infrastructure.hosts;
  const host = { [first?.name ?? ""]: { gpus: [{ card: "A100-40", count: 4, devices }] } };
  const question = enterprise({ infrastructure: { hosts: host } });
  expect(question?.machines).toEqual(expect.arrayContaining(["ai-a-serve-01", "ai-a-ml-01", "ai-gateway-02"]));
  expect([...(question?.networks ?? [])]).toEqual(expect.arrayContaining(["strata-ai", "strata-tenant-a"]));
});

test("an older machine that changes moves nobody, where it would without knowing what others have", () => {
  const before = planned();
  const held = heldIn(before);
  const after = planned(fewerCards, held);
  expect(without(given(after), "ai-train-01")).toEqual(without(given(before), "ai-train-01"));
  expect(given(before)["ai-train-01"]).toContain(given(after)["ai-train-01"]?.[0]);
  expect(redealt(machinesOf(after), held)).toEqual([]);

  const blind = planned(fewerCards);
  expect(redealt(machinesOf(blind), held).map(({ machine }) => machine)).toContain("ai-infer-01");
});

describe("slices", () => {
  const held: Holding[] = [
    { machine: "ai-a-ml-01", server: "kvm7", busAddresses: [`${addresses[1]}.5`] },
    { machine: "ai-b-ml-01", server: "kvm7", busAddresses: ["31:00.2"] },
  ];

  test("stay the very ones, also when their neighbours go; a new machine takes another", () => {
    const plan = planned({}, held);
    expect(given(plan)).toMatchObject({ "ai-a-ml-01": [`${addresses[1]}.5`], "ai-b-ml-01": [`${addresses[1]}.2`] });
    expect([`${addresses[1]}.1`, `${addresses[1]}.3`, `${addresses[1]}.4`]).toContain(given(plan)["ai-c-ml-01"]?.[0]);
    expect(redealt(machinesOf(plan), held)).toEqual([]);
  });

  test("of a machine that this one carries on are this one's", () => {
    const [first] = held;
    const machines = { "ai-a-ml-01": { formerly: "ai-a-ml-09" } };
    const former = { ...first, machine: "ai-a-ml-09" } as Holding;
    expect(given(planned({ tenants: { a: { machines } } }, [former]))).toMatchObject({
      "ai-a-ml-01": first?.busAddresses,
    });
  });

  test("that the profile names no more, or of another host, are dealt anew, and that is told", () => {
    const gone: Holding[] = [
      { machine: "ai-a-ml-01", server: "kvm7", busAddresses: ["0000:ff:00.1"] },
      { machine: "ai-b-ml-01", server: "kvm8", busAddresses: [`${addresses[1]}.2`] },
    ];
    const plan = planned({}, gone);
    const moves = redealt(machinesOf(plan), gone);
    expect(moves.map(({ machine, from }) => [machine, from])).toEqual([
      ["ai-a-ml-01", ["0000:ff:00.1"]],
      ["ai-b-ml-01", [`${addresses[1]}.2`]],
    ]);
    for (const { to } of moves) expect(slices).toContain(to[0]);
  });
});

test("MIG instances stay the very ones", () => {
  const instances = Array.from({ length: 4 }, (_, index) => ({
    profile: "1g.10gb",
    address: `${addresses[1]}.${index + 1}`,
  }));
  const cut = addresses.map((card, index) => ({ address: `${card}.0`, ...(index === 1 && { instances }) }));
  const own = { gpu: { mode: "mig", memory: "10 GiB" } };
  const tenants = Object.fromEntries(["a", "b", "c"].map((key) => [key, { machines: { [`ai-${key}-ml-01`]: own } }]));
  const held = [{ machine: "ai-c-ml-01", server: "kvm7", busAddresses: [`${addresses[1]}.1`] }];
  const infrastructure = { hosts: { gpu: { ...gpu, gpus: [{ ...gpu.gpus[0], devices: cut }] } } };
  const devicesNow = given(planned({ tenants, infrastructure }, held));
  expect(devicesNow["ai-c-ml-01"]).toEqual([`${addresses[1]}.1`]);
  expect(new Set(Object.values(devicesNow).flat()).size).toBe(6);
});
