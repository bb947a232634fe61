import { formatDate } from "../models/clock.ts";
import { invalid } from "../models/errors.ts";
import type { DiskOffering } from "../models/offerings.ts";
import { defined } from "../models/values.ts";
import { type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import {
  givenTo,
  givenToByText,
  idsOf,
  isInZone,
  isOffered,
  scopeChanges,
  scopeDetails,
  scopeFields,
} from "./offering-scope.ts";
import { type Arguments, boolean, flattened, integer, listParameters, map, ref, required, text } from "./parameters.ts";
import { hasState, stateFrom, storageType } from "./service-offerings.ts";

function render(offering: DiskOffering, { tables }: Call): JsonObject {
  const details = { ...scopeDetails(offering), ...offering.details };
  return {
    id: offering.uuid,
    ...scopeFields(tables, offering, (domain) => domain.path),
    name: offering.name,
    state: offering.state,
    displaytext: offering.displayText,
    disksize: offering.sizeGib,
    created: formatDate(offering.created),
    iscustomized: offering.isCustomized,
    iscustomizediops: offering.customizedIops,
    miniops: offering.minIops,
    maxiops: offering.maxIops,
    tags: offering.tags,
    storagetype: offering.storageType,
    ...rateFields(offering),
    cacheMode: offering.cacheMode,
    provisioningtype: offering.provisioningType,
    displayoffering: offering.displayOffering,
    disksizestrictness: offering.diskSizeStrictness,
    encrypt: offering.encrypt,
    details: Object.keys(details).length > 0 ? details : undefined,
    hasannotations: false,
  };
}

/** What each limit is called when it is given and when it is shown. */
const rateNames = {
  bytesreadrate: "diskBytesReadRate",
  byteswriterate: "diskBytesWriteRate",
  iopsreadrate: "diskIopsReadRate",
  iopswriterate: "diskIopsWriteRate",
} as const;

const rates = { bytesreadrate: integer, byteswriterate: integer, iopsreadrate: integer, iopswriterate: integer };

function rateFields({ rates: limits }: DiskOffering): JsonObject {
  return Object.fromEntries(Object.entries(rateNames).map(([name, shown]) => [shown, limits?.[name]]));
}

/** The limits that are given, over those that were there. */
function newRates(args: Arguments<typeof rates>, before: DiskOffering["rates"] = {}): Record<string, number> {
  const names = Object.keys(rateNames) as (keyof typeof rateNames)[];
  return {
    ...before,
    ...Object.fromEntries(names.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]]))),
  };
}

const cacheModes = ["none", "writeback", "writethrough", "hypervisor_default"];

/** @throws {ApiError} 431 for a mode that no hypervisor knows */
function checkCacheMode(mode: string | undefined): void {
  if (mode === undefined || cacheModes.includes(mode.toLowerCase())) return;
  throw invalid(`Invalid cache mode (${mode}). Please specify one of the valid values: ${cacheModes.join(", ")}`);
}

interface Iops {
  readonly customizediops?: boolean | undefined;
  readonly miniops?: number | undefined;
  readonly maxiops?: number | undefined;
}

/**
 * Guaranteed and most operations count only where the call says that volumes do not choose their own; otherwise both are
 * dropped without a word (`ConfigurationManagerImpl.createDiskOffering`).
 */
function operations({ customizediops: customizedIops, miniops, maxiops }: Iops) {
  if (customizedIops !== false) return { customizedIops };
  if (miniops === undefined && maxiops === undefined) return { customizedIops, minIops: 0, maxIops: 0 };
  if (miniops === undefined || miniops <= 0) throw invalid("The min IOPS must be greater than 0.");
  const most = maxiops ?? 0;
  if (miniops > most) throw invalid("The min IOPS must be less than or equal to the max IOPS.");
  return { customizedIops, minIops: miniops, maxIops: most };
}

const createDiskOffering = sync({
  name: "createDiskOffering",
  audience: "root-admin",
  parameters: {
    ...givenTo,
    ...rates,
    cachemode: text,
    details: map,
    name: required(text),
    displaytext: text,
    disksize: integer,
    customized: boolean,
    tags: text,
    storagetype: text,
    provisioningtype: text,
    displayoffering: boolean,
    disksizestrictness: boolean,
    encrypt: boolean,
    customizediops: boolean,
    miniops: integer,
    maxiops: integer,
  },
  reply: "diskoffering",
  run(call) {
    const { tables, args } = call;
    const isCustomized = args.customized ?? false;
    if (!isCustomized && args.disksize === undefined)
      throw invalid("Disksize is required for a non-customized disk offering");
    if (isCustomized && args.disksize !== undefined)
      throw invalid("Disksize is not allowed for a customized disk offering");
    if (args.disksize !== undefined && args.disksize <= 0) throw invalid("Please specify a disk size greater than 0.");
    checkCacheMode(args.cachemode);
    const offering = tables.diskOfferings.insert({
      name: args.name,
      displayText: args.displaytext ?? args.name,
      state: "Active",
      sizeGib: args.disksize ?? 0,
      isCustomized,
      storageType: storageType(args.storagetype),
      provisioningType: args.provisioningtype ?? "thin",
      displayOffering: args.displayoffering ?? true,
      diskSizeStrictness: args.disksizestrictness ?? false,
      encrypt: args.encrypt ?? false,
      computeOnly: false,
      rates: newRates(args),
      ...defined({
        tags: args.tags,
        ...operations(args),
        cacheMode: args.cachemode,
        details: args.details && flattened(args.details),
        domainIds: idsOf(args.domainid),
        zoneIds: idsOf(args.zoneid),
      }),
    });
    return render(offering, call);
  },
});

const updateDiskOffering = sync({
  name: "updateDiskOffering",
  audience: "root-admin",
  parameters: {
    ...givenToByText,
    ...rates,
    cachemode: text,
    id: required(ref("diskOfferings")),
    name: text,
    displaytext: text,
    displayoffering: boolean,
    tags: text,
    state: text,
  },
  reply: "diskoffering",
  run(call) {
    const { tables, args } = call;
    const { name, displaytext: displayText, displayoffering: displayOffering, tags } = args;
    checkCacheMode(args.cachemode);
    tables.diskOfferings.update(args.id, {
      ...defined({ name, displayText, displayOffering, cacheMode: args.cachemode }),
      // An empty text takes the tags away.
      ...(tags === undefined ? {} : { tags: tags === "" ? undefined : tags }),
      rates: newRates(args, args.id.rates),
      ...(args.state === undefined ? {} : { state: stateFrom(args.state) }),
      ...scopeChanges(tables, args),
    });
    return render(args.id, call);
  },
});

const deleteDiskOffering = sync({
  name: "deleteDiskOffering",
  audience: "root-admin",
  parameters: { id: required(ref("diskOfferings")) },
  run({ tables, args }) {
    if (args.id.state !== "Active") throw invalid(`Unable to find disk offering by id ${args.id.id}`);
    tables.diskOfferings.update(args.id, { state: "Inactive" });
    return success;
  },
});

const listDiskOfferings = listing({
  name: "listDiskOfferings",
  audience: "user",
  parameters: {
    ...listParameters,
    id: ref("diskOfferings"),
    name: text,
    state: text,
    zoneid: ref("zones"),
    domainid: ref("domains"),
    listall: boolean,
    isrecursive: boolean,
    encrypt: boolean,
    storagetype: text,
  },
  reply: "diskoffering",
  rows: ({ tables, caller, args }) =>
    tables.diskOfferings
      .only(args.id)
      .filter(
        (offering) =>
          !offering.computeOnly &&
          fits(offering, { id: args.id?.id, name: args.name, encrypt: args.encrypt, storageType: args.storagetype }) &&
          hasState(offering, args.state) &&
          isOffered(tables, caller, offering) &&
          isInZone(offering, args.zoneid) &&
          (!args.domainid || (offering.domainIds?.includes(args.domainid.id) ?? true)) &&
          mentions(args.keyword, offering.name, offering.displayText),
      ),
  render,
});

export const diskOfferingCommands: readonly Command[] = [
  createDiskOffering,
  updateDiskOffering,
  deleteDiskOffering,
  listDiskOfferings,
];
