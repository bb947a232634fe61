import { formatDate } from "../models/clock.ts";
import { shownPath } from "../models/domains.ts";
import type { Account, User } from "../models/identity.ts";
import { accountLimit, unlimited } from "../models/limits.ts";
import { isStorage, type ResourceType } from "../models/resource-types.ts";
import { usageOf } from "../models/usage.ts";
import type { World } from "../models/world.ts";
import type { Call, JsonObject } from "./command.ts";
import { pendingJobFields } from "./pending-job.ts";
import { unlimitedText, usageFields, usageOrder } from "./usage-fields.ts";

const gib = 2 ** 30;

/** An account with its limits, its use and its users. */
export function accountFields(account: Account, call: Pick<Call, "world" | "tables">): JsonObject {
  const { tables, world } = call;
  const domain = tables.domains.need(account.domainId);
  const role = tables.roles.need(account.roleId);
  const instances = tables.instances.where("accountId", account.id);
  const inState = (state: string) => instances.filter((instance) => instance.state === state).length;
  return {
    id: account.uuid,
    name: account.name,
    accounttype: account.type,
    roleid: role.uuid,
    roletype: role.type,
    rolename: role.name,
    domainid: domain.uuid,
    domain: domain.name,
    domainpath: shownPath(domain),
    ...Object.assign({}, ...usageOrder(world).map((type) => typeFields(world, account, type))),
    vmstopped: inState("Stopped"),
    vmrunning: inState("Running"),
    state: account.state,
    created: formatDate(account.created),
    networkdomain: account.networkDomain,
    accountdetails: account.details,
    user: tables.users.where("accountId", account.id).map((user) => userFields(user, call)),
    isdefault: account.isDefault,
    groups: [],
    ...pendingJobFields(tables, "Account", account),
  };
}

function typeFields(world: World, account: Account, type: ResourceType): JsonObject {
  const limit = accountLimit(world, account, type);
  const unit = isStorage(type) ? gib : 1;
  const used = usageOf(world, account.id, type) / unit;
  const total = type === "secondary_storage" ? used : Math.floor(used);
  if (limit === unlimited) return usageFields(type, unlimitedText, total, unlimitedText);
  const available = limit / unit - total;
  // Secondary storage is a floating-point number there: 400 shows as 400.0.
  const text = type === "secondary_storage" && Number.isInteger(available) ? available.toFixed(1) : String(available);
  return usageFields(type, String(limit / unit), total, text);
}

/** A user, without secrets. */
export function userFields(user: User, { tables }: Pick<Call, "tables">): JsonObject {
  const account = tables.accounts.need(user.accountId);
  const domain = tables.domains.need(account.domainId);
  const role = tables.roles.need(account.roleId);
  return {
    id: user.uuid,
    username: user.username,
    firstname: user.firstname,
    lastname: user.lastname,
    email: user.email,
    created: formatDate(user.created),
    state: user.state,
    account: account.name,
    accounttype: account.type,
    usersource: "native",
    roleid: role.uuid,
    roletype: role.type,
    rolename: role.name,
    domainid: domain.uuid,
    domain: domain.name,
    timezone: user.timezone,
    apikey: user.apiKey,
    accountid: account.uuid,
    iscallerchilddomain: false,
    isdefault: user.isDefault,
    is2faenabled: false,
    is2famandated: false,
  };
}
