import { id, ipv4, type Row } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import type { Plain, PlainObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { liveOf, readAgain, readRow } from "../regular.ts";
import { type Description, defineResource, rows } from "../resource.ts";

const inputs = {
  publicIpId: id("network:PublicIp", { onChange: "replace", param: "ipaddressid", from: "id" }),
  instanceId: id("compute:Instance", { onChange: "replace", param: "virtualmachineid" }),
  networkId: id("network:Network", {
    onChange: "replace",
    from: "associatednetworkid",
    doc: "Id of the network of the instance's leg that the address leads to.",
  }),
  vmGuestIp: ipv4({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    from: "vmipaddress",
    doc: "Address of that leg. Default: its first one.",
  }),
} as const;

const outputs = {
  ipAddress: ipv4({ doc: "The public address." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:network:StaticNat",
  doc: "Leads all traffic of a public address to one instance and back. Its id is the public address's.",
  deleteBeforeReplace: true,
  inputs,
  outputs,

  async create(context, { publicIpId, instanceId, networkId, vmGuestIp }) {
    const { api, signal } = context;
    const parameters = {
      ipaddressid: publicIpId,
      virtualmachineid: instanceId,
      networkid: networkId,
      vmguestip: vmGuestIp,
    };
    try {
      await api.call("enableStaticNat", parameters, { signal });
    } catch (error) {
      // Enabled by an earlier run, or by a request whose answer was lost: what counts is where the address leads.
      const row = await api.reads.byId("listPublicIpAddresses", { listall: "true" }, publicIpId, signal);
      if (row?.isstaticnat !== true || row.virtualmachineid !== instanceId) throw error;
    }
    context.created(publicIpId);
    return readAgain(context, publicIpId, await read(context, publicIpId));
  },

  read,

  async delete(context, id, { networkId }) {
    const { api, signal } = context;
    const now = () => api.reads.byId("listPublicIpAddresses", { listall: "true" }, id, signal);
    if (!(await isOurs(context, await now(), networkId))) return;
    try {
      await api.job("disableStaticNat", { ipaddressid: id }, { signal });
    } catch (error) {
      if ((await now())?.isstaticnat === true) throw error;
    }
  },
};

/** An address whose static NAT was taken away is still there; the static NAT is not. */
async function read(context: Context<Client>, id: string, { networkId }: PlainObject = {}): Promise<Live | undefined> {
  const row = await readRow(context, rows("listPublicIpAddresses"), id);
  return row !== undefined && (await isOurs(context, row, networkId)) ? liveOf(description, row) : undefined;
}

/**
 * Whether the address leads into the known network, or into another tier of its VPC, to which it can be led by hand. One that was
 * released is somebody else's by now, under the same id.
 */
async function isOurs(context: Context<Client>, row: Row | undefined, networkId: Plain | undefined): Promise<boolean> {
  if (row?.isstaticnat !== true) return false;
  if (networkId === undefined || row.associatednetworkid === networkId) return true;
  const network = await context.api.read("listNetworks", { listall: true }, String(networkId), context);
  return row.vpcid !== undefined && row.vpcid === network?.vpcid;
}

export const staticNat = defineResource(description);
