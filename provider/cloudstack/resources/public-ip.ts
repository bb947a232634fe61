import { id, ipv4, type Row } from "../../core/fields.ts";
import type { PlainObject } from "../../core/values.ts";
import { owner, tags } from "../fields.ts";
import { liveOf, readRow, regularLifecycle } from "../regular.ts";
import { type Description, defineResource, job, rows } from "../resource.ts";
import { exactlyOneOf } from "../rules.ts";
import { markedByTag, taggable } from "../taggable.ts";

const addresses = rows("listPublicIpAddresses");

const inputs = {
  vpcId: id("network:Vpc", { optional: true, onChange: "replace", doc: "Id of the VPC; else `networkId`." }),
  networkId: id("network:Network", {
    optional: true,
    onChange: "replace",
    // In answers `networkid` is the public network that the address is taken from, and an address of a VPC that serves a
    // tier is associated with that tier as well.
    decode: ({ vpcid, associatednetworkid: network }) =>
      vpcid === undefined && network !== undefined ? String(network) : undefined,
    doc: "Id of the isolated network; else `vpcId`.",
  }),
  zoneId: id("infrastructure:Zone", { optional: true, serverChooses: true, onChange: "replace" }),
  ipAddress: ipv4({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "This very address. Default: any free one.",
  }),
  ...owner,
  tags,
} as const;

const outputs = {
  ipAddress: ipv4({ doc: "The address." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:network:PublicIp",
  doc: "A public address, held for a VPC or an isolated network.",
  inputs,
  outputs,
  check: (given) => exactlyOneOf(given, "vpcId", "networkId"),
  preview: ({ ipAddress }) => (ipAddress === undefined ? {} : { ipAddress }),

  api: {
    create: job("associateIpAddress", { answer: "ipaddress" }),
    read: addresses,
    delete: job("disassociateIpAddress"),
  },

  leftover: {
    // Tags stay on an address that went with its VPC (VpcManagerImpl.cleanupVpcResources), for whoever takes it next.
    isOurs: (row, mark, given) => isHeldFor(row, given) && markedByTag.isOurs?.(row, mark, given) === true,
    // The VPC's source NAT address is nobody's leftover, nor one that leads somewhere.
    isEqual: (row, given) =>
      row.issourcenat !== true &&
      row.isstaticnat !== true &&
      row.hasrules !== true &&
      (given.ipAddress === undefined || row.ipaddress === given.ipAddress) &&
      isHeldFor(row, given),
  },
};
const regular = regularLifecycle(description);

export const publicIp = defineResource(
  taggable("PublicIpAddress", {
    ...description,

    async read(context, id, known) {
      const row = await readRow(context, addresses, id);
      return row === undefined || !isHeldFor(row, known) ? undefined : liveOf(description, row);
    },

    async delete(context, id, state) {
      const row = await context.api.reads.byId(addresses.command, { listall: "true" }, id, context.signal);
      if (row === undefined || isHeldFor(row, state)) return regular.delete(context, id, state);
      context.log("info", `${id} was released and is held for somebody else by now: left alone`);
    },
  }),
);

/**
 * Whether the address is held for this VPC or network; where neither is known, it may be. An address keeps its id for ever: once
 * released, the same id is the next holder's (IPAddressDaoImpl.unassignIpAddress).
 */
function isHeldFor(row: Row, { vpcId, networkId }: PlainObject): boolean {
  if (vpcId !== undefined) return row.vpcid === vpcId;
  return networkId === undefined || (row.vpcid === undefined && row.associatednetworkid === networkId);
}
