import { formatDate } from "../models/clock.ts";
import { failBare, invalid } from "../models/errors.ts";
import { jobDuration } from "../models/latency.ts";
import { checkLimits } from "../models/limits.ts";
import { downloaded, isReady, type Template } from "../models/templates.ts";
import { defined } from "../models/values.ts";
import { async, type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { ownerFields } from "./owner-fields.ts";
import {
  boolean,
  flattened,
  listParameters,
  map,
  ownerParameters,
  ref,
  refs,
  required,
  scopeParameters,
  text,
} from "./parameters.ts";
import { checkAccountAccess, ownerOf, visibleAccounts } from "./scope.ts";
import { hasTags, tagFields } from "./tag-fields.ts";
import { zoneFields } from "./zones.ts";

const gib = 2 ** 30;

/** The download as the server tells it (`TemplateJoinDaoImpl.getTemplateStatus`, `.newTemplateResponse`). */
function downloadFields(template: Template, now: number): JsonObject {
  const percent = downloaded(template, now);
  const details = (downloadState: string) => [{ datastore: "secondary", downloadPercent: `${percent}`, downloadState }];
  if (percent < 100) return { status: `${percent}% Downloaded`, downloaddetails: details("DOWNLOAD_IN_PROGRESS") };
  const { downloadError } = template;
  if (downloadError === undefined) return { status: "Download Complete", downloaddetails: details("DOWNLOADED") };
  return { status: downloadError, downloaddetails: details("DOWNLOAD_ERROR") };
}

function render(template: Template, call: Call): JsonObject {
  const { tables } = call;
  const now = call.world.clock.now();
  const ready = isReady(template, now);
  const os = tables.osTypes.need(template.osTypeId);
  return {
    id: template.uuid,
    name: template.name,
    displaytext: template.displayText,
    ispublic: template.isPublic,
    created: formatDate(template.created),
    isready: ready,
    passwordenabled: template.passwordEnabled,
    format: template.format,
    isfeatured: template.isFeatured,
    crossZones: false,
    ostypeid: os.uuid,
    ostypename: os.name,
    ...ownerFields(tables, template),
    ...zoneFields(tables, template.zoneId),
    ...downloadFields(template, now),
    size: ready ? template.sizeBytes : undefined,
    physicalsize: ready ? template.sizeBytes : undefined,
    templatetype: template.type,
    hypervisor: template.hypervisor,
    isextractable: template.isExtractable,
    // Told without its algorithm (`DigestHelper.getHashValueFromChecksumValue`).
    checksum: template.checksum?.replace(/^\{[^}]*\}/, ""),
    templatetag: template.tag,
    details: Object.keys(template.details).length > 0 ? template.details : undefined,
    sshkeyenabled: template.sshKeyEnabled,
    isdynamicallyscalable: template.isDynamicallyScalable,
    directdownload: false,
    deployasis: false,
    requireshvm: template.requiresHvm,
    url: template.url,
    arch: template.arch,
    deleteprotection: false,
    forcks: false,
    tags: tagFields(tables, "Template", template),
    hasannotations: false,
  };
}

const filters = ["featured", "self", "selfexecutable", "sharedexecutable", "executable", "community", "shared", "all"];

/** Whether a template filter lets a template through for this caller (`QueryManagerImpl.searchForTemplatesInternal`). */
function passes(template: Template, filter: string, call: Call): boolean {
  const ready = isReady(template, call.world.clock.now());
  const own = visibleAccounts(call).has(template.accountId);
  switch (filter) {
    case "featured":
      return template.isPublic && template.isFeatured;
    case "community":
      return template.isPublic && !template.isFeatured;
    case "self":
    case "selfexecutable":
      return own && (filter === "self" || ready);
    case "executable":
      return (own || template.isPublic) && ready;
    case "all":
      return true;
    default:
      return false;
  }
}

const listTemplates = listing({
  name: "listTemplates",
  audience: "user",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("templates"),
    ids: refs("templates"),
    name: text,
    templatefilter: required(text),
    zoneid: ref("zones"),
    hypervisor: text,
    tags: map,
  },
  reply: "template",
  rows(call) {
    const { tables, caller, args } = call;
    const filter = args.templatefilter.toLowerCase();
    if (!filters.includes(filter)) throw failBare(431, `Invalid template filter: ${args.templatefilter}`);
    if (filter === "all" && !caller.isRootAdmin) {
      throw invalid(`Filter ${filter} can be specified by root admin only`);
    }
    const ids = args.ids && new Set(args.ids.map((template) => template.id));
    return tables.templates
      .only(args.id)
      .filter(
        (template) =>
          fits(template, { id: args.id?.id, name: args.name, zoneId: args.zoneid?.id }) &&
          (ids?.has(template.id) ?? true) &&
          (args.hypervisor ?? template.hypervisor).toLowerCase() === template.hypervisor.toLowerCase() &&
          (args.id !== undefined && caller.isRootAdmin ? true : passes(template, filter, call)) &&
          hasTags(tables, "Template", template, args.tags) &&
          mentions(args.keyword, template.name, template.displayText),
      );
  },
  render,
});

/** The server refuses to download from itself and from what is no host. @throws {ApiError} 431 */
function checkUrl(text: string): void {
  const url = URL.parse(text);
  if (!url || !/^https?:|^metalink:/.test(url.protocol)) throw failBare(431, `Invalid URL ${text}`);
  if (/^(localhost|127\.|0\.0\.0\.0|169\.254\.|\[?::1)/.test(url.hostname)) {
    throw failBare(431, "Illegal host specified in URL.");
  }
}

const formats: Readonly<Record<string, readonly string[]>> = {
  KVM: ["QCOW2", "RAW", "VHD", "VHDX"],
  Simulator: ["QCOW2", "RAW", "VHD", "ISO", "OVA"],
};

const registerTemplate = listing({
  name: "registerTemplate",
  audience: "user",
  parameters: {
    ...ownerParameters,
    name: required(text),
    displaytext: text,
    url: required(text),
    format: required(text),
    hypervisor: required(text),
    ostypeid: ref("osTypes"),
    zoneid: ref("zones"),
    zoneids: refs("zones"),
    ispublic: boolean,
    isfeatured: boolean,
    isextractable: boolean,
    isdynamicallyscalable: boolean,
    passwordenabled: boolean,
    sshkeyenabled: boolean,
    requireshvm: boolean,
    arch: text,
    checksum: text,
    templatetag: text,
    details: map,
  },
  reply: "template",
  rows(call) {
    const { world, tables, args } = call;
    checkUrl(args.url);
    const [zone] = [...(args.zoneid ? [args.zoneid] : []), ...(args.zoneids ?? []), ...tables.zones.live()];
    const os = args.ostypeid ?? tables.osTypes.find((one) => one.name === "Other (64-bit)");
    if (!zone || !os) throw failBare(431, "Please specify a valid zone Id");
    const hypervisor = Object.keys(formats).find((name) => name.toLowerCase() === args.hypervisor.toLowerCase());
    const format = args.format.toUpperCase();
    if (!hypervisor)
      throw failBare(431, `Hypervisor Type: ${args.hypervisor} is invalid. Supported Hypervisor types are KVM`);
    if (!formats[hypervisor]?.includes(format)) {
      throw failBare(431, `The ${args.format} format is not supported by hypervisor ${hypervisor}`);
    }
    const owner = ownerOf(call);
    return world.store.transaction(() => {
      checkLimits(world, owner, [["template", 1]]);
      const template = tables.templates.insert({
        name: args.name,
        displayText: args.displaytext ?? args.name,
        accountId: owner.id,
        domainId: owner.domainId,
        zoneId: zone.id,
        hypervisor,
        format,
        osTypeId: os.id,
        type: "USER",
        sizeBytes: 2 * gib,
        isPublic: args.ispublic ?? false,
        isFeatured: args.isfeatured ?? false,
        isExtractable: args.isextractable ?? false,
        isDynamicallyScalable: args.isdynamicallyscalable ?? false,
        passwordEnabled: args.passwordenabled ?? false,
        sshKeyEnabled: args.sshkeyenabled ?? false,
        requiresHvm: args.requireshvm ?? true,
        arch: args.arch ?? "x86_64",
        url: args.url,
        details: flattened(args.details),
        readyAt: world.clock.now() + jobDuration(world.latency, "registerTemplate"),
        ...defined({
          checksum: args.checksum,
          tag: args.templatetag,
          downloadError: world.jobs.failureOf("registerTemplate"),
        }),
      });
      return [template];
    });
  },
  render,
});

const updateTemplate = sync({
  name: "updateTemplate",
  audience: "user",
  parameters: {
    id: required(ref("templates")),
    name: text,
    displaytext: text,
    ostypeid: ref("osTypes"),
    passwordenabled: boolean,
    requireshvm: boolean,
    isdynamicallyscalable: boolean,
    sshkeyenabled: boolean,
    arch: text,
    details: map,
    cleanupdetails: boolean,
  },
  reply: "template",
  run(call) {
    const { tables, args } = call;
    checkUsable(call, args.id);
    const details = args.cleanupdetails ? {} : args.details && flattened(args.details);
    tables.templates.update(
      args.id,
      defined({
        name: args.name,
        displayText: args.displaytext,
        osTypeId: args.ostypeid?.id,
        passwordEnabled: args.passwordenabled,
        requiresHvm: args.requireshvm,
        isDynamicallyScalable: args.isdynamicallyscalable,
        sshKeyEnabled: args.sshkeyenabled,
        arch: args.arch,
        details,
      }),
    );
    return render(args.id, call);
  },
});

const updateTemplatePermissions = sync({
  name: "updateTemplatePermissions",
  audience: "user",
  parameters: { id: required(ref("templates")), ispublic: boolean, isfeatured: boolean, isextractable: boolean },
  run(call) {
    const { tables, args } = call;
    checkUsable(call, args.id);
    const { ispublic: isPublic, isfeatured: isFeatured, isextractable: isExtractable } = args;
    tables.templates.update(args.id, defined({ isPublic, isFeatured, isExtractable }));
    return success;
  },
});

function checkUsable(call: Pick<Call, "tables" | "caller">, template: Template): void {
  if (template.removed !== undefined) throw invalid(`unable to find template with id ${template.id}`);
  checkAccountAccess(call, template.accountId);
}

const deleteTemplate = async({
  name: "deleteTemplate",
  audience: "user",
  parameters: { id: required(ref("templates")), zoneid: ref("zones"), forced: boolean },
  job: { className: "user.template.DeleteTemplateCmd", instance: "Template", showsInstance: true },
  target(call) {
    checkUsable(call, call.args.id);
    return call.args.id;
  },
  finish(template, { tables }) {
    tables.templates.remove(template);
    return success;
  },
});

export const templateCommands: readonly Command[] = [
  listTemplates,
  registerTemplate,
  updateTemplate,
  updateTemplatePermissions,
  deleteTemplate,
];
