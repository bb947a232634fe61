import { id, oneOf, type Row, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import { isObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { liveOf, readAgain, readRow, regularLifecycle, send, step } from "../regular.ts";
import { noteRename } from "../renames.ts";
import { call, type Description, defineResource, job, rows } from "../resource.ts";
import { paramsOf } from "../wire.ts";

const types = { user: 0, "root-admin": 1, "domain-admin": 2 } as const;
type AccountType = keyof typeof types;

const inputs = {
  name: text({ min: 1, max: 100, param: "account", from: "name", doc: "Unique within the domain." }),
  domainId: id("identity:Domain", { onChange: "replace" }),
  accountType: oneOf(["user", "domain-admin", "root-admin"], {
    optional: true,
    serverChooses: true,
    onChange: "replace",
    encode: (type) => types[type],
    decode: ({ accounttype }) => (Object.keys(types) as AccountType[]).find((type) => types[type] === accounttype),
    doc: "Kind of account; gives the built-in role of that kind. This or `roleId`.",
  }),
  roleId: id("identity:Role", {
    optional: true,
    serverChooses: true,
    doc: "Role of its users. This or `accountType`.",
  }),
  username: text({
    optional: true,
    serverChooses: true,
    min: 1,
    decode: (row) => textOf(userOf(row).username),
    doc: "Log-in name of its first user. Default: the account's name.",
  }),
  password: text({ min: 1, secret: true, from: false, doc: "Password of its first user. The server never tells it." }),
  email: text({ min: 1, decode: (row) => textOf(userOf(row).email), doc: "E-mail address of its first user." }),
  firstName: text({ min: 1, decode: (row) => textOf(userOf(row).firstname), doc: "First name of its first user." }),
  lastName: text({ min: 1, decode: (row) => textOf(userOf(row).lastname), doc: "Last name of its first user." }),
  networkDomain: text({ optional: true, cleared: "", doc: "DNS suffix of the account's networks." }),
  state: oneOf(["enabled", "disabled", "locked"], {
    default: "enabled",
    param: false,
    from: "state",
    doc: "`locked`: may not start anything new; `disabled`: may do nothing, and its instances are stopped.",
  }),
} as const;

const outputs = {
  accountName: text({
    from: "name",
    changesWith: ["name"],
    doc: "The name, as other resources take it for `account`.",
  }),
  userId: id("identity:User", { decode: (row) => textOf(userOf(row).id), doc: "Id of its first user." }),
} as const;

/** Properties that belong to the account's user and not to the account. */
const userProperties = ["username", "password", "email", "firstName", "lastName"] as const;
const accountProperties = ["name", "roleId", "networkDomain"] as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:identity:Account",
  doc: "An account of a domain with its first user: the owner of instances, networks and volumes. Deleting it deletes everything it owns.",
  inputs,
  outputs,

  api: {
    create: call("createAccount", { answer: "account" }),
    read: rows("listAccounts"),
    update: call("updateAccount", { rename: { account: "newname" } }),
    delete: job("deleteAccount"),
  },

  // createAccount takes an id of our choice.
  leftover: {
    mark: (mark) => ({ accountid: mark.newId() }),
    isOurs: (row, mark) => mark.owns(row.id),
    // Deleting an account deletes all of this along with it.
    isUsed: async (_, { vmtotal, volumetotal, networktotal, vpctotal }) =>
      [vmtotal, volumetotal, networktotal, vpctotal].some((total) => Number(total ?? 0) > 0),
  },
};

export const account = defineResource({
  ...description,

  check: ({ accountType, roleId }) =>
    accountType === undefined && roleId === undefined
      ? [
          {
            path: "accountType",
            reason: 'is required unless `roleId` is given → give one of them, such as accountType: "user"',
          },
        ]
      : [],

  preview: ({ name }) => ({ accountName: name ?? null }),

  planned: noteRename,

  async create(context, given) {
    const live = await regularLifecycle(description).create(context, {
      ...given,
      username: given.username ?? given.name,
    });
    if (given.state === live.values.state) return live;
    await bringTo(context, live.id, given.state, live.values.state);
    return readAgain(context, live.id, await readLive(context, live.id));
  },

  async update(context, accountId, { after, changed }) {
    const row = await readRow(context, rows("listAccounts"), accountId);
    const user = paramsOf(
      inputs,
      after,
      userProperties.filter((name) => changed.has(name)),
    );
    if (row !== undefined && Object.keys(user).length > 0) {
      await send(context, call("updateUser"), { ...user, id: String(userOf(row).id) });
    }
    const own = paramsOf(
      inputs,
      after,
      accountProperties.filter((name) => changed.has(name)),
    );
    if (Object.keys(own).length > 0) {
      // With the domain the server looks whether a new name is taken; without, it lets two accounts have it.
      await send(context, step(description, "update"), { ...own, id: accountId, domainid: after.domainId });
    }
    if (row !== undefined && row.state !== after.state) {
      await bringTo(context, accountId, after.state, row.state);
    }
    return readAgain(context, accountId, await readLive(context, accountId));
  },
});

async function readLive(context: Context<Client>, accountId: string) {
  const row = await readRow(context, rows("listAccounts"), accountId);
  return row === undefined ? undefined : liveOf(description, row);
}

async function bringTo(
  context: Context<Client>,
  accountId: string,
  state: Values<typeof inputs>["state"],
  present: unknown,
): Promise<void> {
  // The server locks only what is enabled.
  if (state === "enabled" || (state === "locked" && present === "disabled")) {
    await send(context, call("enableAccount"), { id: accountId });
  }
  if (state !== "enabled") await send(context, job("disableAccount"), { id: accountId, lock: state === "locked" });
}

/** The first user: the oldest one. */
function userOf(row: Row): Row {
  const users = Array.isArray(row.user) ? row.user.filter(isObject) : [];
  return users.sort((a, b) => String(a.created).localeCompare(String(b.created)))[0] ?? {};
}

function textOf(raw: unknown): string | undefined {
  return typeof raw === "string" && raw !== "" ? raw : undefined;
}
