import { formatDate } from "../models/clock.ts";
import type { Instance } from "../models/instance.ts";
import type { Volume } from "../models/volume.ts";
import type { Call, JsonObject } from "./command.ts";
import { pendingJobFields } from "./instance-fields.ts";
import { ownerFields } from "./owner-fields.ts";
import { tagFields } from "./tag-fields.ts";

/** A volume as the API shows it. */
export function volumeFields(volume: Volume, { tables, caller }: Call): JsonObject {
  const zone = tables.zones.need(volume.zoneId);
  const instance = tables.instances.get(volume.instanceId);
  return {
    id: volume.uuid,
    name: volume.name,
    zoneid: zone.uuid,
    zonename: zone.name,
    type: volume.type,
    ...attachmentFields(volume, instance),
    provisioningtype: volume.provisioningType,
    size: volume.size,
    created: formatDate(volume.created),
    state: volume.state,
    ...ownerFields(tables, volume),
    storagetype: "shared",
    ...(instance === undefined ? {} : { diskkbsread: 0, diskkbswrite: 0, diskioread: 0, diskiowrite: 0 }),
    hypervisor: volume.hypervisor ?? "None",
    ...diskFields(volume, instance, tables),
    attached: volume.attached === undefined ? undefined : formatDate(volume.attached),
    destroyed: volume.state === "Destroy",
    isextractable: true,
    displayvolume: true,
    ...(caller.isRootAdmin ? poolFields(volume, tables) : {}),
    quiescevm: false,
    supportsstoragesnapshot: false,
    deleteprotection: volume.deleteProtection,
    tags: tagFields(tables, "Volume", volume),
    hasannotations: false,
    ...pendingJobFields(tables, volume.uuid),
  };
}

function attachmentFields({ deviceId }: Volume, instance: Instance | undefined): JsonObject {
  if (instance === undefined) return {};
  return {
    deviceid: deviceId,
    virtualmachineid: instance.uuid,
    vmname: instance.name,
    vmdisplayname: instance.displayName,
    vmstate: instance.state,
    vmtype: "User",
  };
}

/** A root disk shows its instance's offering and template, a data disk its own offering. */
function diskFields(volume: Volume, instance: Instance | undefined, tables: Call["tables"]): JsonObject {
  if (volume.type === "ROOT" && instance !== undefined) {
    const offering = tables.serviceOfferings.need(instance.offeringId);
    const template = tables.templates.need(instance.templateId);
    return {
      serviceofferingid: offering.uuid,
      serviceofferingname: offering.name,
      serviceofferingdisplaytext: offering.displayText,
      templateid: template.uuid,
      templatename: template.name,
      templatedisplaytext: template.displayText,
    };
  }
  const offering = tables.diskOfferings.get(volume.diskOfferingId);
  if (offering === undefined) return {};
  return {
    diskofferingid: offering.uuid,
    diskofferingname: offering.name,
    diskofferingdisplaytext: offering.displayText,
  };
}

function poolFields({ poolId, name }: Volume, tables: Call["tables"]): JsonObject {
  const pool = tables.storagePools.get(poolId);
  if (pool === undefined) return {};
  const cluster = tables.clusters.get(pool.clusterId);
  const pod = tables.pods.get(pool.podId);
  return {
    storage: pool.name,
    path: name,
    storageid: pool.uuid,
    clusterid: cluster?.uuid,
    clustername: cluster?.name,
    podid: pod?.uuid,
    podname: pod?.name,
  };
}
