import { id, list, map, text, type Values } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import type { Client, Row } from "../client/client.ts";
import { apply } from "../hostdevice/apply.ts";
import { assignedTo, devicesOfHost } from "../hostdevice/devices.ts";
import { heldByGone, release } from "../hostdevice/release.ts";
import { configuredIn } from "../hostdevice/xml.ts";
import { listing } from "../instance/change.ts";
import { canonicalPci, pciFormat } from "../pci.ts";
import { readAgain } from "../regular.ts";
import { type Description, defineResource } from "../resource.ts";

const inputs = {
  instanceId: id("compute:Instance", { onChange: "replace" }),
  hostId: id("infrastructure:Host", {
    onChange: "replace",
    doc: "Id of the host whose devices they are. The instance is started there, by this provider also after later changes.",
  }),
  busAddresses: list(text({ format: pciFormat }), {
    set: true,
    min: 1,
    onChange: "stops",
    doc: "PCI addresses of the devices on the host.",
  }),
} as const;

const outputs = {
  configKeys: map(text({}), {
    changesWith: ["busAddresses"],
    doc: "Address of each device to the detail of the instance that passes it through.",
  }),
  owner: text({
    optional: true,
    from: false,
    doc: "What the server calls the instance in its allocations; needed to release devices of an instance that is gone.",
  }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:gpu:HostDevice",
  doc:
    "PCI devices of a host, given to an instance whole: the way of ABLESTACK Mold, which has no GPU offerings. The instance is " +
    "stopped for it, and started again on that host. When a step fails, everything is taken back. Limits do not count such devices, " +
    "and an instance that has one cannot move to another host nor have snapshots of its memory. One of these for an instance.",
  deleteBeforeReplace: true,
  inputs,
  outputs,

  async create(context, { instanceId, hostId, busAddresses }) {
    const addresses = busAddresses.map(canonicalPci);
    await apply(context, { instanceId, hostId, addresses }, []);
    const id = `${instanceId}/${hostId}`;
    context.created(id, { instanceId, hostId, busAddresses });
    return ownerOf(context, readAgain(context, id, await read(context, id)));
  },

  read,

  async update(context, id, { before, after }) {
    const addresses = after.busAddresses.map(canonicalPci);
    await apply(context, { ...after, addresses }, before.busAddresses.map(canonicalPci));
    return ownerOf(context, readAgain(context, id, await read(context, id)));
  },

  async delete(context, id, { busAddresses, owner }) {
    const { instanceId, hostId } = partsOf(id);
    const before = ((busAddresses ?? []) as Values<typeof inputs>["busAddresses"]).map(canonicalPci);
    const row = await context.api.reads.byId(listing.command, listing.scope, instanceId, context.signal);
    if (isThere(row)) await apply(context, { instanceId, hostId, addresses: [] }, before);
    else await release(context, await heldByGone(context, { owner: owner?.toString(), hostId, instanceId }, before));
  },
};

export const hostDevice = defineResource(description);

function partsOf(id: string): { instanceId: string; hostId: string } {
  const [instanceId = "", hostId = ""] = id.split("/");
  return { instanceId, hostId };
}

/** Counts as given only what is both allocated and configured, so that half of it is seen as drift and mended. */
async function read(context: Context<Client>, id: string): Promise<Live | undefined> {
  const { api, signal } = context;
  const { instanceId, hostId } = partsOf(id);
  const row = await api.read(listing.command, listing.scope, instanceId, { signal });
  if (!isThere(row)) return undefined;
  const names = await assignedTo(context, instanceId, hostId);
  const allocated = new Set([...names].map((name) => canonicalPci(name)));
  const given = [...configuredIn(row)].flatMap(([key, addresses]) =>
    addresses.filter((address) => allocated.has(address)).map((address) => [address, key] as const),
  );
  if (given.length === 0) return undefined;
  const busAddresses = given.map(([address]) => address);
  return { id, values: { instanceId, hostId, busAddresses, configKeys: Object.fromEntries(given) } };
}

/** What the server calls the instance in its allocations, as long as it has one. */
async function ownerOf(context: Context<Client>, { id, values }: Live): Promise<Live> {
  const { instanceId, hostId } = partsOf(id);
  const names = await assignedTo(context, instanceId, hostId);
  const owner = (await devicesOfHost(context, hostId)).find(({ name }) => names.has(name))?.owner;
  return { id, values: owner === undefined ? values : { ...values, owner } };
}

function isThere(row: Row | undefined): row is Row {
  return row !== undefined && row.state !== "Expunging" && row.state !== "Destroyed";
}
