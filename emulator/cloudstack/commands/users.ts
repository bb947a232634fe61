import { invalid } from "../models/errors.ts";
import type { User } from "../models/identity.ts";
import { newKeys } from "../models/identity-seed.ts";
import { defined } from "../models/values.ts";
import { userFields } from "./account-fields.ts";
import { type Call, type Command, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { listParameters, ref, required, scopeParameters, text } from "./parameters.ts";
import { activeAccount, checkAccountAccess, visibleAccounts } from "./scope.ts";

/** The user if it is there and the caller may act on it. */
function existing(call: Pick<Call, "tables" | "caller">, user: User): User {
  if (user.removed !== undefined) throw invalid(`Unable to find user by id ${user.id}`);
  checkAccountAccess(call, user.accountId);
  return user;
}

const createUser = sync({
  name: "createUser",
  audience: "domain-admin",
  parameters: {
    account: required(text),
    domainid: ref("domains"),
    username: required(text),
    password: required(text),
    firstname: required(text),
    lastname: required(text),
    email: required(text),
    timezone: text,
    userid: text,
  },
  reply: "user",
  run(call) {
    const { tables, caller, args } = call;
    const domain = args.domainid ?? caller.domain;
    const account = activeAccount(tables, args.account, domain);
    if (!account) throw invalid(`Unable to find account ${args.account} in domain id=${domain.id} to create user`);
    checkAccountAccess(call, account.id);
    const taken = tables.users.where("username", args.username);
    if (taken.some((user) => tables.accounts.need(user.accountId).domainId === domain.id)) {
      throw invalid(`The user ${args.username} already exists in domain ${domain.id}`);
    }
    const user = tables.users.insert({
      accountId: account.id,
      username: args.username,
      firstname: args.firstname,
      lastname: args.lastname,
      email: args.email,
      state: "enabled",
      isDefault: false,
      ...defined({ uuid: args.userid, timezone: args.timezone }),
    });
    return userFields(user, call);
  },
});

const updateUser = sync({
  name: "updateUser",
  audience: "user",
  parameters: {
    id: required(ref("users")),
    username: text,
    firstname: text,
    lastname: text,
    email: text,
    timezone: text,
    password: text,
    currentpassword: text,
    userapikey: text,
    usersecretkey: text,
  },
  reply: "user",
  run(call) {
    const { tables, args } = call;
    const user = existing(call, args.id);
    if ((args.userapikey === undefined) !== (args.usersecretkey === undefined)) {
      throw invalid("Please provide a userApiKey/userSecretKey pair");
    }
    const { username, firstname, lastname, email, timezone, userapikey: apiKey, usersecretkey: secretKey } = args;
    tables.users.update(user, defined({ username, firstname, lastname, email, timezone, apiKey, secretKey }));
    return userFields(user, call);
  },
});

const deleteUser = sync({
  name: "deleteUser",
  audience: "domain-admin",
  parameters: { id: required(ref("users")) },
  run(call) {
    const user = existing(call, call.args.id);
    if (user.isDefault) throw invalid("The user is default and can't be removed");
    call.tables.users.remove(user);
    return success;
  },
});

const listUsers = listing({
  name: "listUsers",
  audience: "user",
  parameters: { ...listParameters, ...scopeParameters, id: ref("users"), username: text, state: text },
  reply: "user",
  rows(call) {
    const { tables, args } = call;
    const visible = visibleAccounts(call);
    return tables.users
      .only(args.id)
      .filter(
        (user) =>
          visible.has(user.accountId) &&
          fits(user, { id: args.id?.id, username: args.username, state: args.state }) &&
          mentions(args.keyword, user.username, user.firstname, user.lastname, user.email),
      );
  },
  render: userFields,
});

const registerUserKeys = sync({
  name: "registerUserKeys",
  audience: "user",
  parameters: { id: required(ref("users")) },
  reply: "userkeys",
  run(call) {
    const user = existing(call, call.args.id);
    const { apiKey, secretKey } = newKeys(call.world.random);
    call.tables.users.update(user, { apiKey, secretKey });
    return { apikey: apiKey, secretkey: secretKey };
  },
});

const getUserKeys = sync({
  name: "getUserKeys",
  audience: "user",
  parameters: { id: required(ref("users")) },
  reply: "userkeys",
  run(call) {
    const { apiKey, secretKey } = existing(call, call.args.id);
    return { apikey: apiKey, secretkey: secretKey };
  },
});

export const userCommands: readonly Command[] = [
  createUser,
  updateUser,
  deleteUser,
  listUsers,
  registerUserKeys,
  getUserKeys,
];
