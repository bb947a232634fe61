import { ApiError } from "./errors.ts";
import type { Account } from "./identity.ts";
import { expunge } from "./instances.ts";
import { checkRemovable, removeNetwork } from "./networks.ts";
import { removeVpc } from "./vpcs.ts";
import type { World } from "./world.ts";

/**
 * Deletes an account with all that it owns (`AccountManagerImpl.deleteAccount`). The account is gone in any case; when
 * something it owns cannot go, it stays marked for a clean-up and holds its domain. Returns whether nothing is left.
 */
export function deleteAccount(world: World, account: Account): boolean {
  const { tables } = world;
  for (const user of tables.users.where("accountId", account.id)) tables.users.remove(user);
  tables.accounts.remove(account);
  const isClean = removeBelongings(world, account);
  tables.accounts.update(account, { needsCleanup: isClean ? undefined : true });
  return isClean;
}

/** Deleted accounts of a domain that still own something. */
export function uncleanAccounts({ tables }: World, domainId: number): Account[] {
  return [...tables.accounts.every()].filter(
    (account) => account.domainId === domainId && account.needsCleanup === true,
  );
}

function removeBelongings(world: World, { id }: Account): boolean {
  const { tables } = world;
  for (const instance of tables.instances.where("accountId", id)) {
    // An instance in Error stays until its expunge delay is over, and keeps its network with it (recording 12).
    if (instance.state !== "Error") expunge(world, instance);
  }
  for (const volume of tables.volumes.where("accountId", id)) tables.volumes.remove(volume);
  for (const group of tables.affinityGroups.where("accountId", id)) tables.affinityGroups.remove(group);
  const networksGone = tables.networks.where("accountId", id).map((network) =>
    tryTo(() => {
      checkRemovable(world, network);
      removeNetwork(world, network);
    }),
  );
  const vpcsGone = tables.vpcs.where("accountId", id).map((vpc) => {
    if (tables.networks.where("vpcId", vpc.id).length > 0) return false;
    removeVpc(world, vpc);
    return true;
  });
  for (const ip of tables.publicIps.where("accountId", id)) if (!ip.sourceNat) tables.publicIps.remove(ip);
  for (const template of tables.templates.where("accountId", id)) tables.templates.remove(template);
  for (const data of tables.userData.where("accountId", id)) tables.userData.remove(data);
  for (const pair of tables.keyPairs.where("accountId", id)) tables.keyPairs.remove(pair);
  for (const tag of tables.tags.where("accountId", id)) tables.tags.remove(tag);
  for (const limit of tables.resourceLimits.where("ownerId", id)) {
    if (limit.ownerType === "account") tables.resourceLimits.remove(limit);
  }
  return tables.instances.where("accountId", id).length === 0 && [...networksGone, ...vpcsGone].every(Boolean);
}

/** Whether it went through; what the API would refuse is left as it is. */
function tryTo(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
