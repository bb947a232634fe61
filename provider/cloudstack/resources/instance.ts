import type { Issue } from "../../core/errors.ts";
import type { Row } from "../../core/fields.ts";
import type { Context, Live } from "../../core/resource.ts";
import type { PlainObject } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { isCloudStackError, provesGone } from "../client/errors.ts";
import { heldBy, release } from "../hostdevice/release.ts";
import { addressesIn, isExtraConfig } from "../hostdevice/xml.ts";
import { changeInstance, listing } from "../instance/change.ts";
import { deploy } from "../instance/deploy.ts";
import { named } from "../instance/details.ts";
import { inputs, outputs } from "../instance/fields.ts";
import { previewNics } from "../instance/nics.ts";
import { createOnce } from "../leftover.ts";
import { liveOf, readAgain, readRow } from "../regular.ts";
import { type Description, defineResource } from "../resource.ts";
import { neverRemoved, neverSmaller, staying } from "../rules.ts";
import { markedById, taggable } from "../taggable.ts";

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:compute:Instance",
  doc: "A virtual machine. Deleting it expunges it, which frees its name and addresses; attached volumes are kept. The first instance of a network is started alone, because its router starts with it.",
  deleteBeforeReplace: true,
  inputs,
  outputs,
  check: (given, before) => [...checkUserData(given), ...checkChanges(given, before)],
  preview: ({ nics }) => previewNics(nics),
  isRunning: ({ state }) => state !== "Stopped",

  api: { read: listing },
  // The mark is in the id: a search among all instances need not carry their user data, which can be megabytes.
  leftover: { ...markedById, within: () => ({ userdata: false }), isBroken },

  async broken(context, id, { nics }) {
    if (nics !== undefined) return undefined;
    const row = await readRow(context, listing, id);
    return row !== undefined && isBroken(row) ? "name" : undefined;
  },

  async create(context, given) {
    const live = await createOnce(description, context, given, () => deploy(context, given));
    return inTermsOf(given, live);
  },

  async read(context, id, known) {
    const live = await read(context, id);
    if (live === undefined) return undefined;
    return Object.keys(known).length === 0 ? imported(live) : inTermsOf(known, live);
  },

  async update(context, id, change) {
    await changeInstance(context, id, change);
    return inTermsOf(change.after, readAgain(context, id, await read(context, id)));
  },

  async delete(context, id) {
    const { api, signal } = context;
    const held = await heldBy(context, id);
    const destroy = (expunge: boolean) => api.job("destroyVirtualMachine", { id, expunge }, { signal });
    try {
      await destroy(true);
      if (held !== undefined) await release(context, held);
    } catch (error) {
      if (provesGone(error, id)) return;
      if (!isCloudStackError(error) || !/permission for expunging/.test(error.facts.text)) throw error;
      await destroy(false);
      context.log(
        "warning",
        `${id} is destroyed, but these keys may not expunge it: name and addresses stay taken until the server does`,
      );
    }
  },
};

export const instance = defineResource(taggable("UserVm", description));

/** One whose deployment failed while nobody waited for it any more. The server deploys none a second time. */
function isBroken({ state }: Row): boolean {
  return state === "Error";
}

/** One that is only destroyed can be recovered, so it counts as there, and as stopped. */
async function read(context: Context<Client>, id: string): Promise<Live | undefined> {
  const row = await readRow(context, listing, id);
  return row === undefined || row.state === "Expunging" ? undefined : liveOf(description, row);
}

/** Devices of a host are a resource of their own (HostDevice), and no setting of the program. */
function imported({ id, values }: Live): Live {
  const details = Object.entries((values.details ?? {}) as Record<string, string>);
  const own = details.filter(([key, xml]) => !(isExtraConfig(key) && addressesIn(xml).length > 0));
  const { details: _, ...others } = values;
  return { id, values: own.length === 0 ? others : { ...others, details: Object.fromEntries(own) } };
}

/**
 * What the server tells, in the terms of the program (`names`): of the details only those that it names, and a root disk of
 * exactly the template's size, about which the server says nothing (UserVmManagerImpl.validateRootDiskResize drops the detail).
 */
function inTermsOf(names: PlainObject, { id, values }: Live): Live {
  const { details: all, ...others } = values;
  const details = named(all, names.details);
  const rootDiskSizeGib = values.rootDiskSizeGib ?? names.rootDiskSizeGib;
  return {
    id,
    values: { ...others, ...(details && { details }), ...(rootDiskSizeGib !== undefined && { rootDiskSizeGib }) },
  };
}

function checkUserData({ userData, userDataId, userDataDetails }: PlainObject): Issue[] {
  const issues: Issue[] = [];
  if (userData !== undefined && userDataId !== undefined) {
    issues.push({ path: "userDataId", reason: "give userData or userDataId, not both" });
  }
  if (userDataDetails !== undefined && userData === undefined && userDataId === undefined) {
    issues.push({ path: "userDataDetails", reason: "there is no user data whose parameters it could fill" });
  }
  return issues;
}

function checkChanges(given: PlainObject, before: PlainObject | undefined): Issue[] {
  const inForce = staying(inputs, given, before);
  const remedy = "name them, give others, or make the instance anew, without its data, by `pulumi up --replace`";
  return [
    ...neverSmaller("rootDiskSizeGib", "a root disk", given, inForce),
    ...neverRemoved("keyPairs", remedy, given, inForce),
  ];
}
