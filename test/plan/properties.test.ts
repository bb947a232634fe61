import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadProfile } from "../../src/config/profile.ts";
import type { Profile, Tenant } from "../../src/config/schema.ts";
import { contains, formatCidr, isHostOf, overlap, parseAddress, parseCidr } from "../../src/plan/cidr.ts";
import { type Plan, planProfile } from "../../src/plan/plan.ts";
import { canReach } from "./reach.ts";

/** Without hosts: any number of machines has room. */
const demo = loadProfile({ profile: "demo-cpu", overrides: { infrastructure: { hosts: { host: null } } } });

/** The same with replicas at the edge, software in the guests and pools in Ceph. */
const replicated = loadProfile({ profile: "enterprise" });

/** A tenant in a slot of the block, with up to four machines of each role. */
function tenantIn(slot: number): fc.Arbitrary<Tenant> {
  const machinesOf = (role: "serve" | "train" | "data") =>
    fc
      .array(fc.record({ cpus: fc.integer({ min: 1, max: 16 }), memory: fc.integer({ min: 1, max: 64 }) }), {
        maxLength: 4,
      })
      .map((sizes) =>
        sizes.map((size, index) => ({
          ...size,
          name: `ai-t${slot}-${role}-0${index + 1}`,
          roles: [role],
          disk: 20,
          priority: "medium" as const,
          addresses: [],
        })),
      );
  return fc.tuple(machinesOf("serve"), machinesOf("train"), machinesOf("data")).map((machines) => ({
    key: `t${slot}`,
    name: `Tenant ${slot}`,
    dataClass: "open" as const,
    vlan: 200 + slot,
    cidr: { base: demo.network.tenants.cidr.base + slot * 256, prefix: 24 },
    storage: 100,
    apiToken: false,
    bucket: false,
    limits: {},
    machines: machines.flat(),
  }));
}

const profiles: fc.Arbitrary<Profile> = fc
  .uniqueArray(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 6 })
  .chain((slots) => fc.tuple(...slots.map(tenantIn)))
  .map((tenants) => ({ ...demo, tenants }));

const machinesOf = (plan: Plan) =>
  [...plan.tenants, plan.gate, plan.sharedAi, plan.edge].flatMap((layer) => layer.machines);
const byName = <T extends { name: string }>(things: readonly T[]) =>
  new Map(things.map((thing) => [thing.name, thing]));

describe("for any tenants", () => {
  test("no address is given twice, and each is a host of its zone", () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        const plan = planProfile(profile);
        const cidrs = new Map(
          [...plan.network.zones, ...plan.tenants.flatMap(({ zone }) => zone ?? [])].map(({ key, cidr }) => [
            key,
            parseCidr(cidr),
          ]),
        );
        const legs = machinesOf(plan).flatMap((machine) => machine.legs);
        expect(new Set(legs.map(({ address }) => address)).size).toBe(legs.length);
        for (const { zone, address } of legs) {
          const cidr = cidrs.get(zone);
          const number = parseAddress(address);
          expect(cidr !== undefined && number !== undefined && isHostOf(cidr, number)).toBe(true);
        }
      }),
    );
  });

  test("their order in the profile means nothing", () => {
    fc.assert(
      fc.property(
        profiles.chain((profile) =>
          fc.tuple(fc.constant(profile), fc.shuffledSubarray(profile.tenants, { minLength: profile.tenants.length })),
        ),
        ([profile, shuffled]) => {
          const one = planProfile(profile);
          const other = planProfile({ ...profile, tenants: shuffled });
          expect(byName(other.tenants)).toEqual(byName(one.tenants));
          const rest = (plan: Plan) => ({
            ...plan,
            tenants: [],
            catalogue: { ...plan.catalogue, sizes: byName(plan.catalogue.sizes) },
          });
          expect(rest(other)).toEqual(rest(one));
        },
      ),
    );
  });

  test("the order of zones and machines means nothing either", () => {
    const shuffled = <T>(things: readonly T[]) => fc.shuffledSubarray([...things], { minLength: things.length });
    const rows = ({ network, gate, sharedAi, edge }: Plan) => [
      byName(network.zones),
      ...[gate, sharedAi, edge].map(({ machines }) => byName(machines)),
      [...edge.entrance.gateways].sort(),
    ];
    const guests = ({ guests }: Plan) => guests;
    const one = planProfile(replicated);
    fc.assert(
      fc.property(
        shuffled(replicated.network.zones),
        shuffled(replicated.sharedAi.machines),
        shuffled(replicated.edge.machines),
        (zones, shared, edge) => {
          const other = planProfile({
            ...replicated,
            network: { ...replicated.network, zones },
            sharedAi: { machines: shared },
            edge: { machines: edge },
          });
          expect(rows(other)).toEqual(rows(one));
          expect(guests(other)).toEqual(guests(one));
        },
      ),
      { numRuns: 30 },
    );
  });

  test("one more changes nothing of the others, or of the platform's zones", () => {
    fc.assert(
      fc.property(
        profiles.filter(({ tenants }) => tenants.length > 1),
        (profile) => {
          const more = planProfile(profile);
          const [, ...tenants] = profile.tenants;
          const less = planProfile({ ...profile, tenants });
          expect(more.tenants.slice(1)).toEqual(less.tenants);
          const shared = ({ network: { landscape, tierCount, ...network } }: Plan) => network;
          expect(shared(more)).toEqual(shared(less));
          expect([more.gate, more.sharedAi, more.edge]).toEqual([less.gate, less.sharedAi, less.edge]);
        },
      ),
    );
  });

  test("one more machine moves nobody", () => {
    fc.assert(
      fc.property(profiles, fc.nat(), (profile, pick) => {
        const before = planProfile(profile);
        const victims = machinesOf(before).filter(({ name }) => name.startsWith("ai-t"));
        fc.pre(victims.length > 0);
        const victim = victims[pick % victims.length]?.name;
        const tenants = profile.tenants.map((tenant) => ({
          ...tenant,
          machines: tenant.machines.filter(({ name }) => name !== victim),
        }));
        const after = byName(machinesOf(planProfile({ ...profile, tenants })));
        for (const machine of machinesOf(before))
          if (machine.name !== victim) expect(after.get(machine.name)?.legs).toEqual(machine.legs);
      }),
    );
  });

  test("no tenant reaches another one; the router reaches serving machines and no others", () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        const plan = planProfile(profile);
        for (const tenant of plan.tenants) {
          for (const { name, roles } of tenant.machines) {
            expect(canReach(plan, "ai-router-01", name, 8080)).toBe(roles.includes("serve"));
            const strangers = machinesOf(plan).filter((other) => !tenant.machines.includes(other));
            const reached = strangers.filter((other) =>
              [22, 443, 8080].some((port) => canReach(plan, name, other.name, port)),
            );
            expect(reached.map((other) => other.name)).toEqual(["dqg-01"]);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test("limits, layers and totals add up", () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        const plan = planProfile(profile);
        for (const kind of ["vms", "vcpus", "memoryGiB", "gpuCards"] as const) {
          const layers = Object.values(plan.totalsByLayer).map((totals) => totals[kind]);
          expect(layers.reduce((sum, value) => sum + value, 0)).toBe(plan.totals[kind]);
        }
        for (const { name, limits, machines } of plan.tenants) {
          expect(limits.instances).toBe(machines.length);
          expect(limits.cpus).toBe(plan.totalsByLayer[name]?.vcpus);
          expect(limits.memoryMib).toBe((plan.totalsByLayer[name]?.memoryGiB ?? 0) * 1024);
        }
      }),
    );
  });
});

describe("networks", () => {
  const cidrs = fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 32 })).map(([address, prefix]) => {
    const size = 2 ** (32 - prefix);
    return { base: address - (address % size), prefix };
  });

  test("are read as they are written", () => {
    fc.assert(
      fc.property(cidrs, (cidr) => {
        expect(parseCidr(formatCidr(cidr))).toEqual(cidr);
      }),
    );
  });

  test("overlap exactly where one contains the other's first address", () => {
    fc.assert(
      fc.property(cidrs, cidrs, (one, other) => {
        const inside =
          contains(one, { base: other.base, prefix: 32 }) || contains(other, { base: one.base, prefix: 32 });
        expect(overlap(one, other)).toBe(inside);
      }),
    );
  });
});
