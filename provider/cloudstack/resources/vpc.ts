import { cidr, id, text } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import { isObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { owner, tags } from "../fields.ts";
import { type Occupants, removeWhenFree } from "../patience.ts";
import { regularLifecycle } from "../regular.ts";
import { type Description, defineResource, job, rows } from "../resource.ts";
import { markedByTag, taggable } from "../taggable.ts";

const inputs = {
  name: text({ min: 1, doc: "Shown to users." }),
  displayText: text({ optional: true, serverChooses: true, doc: "Longer text for users. Default: the name." }),
  cidr: cidr({ onChange: "replace", doc: "Addresses of all tiers together, for example 10.0.0.0/16." }),
  zoneId: id("infrastructure:Zone", { onChange: "replace" }),
  vpcOfferingId: id("network:VpcOffering", { onChange: "replace" }),
  networkDomain: text({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "DNS suffix of instances. Default: the account's or the zone's.",
  }),
  ...owner,
  tags,
} as const;

const outputs = {
  state: text({ doc: "Enabled or Inactive." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:network:Vpc",
  doc: "A virtual private cloud: a router and the address range that its tiers divide up. Creating it starts the router.",
  inputs,
  outputs,

  api: {
    create: job("createVPC", { answer: "vpc" }),
    read: rows("listVPCs"),
    update: job("updateVPC"),
    delete: job("deleteVPC"),
  },

  leftover: markedByTag,
};
const regular = regularLifecycle(description);

export const vpc = defineResource(
  taggable("Vpc", {
    ...description,

    delete(context, id, state) {
      const remove = () => regular.delete(context, id, state);
      return removeWhenFree(context, "delete cloudstack:network:Vpc", remove, () => tiersOf(context, id));
    },
  }),
);

/** Tiers of the VPC. One that is being removed disappears at the end of its job, without a state in between. */
async function tiersOf(context: Context<Client>, id: string): Promise<Occupants> {
  const row = await context.api.reads.byId("listVPCs", { listall: "true" }, id, context.signal);
  const networks = Array.isArray(row?.network) ? row.network.filter(isObject) : [];
  return { leaving: [], staying: networks.map(({ name, id: tier }) => `network ${name} (${tier})`) };
}
