import { fail, invalid } from "../models/errors.ts";
import { type GpuCard, wholeCard } from "../models/gpu.ts";
import { eraseCard } from "../models/gpu-catalogue.ts";
import type { Tables } from "../models/tables.ts";
import { defined } from "../models/values.ts";
import { type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { boolean, integer, listParameters, ref, required, text } from "./parameters.ts";
import { wrapped } from "./wrapped.ts";

/** A card as its own commands show it. */
export function cardFields({ uuid, deviceId, deviceName, name, vendorName, vendorId }: GpuCard): JsonObject {
  return { id: uuid, deviceid: deviceId, devicename: deviceName, name, vendorname: vendorName, vendorid: vendorId };
}

/** Length of the columns `vendor_id` and `device_id`. */
const pciIdLength = 4;

type NewCard = Pick<GpuCard, "deviceId" | "deviceName" | "name" | "vendorId" | "vendorName">;

function checkCard(tables: Tables, { deviceId, vendorId }: NewCard): void {
  for (const [what, id] of [
    ["Device", deviceId],
    ["Vendor", vendorId],
  ] as const) {
    if (!/^[a-zA-Z0-9]+$/.test(id)) throw invalid(`${what} ID must be alphanumeric and in hexadecimal format`);
  }
  if (tables.gpuCards.where("vendorId", vendorId).some((card) => card.deviceId === deviceId)) {
    throw invalid(`GPU card with vendor ID ${vendorId} and device ID ${deviceId} already exists`);
  }
  for (const [column, id] of Object.entries({ device_id: deviceId, vendor_id: vendorId })) {
    if (id.length > pciIdLength)
      throw fail("runtime", `Data truncation: Data too long for column '${column}' at row 1`);
  }
}

const createGpuCard = sync({
  name: "createGpuCard",
  audience: "root-admin",
  parameters: {
    deviceid: required(text),
    devicename: required(text),
    name: required(text),
    vendorid: required(text),
    vendorname: required(text),
    videoram: integer,
  },
  reply: "gpucard",
  run({ tables, args }) {
    const { deviceid, devicename, name, vendorid, vendorname, videoram } = args;
    const given = { deviceId: deviceid, deviceName: devicename, name, vendorId: vendorid, vendorName: vendorname };
    return wrapped("Failed to create GPU card: ", () => {
      checkCard(tables, given);
      const card = tables.gpuCards.insert(given);
      const whole = { cardId: card.id, name: wholeCard, description: wholeCard, maxPerCard: 1 };
      tables.vgpuProfiles.insert({ ...whole, ...defined({ videoRam: videoram }) });
      return cardFields(card);
    });
  },
});

const updateGpuCard = sync({
  name: "updateGpuCard",
  audience: "root-admin",
  parameters: { id: required(ref("gpuCards")), devicename: text, name: text, vendorname: text },
  reply: "gpucard",
  run({ tables, args }) {
    const { devicename, name, vendorname } = args;
    const changes = defined({ deviceName: devicename, name, vendorName: vendorname });
    return cardFields(tables.gpuCards.update(args.id, changes));
  },
});

const deleteGpuCard = sync({
  name: "deleteGpuCard",
  audience: "root-admin",
  parameters: { id: required(ref("gpuCards")) },
  run({ world, args }) {
    wrapped("Failed to delete GPU card: ", () => eraseCard(world, args.id));
    return success;
  },
});

const listGpuCards = listing({
  name: "listGpuCards",
  audience: "user",
  parameters: {
    ...listParameters,
    id: ref("gpuCards"),
    vendorname: text,
    vendorid: text,
    deviceid: text,
    devicename: text,
    activeonly: boolean,
  },
  reply: "gpucard",
  rows: ({ tables, args }) =>
    tables.gpuCards.only(args.id).filter(
      (card) =>
        fits(card, {
          vendorName: args.vendorname,
          vendorId: args.vendorid,
          deviceId: args.deviceid,
          deviceName: args.devicename,
        }) &&
        (!args.activeonly || tables.gpuDevices.where("cardId", card.id).length > 0) &&
        mentions(args.keyword, card.name, card.vendorName, card.deviceName),
    ),
  render: cardFields,
});

export const gpuCardCommands: readonly Command[] = [createGpuCard, updateGpuCard, deleteGpuCard, listGpuCards];
