import { describe, expect, test } from "vitest";
import { rules } from "../../policies/catalogue.generated.ts";
import { type Given, readSettings } from "../../policies/core/settings.ts";

/** What a configuration may not say: it would leave rules switched on that find nothing. */

const read = (policy: string, settings: Record<string, unknown>) =>
  readSettings(rules, new Map<string, Given>([[policy, { settings }]]));

describe("a configuration may not", () => {
  test.each([
    ["call a tenant's account the platform's", "strata-pack", { platformAccounts: ["admin", "strata-tenant-a"] }],
    ["do so in another spelling", "strata-pack", { platformAccounts: ["Strata-Tenant-A"] }],
    ["name a pattern without a tenant", "strata-pack", { tenantName: "tenant-[a-z]+" }],
    ["let everything out", "isolation-world-egress", { destinations: ["0.0.0.0/0"] }],
    ["let half of everything out, twice", "isolation-world-egress", { destinations: ["0.0.0.0/1", "128.0.0.0/1"] }],
  ])("%s", (_, policy, settings) => {
    expect(() => read(policy, settings)).toThrow(policy);
  });
});

test("a site may name a mirror, its own accounts, and tenants its own way", () => {
  const { pack } = read("strata-pack", {
    platformAccounts: ["admin", "운영"],
    tenantName: "(?:^|[-.])(?:tenant|city)-([a-z0-9]+)(?:-|$)",
  });
  expect(pack.platformAccounts).toEqual(["admin", "운영"]);
  expect(() => read("isolation-world-egress", { destinations: ["203.0.113.0/24"] })).not.toThrow();
});
