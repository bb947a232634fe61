import { describe, expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
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

  test("has these pools with these quotas", () => {
    const tenants = plan.tenants.flatMap(({ storage }) => (storage.kind === "pool" ? [storage] : []));
    const pools = [...tenants, ...Object.values(plan.storage.blocks)].map(({ name, sizeGib, tier }) => [
      name,
      [sizeGib, tier === "cold" ? "hdd" : "ssd"],
    ]);
    expect(Object.fromEntries(pools)).toEqual(required.pools);
  });
});
