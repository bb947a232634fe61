import { formatDate } from "../models/clock.ts";
import { invalid } from "../models/errors.ts";
import type { ServiceOffering } from "../models/offerings.ts";
import { insertServiceOffering } from "../models/service-offerings.ts";
import { defined } from "../models/values.ts";
import { type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { gpuFields } from "./gpu-fields.ts";
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
import { type Arguments, boolean, integer, keyValues, listParameters, map, ref, required, text } from "./parameters.ts";

const greatest = 2 ** 31 - 1;
const leastMemoryMib = 32;

function render(offering: ServiceOffering, { tables }: Call): JsonObject {
  const disk = tables.diskOfferings.need(offering.diskOfferingId);
  const details = { ...scopeDetails(offering), ...offering.details };
  return {
    id: offering.uuid,
    name: offering.name,
    state: offering.state,
    displaytext: offering.displayText,
    cpunumber: offering.cpuNumber,
    cpuspeed: offering.cpuSpeed,
    memory: offering.memory,
    created: formatDate(offering.created),
    storagetype: disk.storageType,
    provisioningtype: disk.provisioningType,
    offerha: offering.offerHa,
    limitcpuuse: offering.limitCpuUse,
    isvolatile: offering.isVolatile,
    storagetags: disk.tags,
    ...scopeFields(tables, offering, (domain) => domain.name),
    hosttags: offering.hostTags,
    issystem: offering.isSystem,
    defaultuse: false,
    systemvmtype: offering.systemVmType,
    networkrate: offering.networkRate,
    deploymentplanner: offering.deploymentPlanner,
    serviceofferingdetails: Object.keys(details).length > 0 ? details : undefined,
    iscustomized: offering.isCustomized,
    rootdisksize: disk.sizeGib,
    dynamicscalingenabled: offering.dynamicScalingEnabled,
    diskofferingstrictness: offering.diskOfferingStrictness,
    diskofferingid: disk.uuid,
    diskofferingname: disk.name,
    diskofferingdisplaytext: disk.displayText,
    encryptroot: disk.encrypt,
    ...gpuFields(tables, offering),
    gpudisplay: offering.gpuDisplay ?? false,
    hasannotations: false,
  };
}

const creation = {
  ...givenTo,
  name: required(text),
  displaytext: text,
  cpunumber: integer,
  cpuspeed: integer,
  memory: integer,
  offerha: boolean,
  limitcpuuse: boolean,
  isvolatile: boolean,
  storagetype: text,
  provisioningtype: text,
  tags: text,
  hosttags: text,
  rootdisksize: integer,
  networkrate: integer,
  deploymentplanner: text,
  serviceofferingdetails: map,
  customized: boolean,
  dynamicscalingenabled: boolean,
  diskofferingstrictness: boolean,
  encryptroot: boolean,
  vgpuprofileid: ref("vgpuProfiles"),
  gpucount: integer,
  gpudisplay: boolean,
};

/** What `ConfigurationManagerImpl.createServiceOffering` refuses. */
function checkCreation(args: Arguments<typeof creation>): void {
  const { name, cpunumber, cpuspeed, memory } = args;
  const failed = `Failed to create service offering ${name}: `;
  const isFixed = !(args.customized ?? (cpunumber === undefined || memory === undefined));
  if (isFixed || cpunumber !== undefined) {
    if (cpunumber === undefined || cpunumber < 1 || cpunumber > greatest) {
      throw invalid(`${failed}specify the cpu number value between 1 and ${greatest}`);
    }
  }
  if ((isFixed && cpuspeed === undefined) || (cpuspeed !== undefined && (cpuspeed < 0 || cpuspeed > greatest))) {
    throw invalid(`${failed}specify the cpu speed value between 0 and ${greatest}`);
  }
  if ((isFixed && memory === undefined) || (memory !== undefined && (memory < leastMemoryMib || memory > greatest))) {
    throw invalid(`${failed}specify the memory value between ${leastMemoryMib} and ${greatest} MB`);
  }
  if (args.offerha && args.storagetype === "local") throw invalid("HA offering with local storage is not supported. ");
  checkGpus(args);
}

/** A count without a profile is taken as it is: it costs quota and attaches nothing. */
function checkGpus(args: Arguments<typeof creation>): void {
  if (args.vgpuprofileid !== undefined && (args.gpucount ?? 1) < 1) {
    throw invalid("GPU count must be greater than 0.");
  }
  // How GPUs were offered before there were profiles.
  const details = Object.fromEntries(keyValues(args.serviceofferingdetails));
  if ((details.pciDevice === undefined) !== (details.vgpuType === undefined)) {
    throw invalid("Please specify the pciDevice and vgpuType correctly.");
  }
}

/** Where an offering's volumes lie. @throws {ApiError} 431 */
export function storageType(type: string | undefined): "shared" | "local" {
  if (type === undefined || type.toLowerCase() === "shared") return "shared";
  if (type.toLowerCase() === "local") return "local";
  throw invalid(`Invalid storage type ${type} specified, valid types are: 'local' and 'shared'`);
}

const createServiceOffering = sync({
  name: "createServiceOffering",
  audience: "root-admin",
  parameters: creation,
  reply: "serviceoffering",
  run(call) {
    const { world, args } = call;
    checkCreation(args);
    const details = Object.fromEntries(keyValues(args.serviceofferingdetails));
    const optional = {
      cpuNumber: args.cpunumber,
      cpuSpeed: args.cpuspeed,
      memory: args.memory,
      hostTags: args.hosttags,
      networkRate: args.networkrate,
      deploymentPlanner: args.deploymentplanner,
      vgpuProfileId: args.vgpuprofileid?.id,
      gpuCount: args.gpucount ?? (args.vgpuprofileid && 1),
      gpuDisplay: args.gpudisplay,
      tags: args.tags,
      domainIds: idsOf(args.domainid),
      zoneIds: idsOf(args.zoneid),
      details: args.serviceofferingdetails ? details : undefined,
    };
    const offering = insertServiceOffering(world, {
      ...defined(optional),
      name: args.name,
      displayText: args.displaytext ?? args.name,
      offerHa: args.offerha ?? false,
      limitCpuUse: args.limitcpuuse ?? false,
      isVolatile: args.isvolatile ?? false,
      dynamicScalingEnabled: args.dynamicscalingenabled ?? true,
      diskOfferingStrictness: args.diskofferingstrictness ?? false,
      ...(args.customized === undefined ? {} : { isCustomized: args.customized }),
      storageType: storageType(args.storagetype),
      provisioningType: args.provisioningtype ?? "thin",
      encrypt: args.encryptroot ?? false,
      rootDiskSizeGib: args.rootdisksize ?? 0,
    });
    return render(offering, call);
  },
});

const updateServiceOffering = sync({
  name: "updateServiceOffering",
  audience: "root-admin",
  parameters: {
    ...givenToByText,
    id: required(ref("serviceOfferings")),
    name: text,
    displaytext: text,
    hosttags: text,
    storagetags: text,
    state: text,
  },
  reply: "serviceoffering",
  run(call) {
    const { tables, args } = call;
    const offering = args.id;
    tables.serviceOfferings.update(offering, {
      ...defined({ name: args.name, displayText: args.displaytext, hostTags: args.hosttags }),
      ...(args.state === undefined ? {} : { state: stateFrom(args.state) }),
      ...scopeChanges(tables, args),
    });
    if (args.storagetags !== undefined) {
      tables.diskOfferings.update(tables.diskOfferings.need(offering.diskOfferingId), { tags: args.storagetags });
    }
    return render(offering, call);
  },
});

/** An offering's state from its text. @throws {ApiError} 431 */
export function stateFrom(text: string): "Active" | "Inactive" {
  if (text.toLowerCase() === "active") return "Active";
  if (text.toLowerCase() === "inactive") return "Inactive";
  throw invalid(`Invalid state: ${text}`);
}

/** Whether an offering is in the wanted state: lists show the active ones unless they are asked for others or `all`. */
export function hasState({ state }: { readonly state: string }, wanted = "Active"): boolean {
  return wanted.toLowerCase() === "all" || wanted.toLowerCase() === state.toLowerCase();
}

const deleteServiceOffering = sync({
  name: "deleteServiceOffering",
  audience: "root-admin",
  parameters: { id: required(ref("serviceOfferings")) },
  run({ tables, args }) {
    tables.serviceOfferings.update(args.id, { state: "Inactive" });
    tables.diskOfferings.update(tables.diskOfferings.need(args.id.diskOfferingId), { state: "Inactive" });
    return success;
  },
});

const listServiceOfferings = listing({
  name: "listServiceOfferings",
  audience: "user",
  parameters: {
    ...listParameters,
    id: ref("serviceOfferings"),
    name: text,
    state: text,
    zoneid: ref("zones"),
    domainid: ref("domains"),
    issystem: boolean,
    listall: boolean,
    isrecursive: boolean,
    cpunumber: integer,
    memory: integer,
    gpuenabled: boolean,
    vgpuprofileid: ref("vgpuProfiles"),
  },
  reply: "serviceoffering",
  rows: ({ tables, caller, args }) =>
    tables.serviceOfferings.only(args.id).filter(
      (offering) =>
        fits(offering, {
          id: args.id?.id,
          name: args.name,
          isSystem: args.issystem ?? false,
          vgpuProfileId: args.vgpuprofileid?.id,
        }) &&
        (args.gpuenabled === undefined || args.gpuenabled === (offering.vgpuProfileId !== undefined)) &&
        hasState(offering, args.state) &&
        isOffered(tables, caller, offering) &&
        isInZone(offering, args.zoneid) &&
        (!args.domainid || (offering.domainIds?.includes(args.domainid.id) ?? true)) &&
        (offering.cpuNumber ?? greatest) >= (args.cpunumber ?? 0) &&
        (offering.memory ?? greatest) >= (args.memory ?? 0) &&
        mentions(args.keyword, offering.name, offering.displayText),
    ),
  render,
});

export const serviceOfferingCommands: readonly Command[] = [
  createServiceOffering,
  updateServiceOffering,
  deleteServiceOffering,
  listServiceOfferings,
];
