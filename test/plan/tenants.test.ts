import { expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { planProfile } from "../../src/plan/plan.ts";

test("a tenant without a machine has its walls, its pool and its token all the same, and submits from its VLAN (O1)", () => {
  const overrides = { tenants: { a: { machines: [] } } };
  const [a] = planProfile(loadProfile({ profile: "civil-complaint", overrides })).tenants;
  expect(a).toMatchObject({ apiToken: true, machines: [], storage: { name: "tenant-a-pool" } });
  expect(a?.limits).toMatchObject({ instances: 0, cpus: 0 });
  expect(a?.zone).toMatchObject({ vlan: 20, cidr: "10.0.20.0/24" });
  const allowed = a?.zone?.rules?.filter(({ action }) => action === "allow");
  expect(allowed).toEqual([
    expect.objectContaining({ trafficType: "egress", cidrs: ["10.0.5.40/32"], startPort: 443 }),
  ]);
});
