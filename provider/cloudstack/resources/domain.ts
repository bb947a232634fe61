import { id, type Row, text } from "../../core/fields.ts";
import { isMarked } from "../../core/mark.ts";
import type { PlanContext } from "../../core/resource.ts";
import type { PlainObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { nameTaken } from "../leftover.ts";
import { call, defineResource, rows } from "../resource.ts";
import { deleteWhenEmpty } from "../settle.ts";

export const domain = defineResource({
  token: "cloudstack:identity:Domain",
  doc: "A branch of the tree of tenants. Accounts, limits and offerings belong to a domain. Only an empty domain can be deleted.",

  inputs: {
    name: text({ min: 1, doc: "Unique within the parent domain." }),
    parentDomainId: id("identity:Domain", {
      optional: true,
      serverChooses: true,
      onChange: "replace",
      doc: "Id of the parent domain. Default: ROOT.",
    }),
    networkDomain: text({ optional: true, cleared: "", doc: "DNS suffix of the networks of this domain." }),
  },
  outputs: {
    path: text({ changesWith: ["name"], doc: "Path from the root, such as ROOT/city." }),
    // createDomain does not tell the state: a new domain is active.
    state: text({
      decode: (row) => String(row.state ?? "Active"),
      doc: "Active, or Inactive while it is being removed.",
    }),
  },

  api: {
    create: call("createDomain", { answer: "domain" }),
    read: rows("listDomains"),
    update: call("updateDomain"),
  },

  // createDomain takes an id of our choice.
  leftover: { mark: (mark) => ({ domainid: mark.newId() }), isOurs: (row, mark) => mark.owns(row.id) },

  foresee: needFreeName,

  delete: deleteWhenEmpty,
});

/** A domain's name is the first that two platforms of one name quarrel about, and the last thing that should be half made. */
async function needFreeName(context: PlanContext<Client>, { name, parentDomainId }: PlainObject): Promise<void> {
  if (typeof name !== "string" || (parentDomainId !== undefined && typeof parentDomainId !== "string")) return;
  const rows = (await context.api.reads.cached("listDomains", { listall: "true" })) ?? [];
  const isHere = (row: Row) => (parentDomainId === undefined ? row.level === 1 : row.parentdomainid === parentDomainId);
  const other = rows.find((row) => row.name === name && isHere(row) && !context.mark.owns(row.id));
  if (other === undefined || context.isManaged(String(other.id))) return;
  const whose = isMarked(other.id) ? "carries the mark of another stack's resource" : "was not made by this stack";
  throw nameTaken(context.urn, name, `the domain ${other.path} (${other.id}) exists already and ${whose}`);
}
