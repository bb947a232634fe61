import { describe, expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { cardRoles } from "../../src/plan/gpu/roles.ts";
import { planProfile } from "../../src/plan/plan.ts";
import { apartIn, requirements } from "../requirements/profiles.ts";

describe.each(Object.entries(requirements))("%s", (profile, required) => {
  const plan = planProfile(loadProfile({ profile }));
  const layers = [...plan.tenants, plan.gate, plan.sharedAi, plan.edge];
  const machines = layers.flatMap((layer) => layer.machines);
  const zones = [...plan.network.zones, ...plan.tenants.flatMap(({ zone }) => zone ?? [])];
  const vlanOf = (key: string) => zones.find((zone) => zone.key === key)?.vlan;

  test("has the document's sums (P8, O2, T2)", () => {
    expect(plan.totals).toEqual(required.totals);
  });

  test("has the VLANs of P7 with their networks", () => {
    const planned = Object.fromEntries(zones.map(({ vlan, cidr }) => [vlan, cidr]));
    expect(planned).toEqual(required.vlans);
  });

  test("has exactly these machines, of these sizes, with these shares of cards", () => {
    const sizes = machines.map(({ name, cpus, memoryGib, gpu }) => [
      name,
      { vcpus: cpus, memoryGib, ...(gpu && { gpu: [gpu.profile, gpu.count] }) },
    ]);
    const expected = Object.entries(required.machines).map(([name, { vcpus, memoryGib, gpu }]) => [
      name,
      { vcpus, memoryGib, ...(gpu && { gpu }) },
    ]);
    expect(Object.fromEntries(sizes)).toEqual(Object.fromEntries(expected));
  });

  test("puts them where they belong", () => {
    const owners = plan.tenants.flatMap(({ key, machines: own }) => own.map(({ name }) => [name, key]));
    const expected = Object.entries(required.machines).flatMap(([name, { tenant }]) =>
      tenant ? [[name, tenant]] : [],
    );
    expect(Object.fromEntries(owners)).toEqual(Object.fromEntries(expected));
    for (const { name, legs, rootDiskGib } of machines) {
      const { nics = [], diskGib = 20 } = required.machines[name] ?? {};
      expect(legs.map(({ zone }) => vlanOf(zone))).toEqual(nics.map((nic) => (typeof nic === "number" ? nic : nic[0])));
      for (const [index, nic] of nics.entries()) {
        if (typeof nic !== "number") expect(legs[index]?.address).toBe(nic[1]);
      }
      expect(rootDiskGib).toBe(diskGib);
    }
  });

  test("keeps replicas apart, strictly, and on different hosts", () => {
    const groups = [...plan.groups, ...plan.tenants.flatMap((tenant) => tenant.groups)];
    const strict = groups.filter(({ kind, strict: isStrict }) => kind === "apart" && isStrict);
    const sets = (lists: readonly (readonly string[])[]) => lists.map((list) => [...list].sort().join(" ")).sort();
    expect(sets(strict.map(({ members }) => members))).toEqual(sets(apartIn(required)));
    const hostOf = new Map(plan.placement?.places.map(({ machine, host }) => [machine, host]));
    for (const members of apartIn(required)) {
      expect(new Set(members.map((name) => hostOf.get(name))).size).toBe(members.length);
    }
  });

  test("is placed at the least cost that there is", () => {
    expect(plan.placement?.quality).toMatchObject({ optimal: true, rearranged: [] });
  });

  test("has these pools with these quotas", () => {
    const tenants = plan.tenants.flatMap(({ storage }) => (storage.kind === "pool" ? [storage] : []));
    const pools = [...tenants, ...Object.values(plan.storage.blocks)].map(({ name, sizeGib, tier }) => [
      name,
      [sizeGib, tier === "cold" ? "hdd" : "ssd"],
    ]);
    expect(Object.fromEntries(pools)).toEqual(required.pools);
  });
});

/** Cards by role: what each is for, on which host, how it is cut up, and whose it is. */
function rolesIn(profile: string) {
  const { placement } = planProfile(loadProfile({ profile }));
  if (placement === undefined) throw new Error(`${profile} is not placed`);
  return cardRoles(placement).map(({ number, role, host, state, machines }) => {
    const cut = state.kind === "vgpu" ? `${state.slots.length} x ${state.profile}` : state.kind;
    return [number, role, host, cut, [...machines].sort().join(" ")];
  });
}

test("enterprise as shipped: the cards of decision P5.3, in the roles of P5.2", () => {
  expect(rolesIn("enterprise")).toEqual([
    [0, "tenant", "gpu-1", "5 x A100-8C", "ai-a-train-01 ai-b-train-01"],
    [1, "tenant", "gpu-2", "10 x A100-4C", "ai-a-serve-01 ai-b-serve-01 ai-c-serve-01 ai-c-train-01"],
    [2, "training", "gpu-1", "whole", "ai-train-01"],
    [3, "training", "gpu-1", "whole", "ai-train-01"],
    [4, "training", "gpu-2", "whole", "ai-train-02"],
    [5, "training", "gpu-2", "whole", "ai-train-02"],
    [6, "inference", "gpu-1", "whole", "ai-infer-01"],
    [7, "inference", "gpu-2", "whole", "ai-infer-02"],
  ]);
});

test("demo-gpu as shipped: one card in slices of 8 GiB for the tenants, two for training, one for inference", () => {
  expect(rolesIn("demo-gpu")).toEqual([
    [0, "tenant", "gpu", "5 x A100-8C", "ai-a-ml-01 ai-b-ml-01 ai-c-ml-01"],
    [1, "training", "gpu", "whole", "ai-train-01"],
    [2, "training", "gpu", "whole", "ai-train-01"],
    [3, "inference", "gpu", "whole", "ai-infer-01"],
  ]);
});
