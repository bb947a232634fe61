import { expect, test } from "vitest";
import { loadProfile } from "../../../src/config/profile.ts";
import { MistakesError } from "../../../src/kit/errors.ts";
import { mobilityOf } from "../../../src/plan/placement/mobility.ts";
import { planPlacement } from "../../../src/plan/placement/plan.ts";
import type { PlacementInput, PlacementPlan } from "../../../src/plan/placement/types.ts";
import { planProfile } from "../../../src/plan/plan.ts";
import { apart, documentTagging, enterprise, host, machine } from "./profiles.ts";

const overcommit = { cpu: 1, memory: 1 };

function planned(input: PlacementInput): PlacementPlan {
  const result = planPlacement(input);
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result.plan;
}

/** Why each machine that cannot move cannot. */
function tiesOf(input: PlacementInput): Record<string, string> {
  const tied = mobilityOf(planned(input)).flatMap(({ machine: name, because, targets }) => {
    expect(targets > 0).toBe(because === undefined);
    return because === undefined ? [] : [[name, because]];
  });
  return Object.fromEntries(tied);
}

/** What is wrong with a profile, by machine. */
function refusedBy(profile: string, overrides: object): Record<string, string> {
  try {
    planProfile(loadProfile({ profile, overrides }));
    return {};
  } catch (error) {
    if (!(error instanceof MistakesError)) throw error;
    return Object.fromEntries(error.mistakes.map(({ path, rule, remedy }) => [path, `${rule} → ${remedy}`]));
  }
}

test("document-tagging: every machine can move (T6)", () => {
  expect(tiesOf(documentTagging)).toEqual({});
});

test("enterprise: whole cards and slices keep a machine on its host, nothing else does (P5.2)", () => {
  const ties = tiesOf(enterprise);
  const withGpu = enterprise.machines.filter(({ gpu }) => gpu !== undefined).map(({ name }) => name);
  expect(Object.keys(ties).sort()).toEqual(withGpu.sort());
  expect(ties["ai-train-01"]).toMatch(/^it has 2 whole A100-40 of gpu-[12]$/);
  expect(ties["ai-a-train-01"]).toMatch(/^it has 1 × A100-8C of a card of gpu-[12]$/);
});

test("a full host takes nobody, nor does one that a replica stands on; what is missing is said", () => {
  const replicas = [machine("web-01", 2, 8), machine("web-02", 2, 8)];
  const twoHosts = { hosts: [host("host-1", 8, 32), host("host-2", 8, 32)], overcommit };
  expect(tiesOf({ ...twoHosts, machines: replicas, rules: [apart("web", "web-01", "web-02")] })).toEqual({
    "web-01": expect.stringMatching(/^web keeps it off host-[12]$/),
    "web-02": expect.stringMatching(/^web keeps it off host-[12]$/),
  });
  const large = [machine("db-01", 6, 24), machine("db-02", 6, 24), machine("small", 1, 4)];
  expect(tiesOf({ ...twoHosts, machines: large, rules: [] })).toEqual({
    "db-01": "no other host has room for 6 vCPU, 24 GiB",
    "db-02": "no other host has room for 6 vCPU, 24 GiB",
  });
  expect(tiesOf({ hosts: [host("only", 8, 32)], machines: replicas, rules: [], overcommit })).toEqual({
    "web-01": "there is no other host",
    "web-02": "there is no other host",
  });
});

test("a machine's PCI devices are named as what keeps it", () => {
  const devices = { server: "kvm7", busAddresses: ["0000:17:00.0"] };
  const mobility = mobilityOf(planned(documentTagging), (name) => (name === "dev-svc-web-01" ? devices : undefined));
  expect(mobility.find(({ machine: name }) => name === "dev-svc-web-01")).toEqual({
    machine: "dev-svc-web-01",
    targets: 0,
    because: "PCI devices of host kvm7 are attached to it: 0000:17:00.0",
  });
});

test("a profile that asks for live migration is refused with every machine that cannot move, and why", () => {
  const one = { infrastructure: { hosts: { host: { count: 1, memory: "128 GiB" } } }, placement: null };
  const lonely = refusedBy("demo-cpu", { platform: { liveMigration: true, survivesOneHost: false }, ...one });
  expect(Object.keys(lonely)).toHaveLength(11);
  expect(lonely["dqg-01"]).toMatch(/liveMigration: every machine can move .* but there is no other host → add hosts/);

  const withCards = refusedBy("demo-gpu", { platform: { liveMigration: true } });
  expect(Object.keys(withCards).sort()).toEqual(
    ["ai-a-ml-01", "ai-b-ml-01", "ai-c-ml-01", "ai-infer-01", "ai-train-01"].sort(),
  );
  expect(withCards["ai-train-01"]).toContain("2 whole A100-40");
  expect(refusedBy("demo-gpu", {})).toEqual({});
  const nowhere = refusedBy("document-tagging", { infrastructure: { hosts: null } });
  expect(nowhere["infrastructure.hosts"]).toMatch(/the hosts among which machines can move are named → say what hosts/);
  expect(refusedBy("demo-cpu", { platform: { liveMigration: true } })).toEqual({});
});

test("document-tagging asks for it (T6): a host that is too small for a move is found before anything is created", () => {
  const tight = {
    infrastructure: { overcommit: { cpu: 1, memory: 1 }, hosts: { host: { cores: 8, memory: "16 GiB" } } },
  };
  const refused = refusedBy("document-tagging", { ...tight, platform: { survivesOneHost: false } });
  expect(JSON.stringify(refused)).toMatch(/no other host has room for 4 vCPU, 8 GiB|keeps it off/);
});
