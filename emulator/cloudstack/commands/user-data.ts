import type { UserData } from "../models/credentials.ts";
import { fail, invalid } from "../models/errors.ts";
import { checkedUserData } from "../models/user-data.ts";
import { defined } from "../models/values.ts";
import { type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { ownerFields } from "./owner-fields.ts";
import { listParameters, ownerParameters, ref, required, scopeParameters, text } from "./parameters.ts";
import { checkAccountAccess, ownerOf, visibleAccounts } from "./scope.ts";

function render(data: UserData, { tables }: Call): JsonObject {
  return {
    id: data.uuid,
    name: data.name,
    ...ownerFields(tables, data),
    userdata: data.userData,
    params: data.params,
    hasannotations: false,
  };
}

const registerUserData = sync({
  name: "registerUserData",
  audience: "user",
  parameters: { ...ownerParameters, name: required(text), userdata: required(text), params: text },
  reply: "userdata",
  run(call) {
    const { tables, args } = call;
    const owner = ownerOf(call);
    const own = tables.userData.where("accountId", owner.id);
    if (own.some((data) => data.name === args.name)) {
      throw invalid(`A userdata with name '${args.name}' already exists.`);
    }
    const userData = checkedUserData(call.world, args.userdata);
    const same = own.find((data) => data.userData === userData);
    if (same) throw invalid(`Userdata ${same.name} with same content already exists for this account.`);
    const data = tables.userData.insert({
      name: args.name,
      accountId: owner.id,
      domainId: owner.domainId,
      userData,
      ...defined({ params: args.params }),
    });
    return render(data, call);
  },
});

const deleteUserData = sync({
  name: "deleteUserData",
  audience: "user",
  parameters: { ...ownerParameters, id: required(ref("userData")) },
  run(call) {
    const { tables, args } = call;
    const data = args.id;
    if (data.removed !== undefined) throw invalid(`A userdata with ID '${data.id}' does not exist`);
    checkAccountAccess(call, data.accountId);
    const isUsed = tables.instances.find((instance) => instance.userDataId === data.id) !== undefined;
    if (isUsed) throw fail("runtime", `Userdata ${data.name} cannot be removed as it is being used by some VMs`);
    tables.userData.remove(data);
    return success;
  },
});

const listUserData = listing({
  name: "listUserData",
  audience: "user",
  parameters: { ...listParameters, ...scopeParameters, id: ref("userData"), name: text },
  reply: "userdata",
  rows(call) {
    const { tables, args } = call;
    const visible = visibleAccounts(call);
    return tables.userData
      .only(args.id)
      .filter(
        (data) =>
          visible.has(data.accountId) &&
          fits(data, { id: args.id?.id, name: args.name }) &&
          mentions(args.keyword, data.name),
      );
  },
  render,
});

export const userDataCommands: readonly Command[] = [registerUserData, deleteUserData, listUserData];
