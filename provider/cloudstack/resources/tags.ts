import { list, map, oneOf, text } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { isCloudStackError } from "../client/errors.ts";
import { word } from "../fields.ts";
import { defineResource } from "../resource.ts";
import { presentTags, retag } from "../taggable.ts";

type TagMap = Record<string, string>;

/** What the server calls the kinds of things that can be tagged (server: ResourceTag.ResourceObjectType). */
const kinds = [
  "UserVm",
  "Template",
  "ISO",
  "Volume",
  "Snapshot",
  "Backup",
  "Network",
  "LoadBalancer",
  "PortForwardingRule",
  "FirewallRule",
  "SecurityGroup",
  "PublicIpAddress",
  "Project",
  "Account",
  "Vpc",
  "NetworkACL",
  "StaticRoute",
  "VMSnapshot",
  "RemoteAccessVpn",
  "User",
  "SnapshotPolicy",
  "VpcOffering",
] as const;

export const resourceTags = defineResource({
  token: "cloudstack:management:Tags",
  doc: "Tags on things that were made elsewhere. What this program makes takes `tags` itself. Tags with other names are left alone.",
  deleteBeforeReplace: true,

  inputs: {
    resourceType: oneOf(kinds, { onChange: "replace", doc: "Kind of the things." }),
    resourceIds: list(word(), { set: true, min: 1, onChange: "replace", doc: "Their ids." }),
    tags: map(text({ min: 1 }), { doc: "Tags: name to value." }),
  },
  outputs: {},

  async create(context, { resourceType, resourceIds, tags }) {
    const id = `${resourceType}/${[...resourceIds].sort().join(",")}`;
    context.created(id, { resourceType, resourceIds, tags: {} });
    for (const [thing, present] of await tagsOf(context, id))
      await retag(context, resourceType, thing, owned(present, tags), tags);
    return live(id, tags);
  },

  async read(context, id, known) {
    const wanted = known.tags as TagMap | undefined;
    const all = [...(await tagsOf(context, id)).values()];
    // One value counts if all things have it; a tag that one of them lost is lost.
    const common = Object.entries(all[0] ?? {}).filter(([key, value]) => all.every((tags) => tags[key] === value));
    const managed = common.filter(([key]) => wanted === undefined || key in wanted);
    return managed.length === 0 ? undefined : live(id, Object.fromEntries(managed));
  },

  async update(context, id, { before, after }) {
    for (const [thing, present] of await tagsOf(context, id)) {
      await retag(context, after.resourceType, thing, owned(present, { ...before.tags, ...after.tags }), after.tags);
    }
    return live(id, after.tags);
  },

  async delete(context, id, { resourceType, tags }) {
    for (const [thing, present] of await tagsOf(context, id)) {
      await retagUnlessGone(context, String(resourceType), thing, owned(present, tags as TagMap));
    }
  },
});

async function retagUnlessGone(context: Context<Client>, type: string, thing: string, present: TagMap): Promise<void> {
  try {
    await retag(context, type, thing, present, {});
  } catch (error) {
    if (!isCloudStackError(error, "not-found")) throw error;
  }
}

function owned(present: TagMap, names: TagMap): TagMap {
  return Object.fromEntries(Object.entries(present).filter(([key]) => key in names));
}

/** `Kind/id,id`. */
function partsOf(id: string): { resourceType: string; resourceIds: string[] } {
  const slash = id.indexOf("/");
  return { resourceType: id.slice(0, slash), resourceIds: id.slice(slash + 1).split(",") };
}

function live(id: string, tags: TagMap): Live {
  return { id, values: { ...partsOf(id), tags } };
}

/** The tags of each thing, by its id. */
async function tagsOf(context: Context<Client>, id: string): Promise<Map<string, TagMap>> {
  const { resourceType, resourceIds } = partsOf(id);
  const entries = resourceIds.map(async (thing) => [thing, await presentTags(context, resourceType, thing)] as const);
  return new Map(await Promise.all(entries));
}
