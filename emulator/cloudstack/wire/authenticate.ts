import type { Caller } from "../commands/command.ts";
import { unauthorized } from "../models/errors.ts";
import { accountTypes } from "../models/identity.ts";
import type { World } from "../models/world.ts";
import { isSignedBy, type SignatureAlgorithm } from "./signature.ts";

/** Who signed these parameters. @throws {ApiError} 401 for a missing, wrong or expired signature and for disabled users. */
export function authenticate(
  world: World,
  parameters: ReadonlyMap<string, string>,
  algorithms: readonly SignatureAlgorithm[],
): Caller {
  const named = new Map([...parameters].map(([name, value]) => [name.toLowerCase(), value]));
  const [user] = world.tables.users.where("apiKey", named.get("apikey") ?? "");
  const signature = named.get("signature");
  if (!user?.secretKey || !signature) throw unauthorized();
  if (named.get("signatureversion") === "3" && !isCurrent(named.get("expires"), world.clock.now()))
    throw unauthorized();
  if (!isSignedBy(parameters, signature, user.secretKey, algorithms)) throw unauthorized();
  const account = world.tables.accounts.need(user.accountId);
  if (user.state !== "enabled" || account.state !== "enabled" || account.removed !== undefined) throw unauthorized();
  return {
    user,
    account,
    domain: world.tables.domains.need(account.domainId),
    role: world.tables.roles.need(account.roleId),
    isRootAdmin: account.type === accountTypes.admin,
  };
}

function isCurrent(expires: string | undefined, now: number): boolean {
  const at = Date.parse((expires ?? "").replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return !Number.isNaN(at) && at >= now;
}
