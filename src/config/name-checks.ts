import { useOf } from "../plan/groups.ts";
import { type Check, repeated } from "./network-checks.ts";
import type { Role } from "./schema.ts";

/** Things that would be one on the server, because their names are the same there. */

const poolKeysOnce: Check = ({ pools }) =>
  repeated(pools, ({ key }) => key).map(({ thing: { at } }) => ({
    at: [...at, "key"],
    rule: "two pools have this key; a key names one pool",
  }));

/** Tenants' own among them: a pool of the platform's that is a tenant's, too, hands the tenant's data out (P1.3). */
const poolNamesOnce: Check = ({ pools, tenants, tenantPool }) => {
  const own = tenants.flatMap(({ key }) =>
    key === undefined || tenantPool === undefined ? [] : [{ at: undefined, name: tenantPool.replace("{key}", key) }],
  );
  return repeated([...own, ...pools], ({ name }) => name).flatMap(({ thing: { at }, earlier }) => {
    if (at === undefined) return [];
    const whose = earlier.at === undefined ? "a tenant's own pool (storage.tenantPool)" : "another pool";
    return [{ at: [...at, "name"], rule: `a name of its own; ${whose} has this one`, remedy: "choose another name" }];
  });
};

/** The cephx user of a block pool is called after its key, that of a file tree after its name. */
const poolUsersOnce: Check = ({ pools }) => {
  const users = pools.flatMap(({ at, kind, key, name }) => {
    if (kind !== "block" && kind !== "files") return [];
    const field = kind === "block" ? "key" : "name";
    return [{ at: [...at, field], field, user: kind === "block" ? key : name }];
  });
  const twice = repeated(users, ({ user }) => user).filter(({ thing, earlier }) => thing.field !== earlier.field);
  const remedy = "choose another one";
  return [
    ...twice.map(({ thing: { at, user } }) => ({
      at,
      rule: `one pool's user reaches no other; another pool has client.${user}`,
      remedy,
    })),
    ...users
      .filter(({ user }) => user === "admin")
      .map(({ at }) => ({ at, rule: "not admin: client.admin is the cluster's own administrator", remedy })),
  ];
};

/** Whose a machine is, the policy pack and the audit may read from its name. */
const machinesOfTenants: Check = ({ machines }) =>
  machines.flatMap(({ at, name, tenantZone }) => {
    const [, key] = /(?:^|-)tenant-([a-z0-9]+)(?:-|$)/.exec(name ?? "") ?? [];
    if (key === undefined || key === tenantZone?.tenant) return [];
    const whose = tenantZone === undefined ? "the platform's" : `tenant ${tenantZone.tenant}'s`;
    const rule = `the name says that the machine is tenant ${key}'s, and it is ${whose}`;
    return [{ at: [...at, "name"], rule, remedy: "choose a name without the word tenant" }];
  });

const placementKeysOnce: Check = ({ placement }) =>
  repeated(placement, ({ key }) => key).map(({ thing: { at } }) => ({
    at: [...at, "key"],
    rule: "two rules have this key; a key names one rule",
  }));

/** Replicas for which no strict rule says so stand apart anyway, in a group that is called after what they are for. */
const placementKeysOfRules: Check = ({ placement, machines }) => {
  const apart = placement.filter(({ kind, strict }) => kind === "apart" && strict);
  const isStated = (roles: readonly Role[]) => apart.some((rule) => roles.some((role) => rule.roles?.includes(role)));
  const uses = new Set(
    machines.flatMap(({ roles }) => (roles === undefined || isStated(roles) ? [] : useOf({ roles }))),
  );
  return placement.flatMap(({ at, key }) => {
    if (key === undefined || !uses.has(key)) return [];
    const rule = "a key that no role has: the machines of a role have a group of that name by themselves";
    return [{ at: [...at, "key"], rule, remedy: `write e.g. ${key}-rule` }];
  });
};

export const nameChecks: readonly Check[] = [
  poolKeysOnce,
  poolNamesOnce,
  poolUsersOnce,
  machinesOfTenants,
  placementKeysOnce,
  placementKeysOfRules,
];
