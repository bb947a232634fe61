import { deleteAccount, uncleanAccounts } from "../models/account-cleanup.ts";
import { formatDate } from "../models/clock.ts";
import { childrenOf, describeDomain, renameDomain, shownPath } from "../models/domains.ts";
import { fail, invalid } from "../models/errors.ts";
import type { Domain } from "../models/identity.ts";
import { removeNetwork } from "../models/networks.ts";
import type { Tables } from "../models/tables.ts";
import type { World } from "../models/world.ts";
import { async, type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { domainUsageFields } from "./domain-usage.ts";
import { fits, mentions } from "./filters.ts";
import { boolean, integer, list, listParameters, ref, required, text } from "./parameters.ts";
import { checkDomainAccess } from "./scope.ts";

/** What create and update show; the list shows more. */
function render(domain: Domain, { tables }: Pick<Call, "tables">): JsonObject {
  const parent = tables.domains.get(domain.parentId);
  return {
    id: domain.uuid,
    name: domain.name,
    level: domain.level,
    parentdomainid: parent?.uuid,
    parentdomainname: parent?.name,
    haschild: childrenOf(tables, domain).length > 0,
    networkdomain: domain.networkDomain,
    path: shownPath(domain),
  };
}

function checkName(name: string): void {
  if (name.includes("/")) throw invalid("Domain name can't contain '/'");
}

function checkUnique({ tables }: Pick<Call, "tables">, parent: Domain, name: string): void {
  if (!childrenOf(tables, parent).some((child) => child.name === name)) return;
  throw invalid(`Domain with name [${name}] already exists for the parent with ID [${parent.id}].`);
}

const createDomain = sync({
  name: "createDomain",
  audience: "domain-admin",
  parameters: { name: required(text), parentdomainid: ref("domains"), networkdomain: text, domainid: text },
  reply: "domain",
  run(call) {
    const { tables, caller, args } = call;
    const parent = args.parentdomainid ?? tables.domains.need(1);
    if (parent.removed !== undefined) {
      throw invalid(`Unable to create domain ${args.name}, parent domain ${parent.id} not found.`);
    }
    checkDomainAccess(caller, parent);
    checkName(args.name);
    checkUnique(call, parent, args.name);
    if (args.domainid !== undefined && tables.domains.byUuid(args.domainid)) {
      throw invalid(`The domain UUID ${args.domainid} already exists`);
    }
    const domain = tables.domains.insert({
      name: args.name,
      parentId: parent.id,
      path: `${parent.path}${args.name}/`,
      level: parent.level + 1,
      state: "Active",
      ...(args.networkdomain === undefined ? {} : { networkDomain: args.networkdomain }),
      ...(args.domainid === undefined ? {} : { uuid: args.domainid }),
    });
    return { ...render(domain, call), secondarystoragetotal: 0 };
  },
});

const updateDomain = sync({
  name: "updateDomain",
  audience: "domain-admin",
  parameters: { id: required(ref("domains")), name: text, networkdomain: text },
  reply: "domain",
  run(call) {
    const { tables, caller, args } = call;
    const domain = args.id;
    if (domain.level === 0 && args.name !== undefined)
      throw fail("permission-denied", "Update of ROOT domain is not permitted");
    checkExists(domain);
    checkDomainAccess(caller, domain);
    if (args.name !== undefined && args.name !== "" && args.name !== domain.name) {
      checkName(args.name);
      checkUnique(call, tables.domains.need(domain.parentId ?? 0), args.name);
      renameDomain(tables, domain, args.name);
    }
    if (args.networkdomain !== undefined) {
      tables.domains.update(domain, { networkDomain: args.networkdomain === "" ? undefined : args.networkdomain });
    }
    return { ...render(domain, call), created: formatDate(domain.created), secondarystoragetotal: 0 };
  },
});

function checkExists(domain: Domain): void {
  if (domain.removed !== undefined) throw invalid(`Domain id=${domain.id} doesn't exist`);
}

const deleteDomain = async({
  name: "deleteDomain",
  audience: "domain-admin",
  parameters: { id: required(ref("domains")), cleanup: boolean },
  job: { className: "admin.domain.DeleteDomainCmd", instance: "Domain" },
  target({ caller, args }) {
    if (args.id.level === 0) throw fail("permission-denied", "Can't delete ROOT domain");
    checkDomainAccess(caller, args.id);
    return args.id;
  },
  queues: (domain) => [`domain:${domain.id}`],
  finish(domain, { world, tables, args }) {
    if (domain.removed !== undefined) throw invalid(`Failed to delete domain ${domain.id}, domain not found`);
    if (args.cleanup) {
      if (cleanUp(world, domain)) return success;
      const described = describeDomain(domain);
      throw fail(
        "runtime",
        `Failed to clean up domain resources and sub domains, delete failed on domain ${described}`,
      );
    }
    checkEmpty(world, domain);
    removeDomain(tables, domain);
    return success;
  },
});

/** What `DomainManagerImpl.deleteDomain` wants to be gone first. @throws {ApiError} 530 */
function checkEmpty(world: World, domain: Domain): void {
  const { tables } = world;
  const unclean = uncleanAccounts(world, domain.id).length;
  if (unclean > 0) throw fail("runtime", `Can't delete the domain yet because it has ${unclean} accounts to cleanup`);
  const networks = domainNetworks(tables, domain).length;
  if (networks > 0)
    throw fail("runtime", `Can't delete the domain yet because it has ${networks} non-removed networks`);
  if (childrenOf(tables, domain).length > 0 || tables.accounts.where("domainId", domain.id).length > 0) {
    throw fail(
      "runtime",
      `Delete failed on domain ${domain.name} (id: ${domain.id}); Please make sure all users and sub domains have been removed from the domain before deleting`,
    );
  }
}

/** Shared networks that are open to the domain; those of its accounts do not count. */
function domainNetworks(tables: Tables, domain: Domain) {
  return tables.networks.where("domainId", domain.id).filter((network) => network.aclType === "Domain");
}

/** Deletes what is in and below the domain, then the domain. Returns false when something could not go. */
function cleanUp(world: World, domain: Domain): boolean {
  const { tables } = world;
  const children = childrenOf(tables, domain).map((child) => cleanUp(world, child));
  const accounts = tables.accounts.where("domainId", domain.id).map((account) => deleteAccount(world, account));
  for (const network of domainNetworks(tables, domain)) {
    if (tables.nics.where("networkId", network.id).length > 0) return false;
    removeNetwork(world, network);
  }
  if (![...children, ...accounts].every(Boolean) || uncleanAccounts(world, domain.id).length > 0) return false;
  removeDomain(tables, domain);
  return true;
}

/** Takes the domain away with its limits and the offerings that were only for it. */
function removeDomain(tables: Tables, domain: Domain): void {
  for (const limit of tables.resourceLimits.where("ownerId", domain.id)) {
    if (limit.ownerType === "domain") tables.resourceLimits.remove(limit);
  }
  for (const offering of tables.serviceOfferings.live()) {
    const left = withoutDomain(offering, domain);
    if (left) tables.serviceOfferings.update(offering, left.length > 0 ? { domainIds: left } : { state: "Inactive" });
  }
  for (const offering of tables.diskOfferings.live()) {
    const left = withoutDomain(offering, domain);
    if (left) tables.diskOfferings.update(offering, left.length > 0 ? { domainIds: left } : { state: "Inactive" });
  }
  for (const offering of tables.networkOfferings.live()) {
    const left = withoutDomain(offering, domain);
    if (left && left.length > 0) tables.networkOfferings.update(offering, { domainIds: left });
    else if (left) tables.networkOfferings.remove(offering);
  }
  tables.domains.update(domain, { state: "Inactive" });
  tables.domains.remove(domain);
}

/** The domains that an offering is still for without this one; undefined when it was never for it. */
function withoutDomain(
  { domainIds }: { readonly domainIds?: readonly number[] },
  { id }: Domain,
): number[] | undefined {
  return domainIds?.includes(id) ? domainIds.filter((one) => one !== id) : undefined;
}

const listDomains = listing({
  name: "listDomains",
  audience: "domain-admin",
  parameters: {
    ...listParameters,
    id: ref("domains"),
    name: text,
    level: integer,
    listall: boolean,
    details: list,
  },
  reply: "domain",
  rows({ tables, caller, args }) {
    if (args.id) {
      checkExists(args.id);
      checkDomainAccess(caller, args.id);
    }
    const top = caller.domain;
    return tables.domains
      .only(args.id)
      .filter(
        (domain) =>
          (args.id !== undefined || args.listall || domain.id === top.id || caller.isRootAdmin) &&
          domain.path.startsWith(top.path) &&
          fits(domain, { id: args.id?.id, name: args.name, level: args.level }) &&
          mentions(args.keyword, domain.name),
      );
  },
  render: (domain, call) => ({
    ...render(domain, call),
    state: domain.state,
    created: formatDate(domain.created),
    ...(call.args.details?.includes("min") ? {} : domainUsageFields(domain, call.world)),
    hasannotations: false,
  }),
});

const listDomainChildren = listing({
  name: "listDomainChildren",
  audience: "user",
  parameters: { ...listParameters, id: ref("domains"), name: text, isrecursive: boolean, listall: boolean },
  reply: "domain",
  rows({ tables, caller, args }) {
    const parent = args.id ?? caller.domain;
    checkDomainAccess(caller, parent);
    return tables.domains.filter(
      (domain) =>
        domain.id !== parent.id &&
        (args.isrecursive ? domain.path.startsWith(parent.path) : domain.parentId === parent.id) &&
        fits(domain, { name: args.name }) &&
        mentions(args.keyword, domain.name),
    );
  },
  render: (domain, call) => ({
    ...render(domain, call),
    state: domain.state,
    created: formatDate(domain.created),
    ...domainUsageFields(domain, call.world),
    hasannotations: false,
  }),
});

export const domainCommands: readonly Command[] = [
  createDomain,
  updateDomain,
  deleteDomain,
  listDomains,
  listDomainChildren,
];
