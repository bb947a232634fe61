import { id, ipv4 } from "../../core/fields.ts";
import { owner, tags } from "../fields.ts";
import { defineResource, job, rows } from "../resource.ts";
import { exactlyOneOf } from "../rules.ts";
import { markedByTag, taggable } from "../taggable.ts";

export const publicIp = defineResource(
  taggable("PublicIpAddress", {
    token: "cloudstack:network:PublicIp",
    doc: "A public address, held for a VPC or an isolated network.",

    inputs: {
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
    },
    outputs: {
      ipAddress: ipv4({ doc: "The address." }),
    },

    check: (inputs) => exactlyOneOf(inputs, "vpcId", "networkId"),
    preview: ({ ipAddress }) => (ipAddress === undefined ? {} : { ipAddress }),

    api: {
      create: job("associateIpAddress", { answer: "ipaddress" }),
      read: rows("listPublicIpAddresses"),
      delete: job("disassociateIpAddress"),
    },

    // The VPC's source NAT address is nobody's leftover, nor one that leads somewhere.
    leftover: {
      ...markedByTag,
      isEqual: (row, { vpcId, networkId, ipAddress = row.ipaddress }) =>
        row.issourcenat !== true &&
        row.isstaticnat !== true &&
        row.ipaddress === ipAddress &&
        (vpcId === undefined ? row.associatednetworkid === networkId : row.vpcid === vpcId),
    },
  }),
);
