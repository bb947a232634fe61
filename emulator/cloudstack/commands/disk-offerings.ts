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
import { boolean, integer, listParameters, ref, required, text } from "./parameters.ts";
import { hasState, stateFrom, storageType } from "./service-offerings.ts";

function render(offering: DiskOffering, { tables }: Call): JsonObject {
  const details = scopeDetails(offering);
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
    provisioningtype: offering.provisioningType,
    displayoffering: offering.displayOffering,
    disksizestrictness: offering.diskSizeStrictness,
    encrypt: offering.encrypt,
    details: Object.keys(details).length > 0 ? details : undefined,
    hasannotations: false,
  };
}

const createDiskOffering = sync({
  name: "createDiskOffering",
  audience: "root-admin",
  parameters: {
    ...givenTo,
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
      ...defined({
        tags: args.tags,
        customizedIops: args.customizediops,
        minIops: args.miniops,
        maxIops: args.maxiops,
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
    tables.diskOfferings.update(args.id, {
      ...defined({ name, displayText, displayOffering, tags }),
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
