import { fail, invalid } from "../models/errors.ts";
import type { Row } from "../models/table.ts";
import type { Tables } from "../models/tables.ts";
import { type TaggableType, taggable } from "../models/tags.ts";
import { async, type Call, type Command, listing, success } from "./command.ts";
import { ownerFields } from "./owner-fields.ts";
import { keyValues, list, listParameters, map, required, scopeParameters, text } from "./parameters.ts";
import { checkAccountAccess, visibleAccounts } from "./scope.ts";

function typeFrom(name: string): TaggableType {
  const type = (Object.keys(taggable) as TaggableType[]).find((one) => one.toLowerCase() === name.toLowerCase());
  if (!type) throw invalid(`The resource type ${name} doesn't support resource tags`);
  return type;
}

interface Owner {
  readonly accountId: number;
  readonly domainId: number;
}

/** Whose tag it is: the owner of the thing, or the system for things that nobody owns. */
function ownerOf(tables: Tables, type: TaggableType, row: Row): Owner {
  if ("accountId" in row && "domainId" in row) return row as Row & Owner;
  if (type === "Account") return { accountId: row.id, domainId: tables.accounts.need(row.id).domainId };
  if (type === "User") return ownerOf(tables, "Account", tables.accounts.need(tables.users.need(row.id).accountId));
  const list =
    type === "NetworkACL" ? tables.aclLists.get(tables.aclItems.need(row.id).aclId) : tables.aclLists.get(row.id);
  const vpc = type === "NetworkACL" || type === "NetworkACLList" ? tables.vpcs.get(list?.vpcId) : undefined;
  if (vpc) return vpc;
  const volume =
    type === "SnapshotPolicy" ? tables.volumes.get(tables.snapshotPolicies.need(row.id).volumeId) : undefined;
  if (volume) return volume;
  return { accountId: 1, domainId: 1 };
}

/** The things that a call names. @throws {ApiError} 431 for an id that does not exist, 531 for somebody else's thing */
function resolve(call: Pick<Call, "tables" | "caller">, type: TaggableType, ids: readonly string[]): Row[] {
  return ids.map((id) => {
    const row = call.tables[taggable[type]].byUuid(id);
    if (!row || row.removed !== undefined) throw invalid(`Unable to find resource by id ${id} and type ${type}`);
    checkAccountAccess(call, ownerOf(call.tables, type, row).accountId);
    return row;
  });
}

const createTags = async({
  name: "createTags",
  audience: "user",
  parameters: { resourceids: required(list), resourcetype: required(text), tags: required(map) },
  job: { className: "user.tag.CreateTagsCmd" },
  target: () => undefined,
  finish(_target, call) {
    const { tables, args } = call;
    const type = typeFrom(args.resourcetype);
    for (const row of resolve(call, type, args.resourceids)) {
      for (const [key, value] of keyValues(args.tags)) {
        if (value === "") throw invalid(`Value for the key ${key} is either null or empty`);
        const present = tables.tags.where("resourceUuid", row.uuid);
        if (present.some((tag) => tag.key === key && tag.resourceType === type)) {
          throw fail("runtime", `tag ${key} already on ${type} with id ${row.uuid}`);
        }
        const { accountId, domainId } = ownerOf(tables, type, row);
        tables.tags.insert({ resourceType: type, resourceUuid: row.uuid, key, value, accountId, domainId });
      }
    }
    return success;
  },
});

const deleteTags = async({
  name: "deleteTags",
  audience: "user",
  parameters: { resourceids: required(list), resourcetype: required(text), tags: map },
  job: { className: "user.tag.DeleteTagsCmd" },
  target: () => undefined,
  finish(_target, call) {
    const { tables, args } = call;
    const type = typeFrom(args.resourcetype);
    const wanted = args.tags?.map(({ key, value }) => ({ key, value }));
    const doomed = resolve(call, type, args.resourceids)
      .flatMap((row) => tables.tags.where("resourceUuid", row.uuid))
      .filter((tag) => tag.resourceType === type)
      .filter(
        (tag) =>
          wanted?.some(({ key, value }) => tag.key === key && (value === undefined || value === tag.value)) ?? true,
      );
    if (doomed.length === 0) throw invalid("Unable to find any tags which conform to specified delete parameters.");
    for (const tag of doomed) tables.tags.remove(tag);
    return success;
  },
});

const listTags = listing({
  name: "listTags",
  audience: "user",
  parameters: { ...listParameters, ...scopeParameters, resourceid: text, resourcetype: text, key: text, value: text },
  reply: "tag",
  rows(call) {
    const { tables, args } = call;
    const visible = visibleAccounts(call);
    const type = args.resourcetype === undefined ? undefined : typeFrom(args.resourcetype);
    return tables.tags.filter(
      (tag) =>
        visible.has(tag.accountId) &&
        (args.resourceid ?? tag.resourceUuid) === tag.resourceUuid &&
        (type ?? tag.resourceType) === tag.resourceType &&
        (args.key ?? tag.key) === tag.key &&
        (args.value ?? tag.value) === tag.value,
    );
  },
  render: (tag, { tables }) => ({
    key: tag.key,
    value: tag.value,
    resourcetype: tag.resourceType,
    resourceid: tag.resourceUuid,
    ...ownerFields(tables, tag),
  }),
});

export const tagCommands: readonly Command[] = [createTags, deleteTags, listTags];
