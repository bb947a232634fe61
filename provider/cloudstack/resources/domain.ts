import { id, text } from "../../core/fields.ts";
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

  delete: deleteWhenEmpty,
});
