import { fail, invalid } from "../models/errors.ts";
import { knows } from "../models/flavor.ts";
import { type Account, accountTypes, type Domain } from "../models/identity.ts";
import { accountLimit, domainLimit, domainUsage, limitRow, limitTags, setLimit, unlimited } from "../models/limits.ts";
import { isStorage, type ResourceType, resourceTypes } from "../models/resource-types.ts";
import { usageOf } from "../models/usage.ts";
import { defined } from "../models/values.ts";
import type { World } from "../models/world.ts";
import { type Call, type Command, type JsonObject, listing, sync } from "./command.ts";
import { domainFields } from "./owner-fields.ts";
import { integer, listParameters, ref, required, text } from "./parameters.ts";
import { activeAccount, checkAccountAccess, checkDomainAccess } from "./scope.ts";

const gib = 2 ** 30;

/** Whose limits a call is about. */
type Owner = { readonly account: Account } | { readonly domain: Domain };

interface OwnerArguments {
  readonly account?: string | undefined;
  readonly domainid?: Domain | undefined;
}

function ownerOf({ tables, caller, args }: Pick<Call, "tables" | "caller"> & { args: OwnerArguments }): Owner {
  if (args.account !== undefined) {
    const account = activeAccount(tables, args.account, args.domainid ?? caller.domain);
    if (!account)
      throw invalid(`Unable to find account ${args.account} in domain ${(args.domainid ?? caller.domain).id}`);
    checkAccountAccess({ tables, caller }, account.id);
    return { account };
  }
  if (!args.domainid) return { account: caller.account };
  checkDomainAccess(caller, args.domainid);
  return { domain: args.domainid };
}

function keyOf(owner: Owner) {
  return "account" in owner
    ? ({ ownerType: "account", ownerId: owner.account.id } as const)
    : ({ ownerType: "domain", ownerId: owner.domain.id } as const);
}

/** What this server can limit. */
function typesOf(world: World): ResourceType[] {
  return resourceTypes.filter((type) => knows(world, type));
}

function typeOf(world: World, number: number | undefined): ResourceType {
  const type = resourceTypes[number ?? -1];
  if (!type || !knows(world, type)) throw invalid("Please specify valid resource type");
  return type;
}

function render(tables: Call["tables"], owner: Owner, type: ResourceType): JsonObject {
  const domainId = "account" in owner ? owner.account.domainId : owner.domain.id;
  return {
    ...("account" in owner ? { account: owner.account.name } : {}),
    ...domainFields(tables, domainId),
    resourcetype: String(resourceTypes.indexOf(type)),
    resourcetypename: type,
  };
}

/** A limit for a tag that nobody set is the one without a tag (`findCorrectResourceLimitForAccount`). */
function limitOf(world: World, owner: Owner, type: ResourceType, tag?: string): number {
  const { ownerType, ownerId } = keyOf(owner);
  const own = tag === undefined ? undefined : limitRow(world, ownerType, ownerId, type, tag)?.max;
  const whole = () =>
    "account" in owner ? accountLimit(world, owner.account, type) : domainLimit(world, owner.domain, type);
  const max = own ?? whole();
  return max === unlimited || !isStorage(type) ? max : max / gib;
}

/** What a limit with a tag is refused for. */
function checkTag(world: World, owner: Owner, type: ResourceType, max: number): void {
  if (limitTags(world, type) === undefined) {
    throw invalid(`Resource limit with a tag is not supported for resource type ${resourceTypes.indexOf(type)}`);
  }
  const whole = limitOf(world, owner, type);
  if (whole <= 0 || max <= whole) return;
  const whose = "account" in owner ? `account ${owner.account.name}` : `domain ${owner.domain.name}`;
  throw invalid(
    `Maximum untagged resource limit for ${whose} for resource type ${type} is ${whole}, please specify a value less than or equal to that`,
  );
}

/** What `ResourceLimitManagerImpl.updateResourceLimit` refuses. */
function checkChange(call: Call, owner: Owner, type: ResourceType, max: number): void {
  const { world, tables, caller } = call;
  const text = "Please specify either '-1' for an infinite limit, or a limit that is at least '0'.";
  if (max < unlimited) throw invalid(text);
  if ("account" in owner) {
    if (owner.account.type === accountTypes.admin && max !== unlimited) {
      throw invalid(`Only ${unlimited} limit is supported for Root Admin accounts`);
    }
    if (owner.account.id !== caller.account.id || caller.isRootAdmin) return;
    throw fail(
      "permission-denied",
      `Unable to update resource limit for their own account ${owner.account.id}, permission denied`,
    );
  }
  const { domain } = owner;
  if (domain.level === 0) {
    throw fail("permission-denied", `Cannot update resource limit for ROOT domain ${domain.id}, permission denied`);
  }
  if (domain.id === caller.domain.id) {
    throw fail("permission-denied", `Unable to update resource limit for domain ${domain.id}, permission denied`);
  }
  const parent = tables.domains.need(domain.parentId ?? 0);
  const parentMax = domainLimit(world, parent, type);
  const stored = toStored(type, max);
  if (parentMax >= 0 && stored > parentMax) {
    throw invalid(
      `Domain ${domain.name}(id: ${parent.id}) has maximum allowed resource limit ${parentMax} for ${type}, please specify a value less than or equal to ${parentMax}`,
    );
  }
}

/** Storage limits are kept in bytes. */
function toStored(type: ResourceType, max: number): number {
  return isStorage(type) && max > 0 ? max * gib : max;
}

const updateResourceLimit = sync({
  name: "updateResourceLimit",
  audience: "domain-admin",
  parameters: { account: text, domainid: ref("domains"), resourcetype: required(integer), max: integer, tag: text },
  reply: "resourcelimit",
  run(call) {
    const { world, tables, args } = call;
    const type = typeOf(world, args.resourcetype);
    const max = args.max ?? unlimited;
    if (args.account === undefined && !args.domainid) {
      throw invalid("AccountId or domainId have to be specified in order to update resource limit");
    }
    const owner = ownerOf(call);
    checkChange(call, owner, type, max);
    const tag = args.tag === "" ? undefined : args.tag;
    if (tag !== undefined) checkTag(world, owner, type, max);
    const { ownerType, ownerId } = keyOf(owner);
    const row = limitRow(world, ownerType, ownerId, type, tag);
    const values = { ownerType, ownerId, type: resourceTypes.indexOf(type), max: toStored(type, max) };
    if (row) tables.resourceLimits.update(row, values);
    else tables.resourceLimits.insert({ ...values, ...defined({ tag }) });
    return { ...render(tables, owner, type), max, ...defined({ tag }) };
  },
});

interface Limit {
  readonly owner: Owner;
  readonly type: ResourceType;
  readonly tag?: string;
}

/**
 * Limits and those for tags, each type's own one first, then its tags by name, in the order of the types
 * (`ResourceLimitManagerImpl.addTaggedResourceLimits`). Without tags in the settings the order is left alone.
 */
function withTags(world: World, limits: readonly Limit[]): Limit[] {
  const forTags = limits.flatMap(({ owner, type }) =>
    (limitTags(world, type) ?? []).sort().map((tag) => ({ owner, type, tag })),
  );
  if (forTags.length === 0) return [...limits];
  return [...limits, ...forTags].sort((a, b) => resourceTypes.indexOf(a.type) - resourceTypes.indexOf(b.type));
}

const listResourceLimits = listing({
  name: "listResourceLimits",
  audience: "user",
  parameters: {
    ...listParameters,
    account: text,
    domainid: ref("domains"),
    resourcetype: integer,
    resourcetypename: text,
  },
  reply: "resourcelimit",
  rows(call) {
    const { world, args } = call;
    const owner = ownerOf(call);
    if (args.resourcetype !== undefined) return withTags(world, [{ owner, type: typeOf(world, args.resourcetype) }]);
    const named = typesOf(world).filter(
      (type) => args.resourcetypename === undefined || type === args.resourcetypename,
    );
    const { ownerType, ownerId } = keyOf(owner);
    const isSet = (type: ResourceType) => setLimit(world, ownerType, ownerId, type) !== undefined;
    const whole = [...named.filter(isSet), ...named.filter((type) => !isSet(type))];
    return withTags(
      world,
      whole.map((type) => ({ owner, type })),
    );
  },
  render: ({ owner, type, tag }, { world, tables }) => ({
    ...render(tables, owner, type),
    max: limitOf(world, owner, type, tag),
    ...defined({ tag }),
  }),
});

const updateResourceCount = listing({
  name: "updateResourceCount",
  audience: "domain-admin",
  parameters: { account: text, domainid: required(ref("domains")), resourcetype: integer },
  reply: "resourcecount",
  rows(call) {
    const owner = ownerOf(call);
    const { world, args } = call;
    const types = args.resourcetype === undefined ? typesOf(world) : [typeOf(world, args.resourcetype)];
    return types.map((type) => ({ owner, type }));
  },
  render: ({ owner, type }, { world, tables }) => ({
    ...render(tables, owner, type),
    resourcecount: "account" in owner ? usageOf(world, owner.account.id, type) : domainUsage(world, owner.domain, type),
  }),
});

export const limitCommands: readonly Command[] = [updateResourceLimit, listResourceLimits, updateResourceCount];
