import { expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { machinesOf, planProfile } from "../../src/plan/plan.ts";

test("machines of the same owner and roles are replicas of each other", () => {
  const second = { roles: ["router"], zones: ["service"], cpus: 2, memory: "4 GiB" };
  const overrides = { edge: { machines: { "ai-router-02": second } } };
  const { groups } = planProfile(loadProfile({ profile: "demo-cpu", overrides }));
  expect(groups).toEqual([
    { name: "strata-demo-router", kind: "apart", strict: true, members: ["ai-router-01", "ai-router-02"] },
  ]);
});

test("every card but the first has a MAC address of its own, by its fixed address", () => {
  const { edge } = planProfile(loadProfile({ profile: "demo-cpu" }));
  expect(edge.machines[0]?.legs.map(({ mac }) => mac)).toEqual([undefined, "06:00:0a:00:05:83"]);
});

test("a tier for each zone of the platform that is no layer 2, and for each tenant", () => {
  expect(planProfile(loadProfile({ profile: "demo-cpu" })).network.tierCount).toBe(4 + 3);
});

test("a machine in one tier awaits the other tiers of its neighbours, of whatever layer; nobody awaits layer 2", () => {
  const awaited = (profile: string) =>
    Object.fromEntries(
      machinesOf(planProfile(loadProfile({ profile }))).flatMap(({ name, awaits }) =>
        awaits.length === 0 ? [] : [[name, awaits]],
      ),
    );
  expect(awaited("demo-cpu")).toEqual({ "ai-router-01": ["dmz"] });
  expect(awaited("enterprise")).toEqual({ "ai-router-01": ["dmz"], "ai-router-02": ["dmz"] });
  expect(awaited("civil-complaint")).toEqual({ "ai-infer-01": ["dmz"], "ai-infer-02": ["dmz"] });
});
