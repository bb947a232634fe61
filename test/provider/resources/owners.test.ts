/** Everything that an account can own, made under one name for two tenants: nothing is mixed up, and nobody's is lost. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { owner } from "../../../provider/cloudstack/fields.ts";
import { resources } from "../../../provider/cloudstack/registry.ts";
import type { Failure, Kept } from "../engine.ts";
import { type Estate, INSTANCE, NETWORK, startEstate, VOLUME, VPC } from "./estate.ts";

const IP = "cloudstack:network:PublicIp";
const keys = {
  a: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVkrDbfNlXk1TMuMoZCN1w2o0UQSmVfQwdP1t0aYxqE",
  b: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio",
};
type Tenant = keyof typeof keys;

let estate: Estate;
const domains = {} as Record<Tenant, string>;
const vpcs = {} as Record<Tenant, Kept>;
const tiers = {} as Record<Tenant, Kept>;
const addresses = {} as Record<Tenant, Kept>;
beforeAll(async () => {
  estate = await startEstate();
  for (const tenant of ["a", "b"] as const) {
    const { id: domainId } = await estate.engine.create("cloudstack:identity:Domain", { name: tenant });
    const person = { email: "e", firstName: "f", lastName: "l", password: "only for this test" };
    await estate.engine.create("cloudstack:identity:Account", {
      ...person,
      name: tenant,
      domainId,
      accountType: "user",
    });
    domains[tenant] = domainId;
    const tenants = { account: tenant, domainId };
    // One each: the machines of one VPC must not share a name.
    vpcs[tenant] = await estate.engine.create(VPC, { ...estate.vpc.inputs, ...tenants, name: `of ${tenant}` });
    const vpcId = vpcs[tenant].id;
    tiers[tenant] = await estate.tier({ ...tenants, vpcId });
    addresses[tenant] = await estate.engine.create(IP, { ...tenants, vpcId }, { name: `of ${tenant}` });
  }
});
afterAll(() => estate.close());

type Inputs = Record<string, unknown>;
interface Kind {
  readonly list: string;
  readonly scope?: Record<string, string>;
  readonly inputs: (tenant: Tenant) => Inputs;
}

/** How each kind is listed, and what it is made of besides its name and owner. */
const kinds: Record<string, Kind> = {
  "cloudstack:compute:AffinityGroup": {
    list: "listAffinityGroups",
    inputs: () => ({ type: "host anti-affinity" }),
  },
  "cloudstack:compute:UserData": { list: "listUserData", inputs: () => ({ userData: "#cloud-config\n" }) },
  "cloudstack:compute:SshKeyPair": { list: "listSSHKeyPairs", inputs: (tenant) => ({ publicKey: keys[tenant] }) },
  "cloudstack:compute:Template": {
    list: "listTemplates",
    scope: { templatefilter: "all" },
    inputs: () => ({ url: "http://images.example/u.qcow2", format: "QCOW2", hypervisor: "KVM" }),
  },
  [INSTANCE]: { list: "listVirtualMachines", inputs: (tenant) => estate.instanceOn("", tiers[tenant]) },
  [VOLUME]: {
    list: "listVolumes",
    inputs: () => ({ diskOfferingId: estate.diskOfferingId, zoneId: estate.zoneId, sizeGib: 1 }),
  },
  [VPC]: { list: "listVPCs", inputs: () => ({ ...estate.vpc.inputs }) },
  [NETWORK]: {
    list: "listNetworks",
    // Neither lies in the other's way: another VLAN and other addresses.
    inputs: (tenant) => ({
      ...tiers[tenant].inputs,
      gateway: `10.0.${tenant === "a" ? 20 : 21}.1`,
      vlan: tenant === "a" ? 220 : 221,
    }),
  },
  "cloudstack:network:LoadBalancerRule": {
    list: "listLoadBalancerRules",
    inputs: (tenant) => ({
      publicIpId: addresses[tenant].id,
      networkId: tiers[tenant].id,
      algorithm: "roundrobin",
      publicPort: 443,
      privatePort: 443,
      instanceIds: [],
    }),
  },
  [IP]: { list: "listPublicIpAddresses", inputs: (tenant) => ({ vpcId: vpcs[tenant].id }) },
};

test("the kinds below are all that have an owner", () => {
  const owned = resources.filter(({ inputs }) => inputs.account === owner.account).map(({ token }) => token);
  expect(Object.keys(kinds).sort()).toEqual(owned.sort());
});

describe.each(Object.entries(kinds))("T#266 T#319 T#194 T#198 of %s", (token, { list, scope = {}, inputs }) => {
  const name = "same";
  const named = token !== IP;
  const made = {} as Record<Tenant, Kept>;
  const given = (tenant: Tenant) =>
    ({ ...inputs(tenant), ...(named && { name }), account: tenant, domainId: domains[tenant] }) as never;
  /** The logical name is the tenant's, as two resources of one program have. */
  const create = (engine: Estate["engine"], tenant: Tenant) =>
    engine.create(token, given(tenant), { name: `${name}-${tenant}` });
  const rowsOf = (id: string) => estate.rows(list, { id, listall: true, ...scope });

  test("each tenant gets one of its own", async () => {
    for (const tenant of ["a", "b"] as const) {
      const kept = await create(estate.engine, tenant);
      made[tenant] = kept;
      expect(await rowsOf(kept.id)).toMatchObject([{ account: tenant, domainid: domains[tenant] }]);
    }
    expect(made.a.id).not.toBe(made.b.id);
  });

  test("a refresh finds both, and no difference", async () => {
    for (const kept of [made.a, made.b]) expect(await estate.drift(token, kept)).toEqual({});
  });

  test.runIf(named)(
    "xanzy#54 T#332 an import by owner and name finds the right one, one by name names both",
    async () => {
      for (const tenant of ["a", "b"] as const) {
        for (const path of [`${tenant}/${name}`, `ROOT/${tenant}/${tenant}/${name}`]) {
          const imported = await (await estate.nextRun()).import(token, path);
          expect(imported).toMatchObject({
            id: made[tenant].id,
            inputs: { account: tenant, domainId: domains[tenant] },
          });
        }
      }
      const ambiguous: Failure = await estate.engine.import(token, name).then(
        () => ({ code: 0, details: "found one" }),
        (error) => error,
      );
      for (const { id } of [made.a, made.b]) expect(ambiguous.details).toContain(id);
    },
  );

  test("a run after one that was killed takes over its own tenant's", async () => {
    const next = await estate.nextRun();
    expect((await create(next, "b")).id).toBe(made.b.id);
  });

  test("deleted, it takes nobody else's along", async () => {
    await estate.engine.delete(token, made.a);
    expect(await estate.drift(token, made.a)).toBe("gone");
    expect(await estate.drift(token, made.b)).toEqual({});
    await estate.engine.delete(token, made.b);
  });
});
