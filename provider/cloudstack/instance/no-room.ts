/** Why no host took an instance: the server itself says only that none did. */
import { listed } from "../../core/errors.ts";
import type { Row } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { CloudStackError, isCloudStackError } from "../client/errors.ts";
import { devicesOf } from "../gpu/devices.ts";

type Reading = Pick<Context<Client>, "api" | "signal">;

/** Who asked for room. Devices that an instance has already are its own to start with. */
interface Asker {
  readonly offeringId: string;
  readonly instanceId?: string;
}

/**
 * The failure of a deployment or a start, with what the hosts have of that which the offering asks for, where that is the reason. Other failures,
 * and those of keys that may not see hosts, stay as they are.
 */
export async function withReason(context: Reading, error: unknown, asker: Asker): Promise<unknown> {
  if (!isCloudStackError(error, "capacity")) return error;
  try {
    const [offering] = await context.api.list(
      "listServiceOfferings",
      { id: asker.offeringId },
      { signal: context.signal },
    );
    const reasons = offering && [await tooFewDevices(context, offering, asker), await tooFewCores(context, offering)];
    const found = reasons?.filter((reason) => reason !== undefined) ?? [];
    return found.length === 0 ? error : new CloudStackError({ ...error.facts, hint: found.join("\n  "), cause: error });
  } catch {
    return error;
  }
}

/** All of an instance's devices come from one host. */
async function tooFewDevices(context: Reading, offering: Row, { instanceId }: Asker): Promise<string | undefined> {
  const { vgpuprofileid: profile, vgpuprofilename: name, gpucardname: card, gpucount } = offering;
  if (typeof profile !== "string") return undefined;
  const asked = Number(gpucount ?? 1);
  const devices = await devicesOf(context, { vgpuprofileid: profile });
  const hosts = Map.groupBy(devices.filter(isGivenAway), ({ hostname }) => String(hostname));
  const isOwn = ({ state, virtualmachineid: owner }: Row) => state === "Allocated" && owner === instanceId;
  const isThere = (device: Row) => isFree(device) || (instanceId !== undefined && isOwn(device));
  if ([...hosts.values()].some((some) => some.filter(isThere).length >= asked)) return undefined;
  const there = [...hosts].map(([host, some]) => `${host} ${countsOf(some)}`);
  return [
    `It asks for ${asked} free GPU ${asked === 1 ? "device" : "devices"} of ${name} (${card}) on one host, and the hosts have: ${listed(there, "; ") || "none"}.`,
    "A device in Error is one that its host reports no more: look at its driver there. Stopped instances keep theirs.",
  ].join("\n  ");
}

/** A card in slices has a device of its own beside those of the slices, which nobody is given. */
function isGivenAway({ gpudevicetype }: Row): boolean {
  return gpudevicetype !== "VGPUOnly";
}

function isFree({ state, managedstate }: Row): boolean {
  return state === "Free" && managedstate !== "Unmanaged";
}

function countsOf(devices: readonly Row[]): string {
  const words = devices.map(({ state, managedstate }) => (managedstate === "Unmanaged" ? "Unmanaged" : String(state)));
  const groups = Map.groupBy(words, (word) => word);
  return [...groups.keys()]
    .sort()
    .map((word) => `${groups.get(word)?.length} ${word}`)
    .join(", ");
}

/** Overcommit is for sums: no single instance gets more cores than its host really has. */
async function tooFewCores({ api, signal }: Reading, { cpunumber }: Row): Promise<string | undefined> {
  const hosts = await api.list("listHosts", { type: "Routing" }, { signal });
  const most = Math.max(...hosts.map((host) => Number(host.cpunumber)));
  if (!(Number(cpunumber) > most)) return undefined;
  return `It has ${cpunumber} vCPU, and no host has more than ${most} cores: overcommit does not help there.`;
}
