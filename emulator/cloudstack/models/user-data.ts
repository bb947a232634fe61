import { invalid } from "./errors.ts";
import { settingValue } from "./settings.ts";
import type { World } from "./world.ts";

/** What `UserDataManagerImpl` makes of user data: Base64 in either alphabet, padded, within `vm.userdata.max.length`. @throws {ApiError} 431 */
export function checkedUserData(world: World, text: string): string {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text.replace(/\s/g, ""))) throw invalid("User data is not base64 encoded");
  const longest = Number(settingValue(world, "vm.userdata.max.length"));
  if (text.length > longest) throw invalid(`User data has exceeded configurable max length : ${longest}`);
  const decoded = Buffer.from(text, "base64");
  if (decoded.length === 0) throw invalid("User data is too short");
  return decoded.toString("base64");
}
