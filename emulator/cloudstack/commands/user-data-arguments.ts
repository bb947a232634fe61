import type { KeyPair, UserData } from "../models/credentials.ts";
import { fail, invalid } from "../models/errors.ts";
import type { Account } from "../models/identity.ts";
import type { Tables } from "../models/tables.ts";
import { checkedUserData } from "../models/user-data.ts";
import { defined } from "../models/values.ts";
import type { World } from "../models/world.ts";
import { flattened, map, ref, text } from "./parameters.ts";

export const userDataParameters = { userdata: text, userdataid: ref("userData"), userdatadetails: map };

interface UserDataArguments {
  readonly userdata?: string | undefined;
  readonly userdataid?: UserData | undefined;
  readonly userdatadetails?: readonly Readonly<Record<string, string>>[] | undefined;
}

/** What a call says about user data, as fields of an instance; an empty text says nothing. @throws {ApiError} 431 or 531 */
export function userDataFrom(
  world: World,
  { userdata: sent, userdataid, userdatadetails }: UserDataArguments,
  owner: Account,
) {
  const userdata = sent === "" ? undefined : sent;
  if (userdata !== undefined && userdataid !== undefined) {
    throw invalid("Both userdata and userdata ID inputs are not allowed, please provide only one");
  }
  const given = userdata === undefined ? undefined : checkedUserData(world, userdata);
  if (userdataid?.removed !== undefined) throw invalid(`Unable to find userdata with id ${userdataid.uuid}`);
  if (userdataid !== undefined && userdataid.accountId !== owner.id) {
    throw fail("permission-denied", `Userdata ${userdataid.uuid} does not belong to the VM's account`);
  }
  return defined({
    userData: given ?? userdataid?.userData,
    userDataId: userdataid?.id,
    userDataDetails: userdatadetails && flattened(userdatadetails),
  });
}

/** The key pairs of these names that belong to the account. @throws {ApiError} 431 when one does not exist. */
export function keyPairsNamed(tables: Tables, owner: Account, names: readonly string[]): KeyPair[] {
  const pairs = tables.keyPairs.where("accountId", owner.id).filter(({ name }) => names.includes(name));
  if (pairs.length !== names.length) throw invalid("Not all specified keyparis exist");
  return pairs;
}
