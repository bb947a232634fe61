/** Taking a storage pool away: only when nothing lives on it. */
import { listed, ProviderError } from "../../core/errors.ts";
import type { Row } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { provesGone } from "../client/errors.ts";
import { until } from "../settle.ts";

/** How long volumes may take that are being expunged. */
const patienceMs = 300_000;

/**
 * Puts a pool into maintenance and deletes it. Maintenance stops every instance that has a volume on the pool, so volumes are
 * looked for before; when the server refuses afterwards, the pool becomes what it was. One that is disabled, as it may well be
 * before its removal, is refused maintenance until it is enabled.
 */
export async function removePool(context: Context<Client>, id: string, read: () => Promise<Row | undefined>) {
  const { api, signal } = context;
  // A run that was broken off may have left the server at it.
  const pool = await until(context, read, (row) => row?.state !== "PrepareForMaintenance", {
    what: "delete cloudstack:storage:StoragePool",
    describe: () => "the pool is being prepared for maintenance",
    forMs: patienceMs,
  });
  if (pool === undefined) return;
  await mustBeEmpty(context, pool);
  const isOurs = pool.state !== "Maintenance";
  const isDisabled = pool.state === "Disabled";
  const setEnabled = (enabled: boolean) => api.call("updateStoragePool", { id, enabled }, { signal });
  if (isDisabled) await setEnabled(true);
  let inMaintenance = !isOurs;
  try {
    if (isOurs) await api.job("enableStorageMaintenance", { id }, { signal });
    inMaintenance = true;
    // Volumes that are destroyed, but not yet expunged, go with the pool.
    await api.call("deleteStoragePool", { id, forced: true }, { signal });
  } catch (error) {
    if (provesGone(error, id) || (await read()) === undefined) return;
    if (isOurs) {
      try {
        if (inMaintenance) await api.job("cancelStorageMaintenance", { id }, { signal });
        if (isDisabled) await setEnabled(false);
      } catch (failure) {
        context.log("warning", `the pool ${id} is not left as it was: ${failure}`);
      }
    }
    throw error;
  }
}

/** @throws ProviderError that names what lives there */
async function mustBeEmpty(context: Context<Client>, { id, name }: Row): Promise<void> {
  const { api, signal, urn } = context;
  // What belongs to projects a list leaves out, or, by older servers, tells alone (`buildACLSearchParameters`).
  const owners = [{ listall: true }, { listall: true, projectid: "-1" }];
  const volumesOn = async () => {
    const lists = owners.map((owner) => api.list("listVolumes", { storageid: String(id), ...owner }, { signal }));
    return [...new Map((await Promise.all(lists)).flat().map((row) => [row.id, row])).values()];
  };
  const isLeaving = ({ state }: Row) => /^Expung/.test(String(state));
  const volumes = await until(context, volumesOn, (rows) => !rows.some(isLeaving), {
    what: "delete cloudstack:storage:StoragePool",
    describe: (rows) => `expunging ${listed(rows.filter(isLeaving).map(nameOf))}`,
    forMs: patienceMs,
  });
  const living = volumes.filter(({ state }) => state !== "Destroy");
  if (living.length === 0) return;
  const some = listed(living.map(nameOf).sort().slice(0, 5));
  throw new ProviderError({
    what: "delete cloudstack:storage:StoragePool",
    where: urn,
    value: String(name),
    rule: `${living.length} volumes live on it: ${some}${living.length > 5 ? ", …" : ""}`,
    remedy:
      "delete or migrate them first: a pool is never taken from under its volumes. If it is to go because monitors, user or key are others now: no command of the server changes those; set them back, or change the server's record by hand, take the pool out of the state (`pulumi state delete`) and `pulumi import` it again",
  });
}

function nameOf({ name, vmname }: Row): string {
  return vmname === undefined ? String(name) : `${name} (of ${vmname})`;
}
