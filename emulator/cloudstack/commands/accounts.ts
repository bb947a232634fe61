import { deleteAccount as deleteWithBelongings } from "../models/account-cleanup.ts";
import { describeDomain } from "../models/domains.ts";
import { fail, failBare, invalid } from "../models/errors.ts";
import { type Account, accountTypes, type Domain, type Role, type RoleType } from "../models/identity.ts";
import { stop } from "../models/instances.ts";
import { defined } from "../models/values.ts";
import { accountFields } from "./account-fields.ts";
import { async, type Call, type Command, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { boolean, flattened, integer, listParameters, map, ref, required, text } from "./parameters.ts";
import { activeAccount, checkAccountAccess, checkDomainAccess, visibleAccounts } from "./scope.ts";

const typeOfRole: Readonly<Record<RoleType, number>> = {
  User: accountTypes.user,
  Admin: accountTypes.admin,
  DomainAdmin: accountTypes.domainAdmin,
  ResourceAdmin: accountTypes.resourceDomainAdmin,
};

/** The role of a new account: the one named, or the default one of the account type. */
function roleFor({ tables }: Pick<Call, "tables">, role: Role | undefined, accountType: number | undefined): Role {
  if (role) return role;
  if (accountType === undefined) throw invalid("Neither account type and role ID are not provided");
  const found = tables.roles.find((one) => one.isDefault && typeOfRole[one.type] === accountType);
  if (!found) throw invalid(`Invalid account type: ${accountType}`);
  return found;
}

function checkUserIsNew({ tables }: Pick<Call, "tables">, domain: Domain, username: string): void {
  const sameName = tables.users.where("username", username);
  if (!sameName.some((user) => tables.accounts.need(user.accountId).domainId === domain.id)) return;
  throw invalid(`The user ${username} already exists in domain ${describeDomain(domain)}`);
}

const createAccount = sync({
  name: "createAccount",
  audience: "domain-admin",
  parameters: {
    username: required(text),
    password: required(text),
    firstname: required(text),
    lastname: required(text),
    email: required(text),
    account: text,
    accounttype: integer,
    roleid: ref("roles"),
    domainid: ref("domains"),
    networkdomain: text,
    timezone: text,
    accountdetails: map,
    accountid: text,
    userid: text,
  },
  reply: "account",
  run(call) {
    const { tables, caller, args } = call;
    const domain = args.domainid ?? tables.domains.need(1);
    const role = roleFor(call, args.roleid, args.accounttype);
    if (domain.removed !== undefined || domain.state === "Inactive") {
      throw invalid(`The domain ${domain.id} does not exist; unable to create account`);
    }
    checkDomainAccess(caller, domain);
    const type = typeOfRole[role.type];
    if (type === accountTypes.admin && domain.level > 0)
      throw invalid("Unable to create a root admin account outside of ROOT domain");
    const name = args.account ?? args.username;
    checkUserIsNew(call, domain, args.username);
    if (activeAccount(tables, name, domain)) throw invalid(`The specified account: ${name} already exists`);
    const account = tables.accounts.insert({
      name,
      type,
      roleId: role.id,
      domainId: domain.id,
      state: "enabled",
      isDefault: false,
      ...defined({ uuid: args.accountid, networkDomain: args.networkdomain }),
      ...(args.accountdetails ? { details: flattened(args.accountdetails) } : {}),
    });
    tables.users.insert({
      accountId: account.id,
      username: args.username,
      firstname: args.firstname,
      lastname: args.lastname,
      email: args.email,
      state: "enabled",
      isDefault: false,
      ...defined({ uuid: args.userid, timezone: args.timezone }),
    });
    return { ...accountFields(account, call), apikeyaccess };
  },
});

/** Whether keys may be used is never set on an account: it inherits it. */
const apikeyaccess = "INHERIT";

const named = { id: ref("accounts"), account: text, domainid: ref("domains") };

/** The account that a call names by id, or by name and domain. */
function accountOf(
  call: Pick<Call, "tables" | "caller"> & {
    args: { id?: Account | undefined; account?: string | undefined; domainid?: Domain | undefined };
  },
): Account {
  const { tables, caller, args } = call;
  const account = args.id ?? activeAccount(tables, args.account ?? "", args.domainid ?? caller.domain);
  if (!account || account.removed !== undefined) {
    throw invalid(
      `Unable to find account by accountId: ${args.id?.id ?? null} OR by name: ${args.account ?? null} in domain ${args.domainid?.id ?? null}`,
    );
  }
  checkAccountAccess(call, account.id);
  return account;
}

const updateAccount = sync({
  name: "updateAccount",
  audience: "domain-admin",
  parameters: { ...named, newname: text, networkdomain: text, roleid: ref("roles"), accountdetails: map },
  reply: "account",
  run(call) {
    const { tables, args } = call;
    const account = accountOf(call);
    if (account.isDefault) throw fail("permission-denied", "Can't modify system account");
    // Looked for in the domain of the call, and in none where it names only the account (`AccountManagerImpl.updateAccount`).
    const { newname, domainid } = args;
    const namesake = newname === undefined || !domainid ? undefined : activeAccount(tables, newname, domainid);
    if (namesake && namesake.id !== account.id) {
      throw invalid(
        `The account with the proposed name '${newname}' exists in the domain '${domainid?.id}' with existing account id '${namesake.id}'`,
      );
    }
    tables.accounts.update(account, {
      ...defined({ name: args.newname, roleId: args.roleid?.id }),
      ...(args.networkdomain === undefined
        ? {}
        : { networkDomain: args.networkdomain === "" ? undefined : args.networkdomain }),
      ...(args.accountdetails ? { details: flattened(args.accountdetails) } : {}),
    });
    return accountFields(account, call);
  },
});

function checkChangeable(account: Account): Account {
  if (account.isDefault)
    throw fail("permission-denied", `Account id : ${account.id} is a system account, operation not allowed`);
  return account;
}

const disableAccount = async({
  name: "disableAccount",
  audience: "domain-admin",
  parameters: { ...named, lock: required(boolean) },
  job: { className: "admin.account.DisableAccountCmd", instance: "Account", showsInstance: true },
  reply: "account",
  target: (call) => checkChangeable(accountOf(call)),
  queues: (account) => [`account:${account.id}`],
  finish(account, call) {
    const { tables, args } = call;
    if (args.lock) {
      lock(account, call);
    } else {
      tables.accounts.update(account, { state: "disabled" });
      for (const instance of tables.instances.where("accountId", account.id)) {
        if (instance.state === "Running") stop(call.world, instance);
      }
    }
    return { ...accountFields(account, call), apikeyaccess };
  },
});

/** One that is disabled cannot be locked, it has to be enabled first (`AccountManagerHelper.lockAccount`). @throws {ApiError} 530 */
function lock(account: Account, { tables }: Pick<Call, "tables">): void {
  if (account.state === "disabled") {
    throw fail("runtime", `Unable to lock account by accountId: ${account.id} OR by name: null in domain null`);
  }
  tables.accounts.update(account, { state: "locked" });
}

const enableAccount = sync({
  name: "enableAccount",
  audience: "domain-admin",
  parameters: named,
  reply: "account",
  run(call) {
    const account = accountOf(call);
    call.tables.accounts.update(account, { state: "enabled" });
    return { ...accountFields(account, call), apikeyaccess };
  },
});

const lockAccount = sync({
  name: "lockAccount",
  audience: "domain-admin",
  parameters: { account: required(text), domainid: required(ref("domains")) },
  reply: "account",
  run(call) {
    const account = checkChangeable(accountOf(call));
    lock(account, call);
    return { ...accountFields(account, call), apikeyaccess };
  },
});

const deleteAccount = async({
  name: "deleteAccount",
  audience: "domain-admin",
  parameters: { id: required(ref("accounts")) },
  job: { className: "admin.account.DeleteAccountCmd", instance: "Account", showsInstance: true },
  target(call) {
    const { caller, args } = call;
    if (args.id.id === caller.account.id) throw invalid("The account id: cannot delete own account");
    checkAccountAccess(call, args.id.id);
    return args.id;
  },
  queues: (account) => [`account:${account.id}`],
  variant: (account, { tables }) =>
    tables.instances.where("accountId", account.id).length > 0 ? "cleanup" : undefined,
  finish(account, { world }) {
    if (account.removed !== undefined) throw invalid("The specified account does not exist in the system");
    if (account.isDefault) throw failBare(530, `Failed to delete user account and all corresponding users`);
    deleteWithBelongings(world, account);
    return success;
  },
});

const listAccounts = listing({
  name: "listAccounts",
  audience: "user",
  parameters: {
    ...listParameters,
    id: ref("accounts"),
    domainid: ref("domains"),
    isrecursive: boolean,
    listall: boolean,
    name: text,
    accounttype: integer,
    state: text,
  },
  reply: "account",
  rows(call) {
    const { tables, args } = call;
    if (args.id?.removed !== undefined) throw invalid(`Unable to find account by id ${args.id.id}`);
    const visible = visibleAccounts(call);
    return tables.accounts
      .only(args.id)
      .filter(
        (account) =>
          visible.has(account.id) &&
          account.name !== systemAccount &&
          fits(account, { id: args.id?.id, name: args.name, type: args.accounttype }) &&
          (args.state ?? account.state).toLowerCase() === account.state &&
          mentions(args.keyword, account.name),
      );
  },
  render: (account, call) => ({ ...accountFields(account, call), apikeyaccess }),
});

/** Owns what the cloud itself owns, and is never listed. */
const systemAccount = "system";

export const accountCommands: readonly Command[] = [
  createAccount,
  updateAccount,
  disableAccount,
  enableAccount,
  lockAccount,
  deleteAccount,
  listAccounts,
];
