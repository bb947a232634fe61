import { boolean, id, list, map, oneOf, text } from "../../core/fields.ts";
import { formats } from "../../core/formats.ts";
import type { Context, Live, Replaced } from "../../core/resource.ts";
import { isList } from "../../core/values.ts";
import type { Client } from "../client/client.ts";
import { untilDownloaded } from "../download.ts";
import { owner, tags } from "../fields.ts";
import { createOnce } from "../leftover.ts";
import { liveOf, readRow, regularLifecycle, send } from "../regular.ts";
import { isOwnersNewName } from "../renames.ts";
import { call, type Description, defineResource, job, rows } from "../resource.ts";
import { markedByTag, taggable } from "../taggable.ts";
import { flatParams, paramsOf } from "../wire.ts";

const templates = rows("listTemplates", { templatefilter: "all", listall: true });
/** Changed by another command than the rest. */
const permissions = ["isPublic", "isFeatured", "isExtractable"] as const;

const inputs = {
  name: text({ min: 1, doc: "Shown to users." }),
  displayText: text({
    optional: true,
    serverChooses: true,
    max: 4096,
    doc: "Longer text for users. Default: the name.",
  }),
  url: text({
    min: 1,
    max: 2048,
    format: formats.url,
    onChange: "replace",
    doc: "Where the server fetches the image from.",
  }),
  format: oneOf(["QCOW2", "RAW", "VHD", "VHDX", "OVA"], { onChange: "replace", doc: "Format of the image." }),
  hypervisor: text({
    min: 1,
    onChange: "replace",
    canonical: (name) => name.toLowerCase(),
    doc: "Hypervisor it runs on, such as KVM.",
  }),
  zoneIds: list(id("infrastructure:Zone", {}), {
    optional: true,
    set: true,
    from: false,
    onChange: "replace",
    doc: "Zones to have it in. Default: all.",
  }),
  osTypeId: id("infrastructure:OsType", {
    optional: true,
    serverChooses: true,
    doc: "Id of the operating system's type. Default: the server's, which stays the one given last.",
  }),
  checksum: text({
    optional: true,
    onChange: "replace",
    // The server tells the value without the algorithm.
    canonical: (checksum) => checksum.replace(/^\{[^}]*\}/, "").toLowerCase(),
    doc: "Checksum of the image, such as {SHA-256}…: a wrong image is refused.",
  }),
  isPublic: boolean({ default: false, doc: "Everybody may use it." }),
  isFeatured: boolean({ default: false, doc: "Shown among the featured ones." }),
  isExtractable: boolean({ default: false, doc: "Users may download it." }),
  passwordEnabled: boolean({ default: false, doc: "Instances get a password from the server." }),
  sshKeyEnabled: boolean({ default: false, doc: "Instances get an SSH key from the server." }),
  isDynamicallyScalable: boolean({ default: false, doc: "Has the tools to be scaled while it runs." }),
  requiresHvm: boolean({ default: true, param: "requireshvm", doc: "Needs hardware virtualisation." }),
  details: map(text({}), {
    optional: true,
    cleared: { cleanupdetails: true },
    encode: (details) => flatParams("details", details),
    doc: "Settings that instances made of it get, such as rootDiskController.",
  }),
  ...owner,
  tags,
} as const;

const outputs = {
  isReady: boolean({ doc: "Downloaded to every zone." }),
  osTypeName: text({ optional: true, doc: "Name of the operating system's type." }),
} as const;

const description: Description<typeof inputs, typeof outputs> = {
  token: "cloudstack:compute:Template",
  doc: "An image for root disks, fetched by the server. It exists when it is ready in every zone asked for.",
  inputs,
  outputs,

  api: { read: templates, update: call("updateTemplate"), delete: job("deleteTemplate") },

  // Our mark is a tag, put on after the registration.
  leftover: { ...markedByTag, within: ({ account, domainId }) => ({ account, domainid: domainId }) },

  async create(context, given) {
    const { id } = await createOnce(description, context, given, async () => {
      const zones = given.zoneIds === undefined ? { zoneid: -1 } : { zoneids: given.zoneIds.join(",") };
      const params = { ...paramsOf(inputs, { ...given, zoneIds: undefined }), ...zones };
      const live = liveOf(description, await send(context, call("registerTemplate", { answer: "template" }), params));
      context.created(live.id, live.values);
      return live;
    });
    return liveOf(description, await untilDownloaded(context, id));
  },

  async read(context, templateId, known) {
    const live = await read(context, templateId);
    if (live === undefined || Object.keys(known).length > 0) return live;
    const { all, present } = await zonesOf(context, live.id);
    // In every zone: what a program says that names them, and one that names none.
    return present.size === all.size ? live : { ...live, values: { ...live.values, zoneIds: [...present] } };
  },

  async staysItself(context, change) {
    return (await isRenamed(context, change)) || (await isThere(context, change));
  },

  async update(context, templateId, change) {
    const open = permissions.filter((name) => change.changed.has(name));
    if (open.length > 0) {
      await send(context, call("updateTemplatePermissions"), {
        ...paramsOf(inputs, change.after, open),
        id: templateId,
      });
    }
    const others = new Set([...change.changed].filter((name) => !open.some((one) => one === name)));
    const live = await regularLifecycle(description).update(context, templateId, { ...change, changed: others });
    if (live.values.isReady === true) return live;
    // The engine has a create finished that ended before the download did, or with it.
    return liveOf(description, await untilDownloaded(context, templateId));
  },
};

const isRenamed = isOwnersNewName({ read: (context, id) => read(context, id) });

/** Whether other `zoneIds` are only another way to say where the template is. */
async function isThere(context: Context<Client>, { path, id, after: { zoneIds } }: Replaced): Promise<boolean> {
  if (!path.startsWith("zoneIds")) return false;
  const { all, present } = await zonesOf(context, id);
  const wanted = zoneIds === undefined ? all : new Set(isList(zoneIds) ? zoneIds.map(String) : []);
  return present.size === wanted.size && [...present].every((zone) => wanted.has(zone));
}

/** The zones there are, and those that have the template: one row each. */
async function zonesOf({ api, signal }: Context<Client>, id: string) {
  const zones = await api.list("listZones", {}, { signal });
  const copies = await api.list("listTemplates", { templatefilter: "all", id }, { signal });
  return {
    all: new Set(zones.map((zone) => String(zone.id))),
    present: new Set(copies.map(({ zoneid }) => String(zoneid))),
  };
}

export const template = defineResource(taggable("Template", description));

async function read(context: Context<Client>, templateId: string): Promise<Live | undefined> {
  const row = await readRow(context, templates, templateId);
  return row === undefined ? undefined : liveOf(description, row);
}
