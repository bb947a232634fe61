import type { Row } from "../models/table.ts";
import type { Tables } from "../models/tables.ts";
import type { TaggableType } from "../models/tags.ts";
import { domainFields } from "./owner-fields.ts";
import { keyValues } from "./parameters.ts";

/** The tags of a thing as its answer shows them. */
export function tagFields(tables: Tables, type: TaggableType, { uuid }: Row) {
  return tagsOf(tables, type, uuid).map((tag) => {
    const { domainid, domain } = domainFields(tables, tag.domainId);
    return {
      key: tag.key,
      value: tag.value,
      resourcetype: type,
      resourceid: uuid,
      account: tables.accounts.need(tag.accountId).name,
      domainid,
      domain,
    };
  });
}

/** Whether a thing carries one of these tags, as a list's `tags` filter asks; no filter fits everything. */
export function hasTags(
  tables: Tables,
  type: TaggableType,
  { uuid }: Row,
  filter: readonly Readonly<Record<string, string>>[] | undefined,
): boolean {
  if (!filter) return true;
  const tags = tagsOf(tables, type, uuid);
  return keyValues(filter).some(([key, value]) => tags.some((tag) => tag.key === key && tag.value === value));
}

function tagsOf(tables: Tables, type: TaggableType, uuid: string) {
  return tables.tags.where("resourceUuid", uuid).filter((tag) => tag.resourceType === type);
}
