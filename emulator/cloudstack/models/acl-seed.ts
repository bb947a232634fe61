import { stableUuid } from "./random.ts";
import { seededAt } from "./seeding.ts";
import type { World } from "./world.ts";

const lists = [
  { name: "default_deny", description: "Default Network ACL Deny All", action: "Deny" },
  { name: "default_allow", description: "Default Network ACL Allow All", action: "Allow" },
] as const;

/** The two built-in ACL lists, each with a rule for both directions. */
export function seedAcls({ tables }: World): void {
  const created = seededAt;
  for (const { name, description, action } of lists) {
    const list = tables.aclLists.insert({ uuid: stableUuid(`acl/${name}`), created, name, description, builtIn: true });
    for (const [index, trafficType] of (["Ingress", "Egress"] as const).entries()) {
      const uuid = stableUuid(`acl/${name}/${trafficType}`);
      const rule = { aclId: list.id, number: index + 1, action, trafficType, protocol: "all", cidrs: ["0.0.0.0/0"] };
      tables.aclItems.insert({ uuid, created, ...rule });
    }
  }
}
