/** Another disk offering for a volume. */
import type { Context } from "../../core/resource.ts";
import type { Client, Row } from "../client/client.ts";
import { isAnswerLost } from "../client/errors.ts";
import { whileStopped } from "../instance/restart.ts";

export interface Wanted {
  readonly diskOfferingId: string;
  /** Absent: as it is. */
  readonly sizeGib?: number | undefined;
}

const gib = 2 ** 30;
const listing = { command: "listVolumes", scope: { listall: "true" } } as const;

/**
 * Gives a volume another offering, and so perhaps another size. Where its pool lacks the tags of the offering, the server copies
 * it to one that has them, under the same id. On KVM the instance must not run meanwhile: it is stopped and started again.
 * Servers without `changeOfferingForVolume` (before CloudStack 4.17) keep the pool, and refuse an offering with other tags.
 */
export async function changeOffering(context: Context<Client>, id: string, wanted: Wanted): Promise<void> {
  const { api, signal } = context;
  const { diskOfferingId, sizeGib } = wanted;
  const apis = await api.capabilities.all();
  if (!apis.has("changeOfferingForVolume")) {
    await api.job("resizeVolume", { id, diskofferingid: diskOfferingId, size: sizeGib }, { signal });
    return;
  }
  const row = await look(context, id);
  const change = () => changeOnce(context, id, { diskOfferingId, sizeGib: sizeGib ?? Number(row?.size) / gib });
  const instanceId = row?.virtualmachineid === undefined ? undefined : String(row.virtualmachineid);
  if (instanceId !== undefined && (await mustMove(context, row, diskOfferingId))) {
    await whileStopped(context, instanceId, change);
  } else {
    await change();
  }
  await growAfterMove(context, id, sizeGib);
}

async function changeOnce(context: Context<Client>, id: string, { diskOfferingId, sizeGib }: Wanted): Promise<void> {
  const { api, signal } = context;
  const parameters = { id, diskofferingid: diskOfferingId, size: sizeGib, automigrate: true, shrinkok: false };
  for (let isFirst = true; ; isFirst = false) {
    try {
      await api.job("changeOfferingForVolume", parameters, { signal });
      return;
    } catch (error) {
      if (!isFirst || !isAnswerLost(error)) throw error;
      const row = await look(context, id);
      if (row?.jobstatus === 0) await api.settled(row, { signal });
      if ((await look(context, id))?.diskofferingid === diskOfferingId) return;
    }
  }
}

/** After a move the server tells of a failure to grow in its log only. */
async function growAfterMove(context: Context<Client>, id: string, sizeGib: number | undefined): Promise<void> {
  const { api, signal } = context;
  const row = await look(context, id);
  if (sizeGib === undefined || Number(row?.size) >= sizeGib * gib) return;
  await api.job("resizeVolume", { id, size: sizeGib }, { signal });
}

/**
 * Whether the volume's pool lacks tags of the offering: known beforehand, so that nothing is stopped without need. Where the keys
 * may not see pools, the server is asked to do it at once, and says what it thinks of it.
 */
async function mustMove(
  { api, signal }: Context<Client>,
  volume: Row | undefined,
  offeringId: string,
): Promise<boolean> {
  if (volume?.storageid === undefined) return false;
  const [pool] = await api.list("listStoragePools", { id: String(volume.storageid) }, { signal });
  const [offering] = await api.list("listDiskOfferings", { id: offeringId, listall: true }, { signal });
  const has = new Set(tagsOf(pool));
  return tagsOf(offering).some((tag) => !has.has(tag));
}

function tagsOf(row: Row | undefined): string[] {
  const { tags } = row ?? {};
  return typeof tags === "string" ? tags.split(",").filter((tag) => tag !== "") : [];
}

function look({ api, signal }: Context<Client>, id: string): Promise<Row | undefined> {
  return api.reads.byId(listing.command, listing.scope, id, signal);
}
