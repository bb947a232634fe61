import { expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import { planProfile } from "../../src/plan/plan.ts";
import { allows, canReach } from "./reach.ts";

const plan = planProfile(loadProfile({ profile: "demo-cpu" }));
const machines = [...plan.tenants, plan.gate, plan.sharedAi, plan.edge].flatMap((layer) => layer.machines);
const ports = [22, 80, 443, 2049, 6789, 8080, 9100];

test("every connection between zones that is possible at all, by name", () => {
  const possible = machines.flatMap((from) =>
    machines
      .filter((to) => !from.legs.some(({ zone }) => to.legs.some((leg) => leg.zone === zone)))
      .flatMap((to) =>
        ports
          .filter((port) => canReach(plan, from.name, to.name, port))
          .map((port) => `${from.name} → ${to.name}:${port}`),
      ),
  );
  expect(possible).toEqual([
    "ai-a-ml-01 → dqg-01:443",
    "ai-a-data-01 → dqg-01:443",
    "ai-b-ml-01 → dqg-01:443",
    "ai-b-data-01 → dqg-01:443",
    "ai-c-ml-01 → dqg-01:443",
    "ai-router-01 → ai-a-ml-01:8080",
    "ai-router-01 → ai-b-ml-01:8080",
    "ai-router-01 → ai-c-ml-01:8080",
    "ai-router-01 → ai-shared-01:8080",
  ]);
});

test("nothing of ours opens a connection into the Internet, and the Internet only one to the gateways", () => {
  const outside = "203.0.113.7";
  for (const zone of [...plan.network.zones, ...plan.tenants.flatMap((tenant) => tenant.zone ?? [])]) {
    if (zone.kind === "l2") continue;
    for (const port of ports) {
      expect(allows(zone.rules, "egress", outside, port)).toBe(false);
      expect(allows(zone.rules, "ingress", outside, port)).toBe(zone.key === "dmz" && port === 443);
    }
  }
});
