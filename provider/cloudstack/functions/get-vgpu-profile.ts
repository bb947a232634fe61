import { ProviderError } from "../../core/errors.ts";
import { id, integer, type Row, text, type Values } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { valuesOf } from "../wire.ts";

const inputs = {
  name: text({ min: 1, doc: "Name of the profile; `passthrough` is the whole card." }),
  vendorId: text({ optional: true, doc: "PCI id of the card's vendor, such as 10de." }),
  deviceId: text({ optional: true, doc: "PCI id of the card's model, such as 20b5." }),
  cardName: text({ optional: true, doc: "Name of the card." }),
  gpuCardId: id("gpu:GpuCard", { optional: true }),
} as const;

const outputs = {
  id: id("gpu:VgpuProfile", {}),
  name: text({ doc: "Name of the profile." }),
  gpuCardId: id("gpu:GpuCard", {}),
  cardName: text({ from: "gpucardname", doc: "Name of the card." }),
  vendorId: text({ doc: "PCI id of the card's vendor." }),
  deviceId: text({ doc: "PCI id of the card's model." }),
  videoRamMib: integer({ optional: true, from: "videoram", unit: "MiB", doc: "Memory of one." }),
  maxPerCard: integer({ optional: true, from: "maxvgpuperphysicalgpu", doc: "How many of it one card can give." }),
} as const;

export const getVgpuProfile = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:gpu:getVgpuProfile",
  doc: "Finds a profile of a GPU card. The card is told by vendor and device id, by its name, or by its id.",
  inputs,
  outputs,

  async call(context, given) {
    const rows = await context.api.list("listVgpuProfiles", {}, { signal: context.signal });
    const found = rows.filter((row) => row.name === given.name && isOfCard(row, given));
    const [first] = found;
    if (first !== undefined && found.length === 1) return valuesOf(outputs, first);
    throw unknown(given, rows, found);
  },
});

type Given = Values<typeof inputs>;

function isOfCard(row: Row, { vendorId, deviceId, cardName, gpuCardId }: Given): boolean {
  const wanted = { vendorid: vendorId, deviceid: deviceId, gpucardname: cardName, gpucardid: gpuCardId };
  return Object.entries(wanted).every(
    ([key, value]) => value === undefined || String(row[key]).toLowerCase() === value.toLowerCase(),
  );
}

function unknown(given: Given, rows: readonly Row[], found: readonly Row[]): ProviderError {
  const { name, vendorId, deviceId, cardName, gpuCardId } = given;
  const card = [vendorId, deviceId].filter(Boolean).join(":") || cardName || gpuCardId || "any card";
  const listed = (of: readonly Row[]) =>
    of.map((row) => `${row.gpucardname} [${row.vendorid}:${row.deviceid}] ${row.name}`).sort();
  return new ProviderError({
    what: "look-up of a vGPU profile",
    value: `${name} of ${card}`,
    rule: found.length > 1 ? `${found.length} cards have it: ${listed(found).join("; ")}` : "there is none",
    remedy:
      found.length > 1
        ? "say which card, by vendorId and deviceId"
        : `there ${rows.length === 0 ? "are none at all: no host has reported a GPU. Look at the cards and their driver on the hosts, then call discoverGpuDevices for each" : `are: ${listed(rows).join("; ")}`}`,
  });
}
