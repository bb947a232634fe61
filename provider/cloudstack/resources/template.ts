import { ProviderError } from "../../core/errors.ts";
import { boolean, id, list, map, oneOf, type Row, text } from "../../core/fields.ts";
import { formats } from "../../core/formats.ts";
import type { Context, Live } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { owner, tags } from "../fields.ts";
import { createOnce } from "../leftover.ts";
import { liveOf, readAgain, readRow, regularLifecycle, send } from "../regular.ts";
import { call, type Description, defineResource, job, rows } from "../resource.ts";
import { until } from "../settle.ts";
import { markedByTag, taggable } from "../taggable.ts";
import { flatParams, paramsOf } from "../wire.ts";

/** Downloading an image takes its time; `customTimeouts` may end the wait earlier. */
const readyWithinMs = 60 * 60_000;
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
  hypervisor: text({ min: 1, onChange: "replace", doc: "Hypervisor it runs on, such as KVM." }),
  zoneIds: list(id("infrastructure:Zone", {}), {
    optional: true,
    set: true,
    from: false,
    onChange: "replace",
    doc: "Zones to have it in. Default: all.",
  }),
  osTypeId: id("infrastructure:OsType", { optional: true, doc: "Id of the operating system's type." }),
  checksum: text({
    optional: true,
    onChange: "replace",
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
    await whenReady(context, id);
    return readAgain(context, id, await read(context, id));
  },

  read: (context, templateId) => read(context, templateId),

  async update(context, templateId, change) {
    const open = permissions.filter((name) => change.changed.has(name));
    if (open.length > 0) {
      await send(context, call("updateTemplatePermissions"), {
        ...paramsOf(inputs, change.after, open),
        id: templateId,
      });
    }
    const others = new Set([...change.changed].filter((name) => !open.some((one) => one === name)));
    return regularLifecycle(description).update(context, templateId, { ...change, changed: others });
  },
};

export const template = defineResource(taggable("Template", description));

async function read(context: Context<Client>, templateId: string): Promise<Live | undefined> {
  const row = await readRow(context, templates, templateId);
  return row === undefined ? undefined : liveOf(description, row);
}

/** Waits until every zone has the image; a failed download is an error at once. */
async function whenReady(context: Context<Client>, templateId: string): Promise<void> {
  const copies = () => context.api.list("listTemplates", { templatefilter: "all", id: templateId }, context);
  const failed = (copy: Row) => /error|fail|refused|not found|invalid/i.test(String(copy.status ?? ""));
  const describe = (all: Row[]) =>
    all.map(({ zonename, status }) => `${zonename}: ${status ?? "not started"}`).join(", ");
  await until(
    context,
    async () => {
      const all = await copies();
      if (!all.some(failed)) return all;
      throw new ProviderError({
        what: "download of the template",
        where: context.urn,
        rule: describe(all.filter(failed)),
        remedy: "check `url` and `checksum`, and that the secondary storage can reach the address",
      });
    },
    (all) => all.length > 0 && all.every(({ isready }) => isready === true),
    { what: "download of the template", describe, forMs: readyWithinMs },
  );
}
