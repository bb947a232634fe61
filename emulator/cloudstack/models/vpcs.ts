import { removeAclList } from "./acls.ts";
import type { Vpc } from "./network.ts";
import { removeRouter, routerOf } from "./routers.ts";
import type { World } from "./world.ts";

/** Takes a VPC without tiers away, with its router, its addresses and its ACL lists. */
export function removeVpc(world: World, vpc: Vpc): void {
  const { tables } = world;
  const router = routerOf(world, { vpcId: vpc.id });
  if (router !== undefined) removeRouter(world, router);
  for (const ip of tables.publicIps.where("vpcId", vpc.id)) tables.publicIps.remove(ip);
  for (const list of tables.aclLists.where("vpcId", vpc.id)) removeAclList(tables, list);
  tables.vpcs.remove(vpc);
}
