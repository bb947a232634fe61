/** What holds for cards and profiles when they are removed: the real server deletes the rows, and the database has its say. */
import { fail, invalid } from "./errors.ts";
import type { GpuCard, VgpuProfile } from "./gpu.ts";
import type { World } from "./world.ts";

/** The foreign key that stops the deletion of an offering that any instance ever had (recording 09). */
const instancesNeedOffering =
  "Unable to expunge on DB, due to: Cannot delete or update a parent row: a foreign key constraint fails (`cloud`.`vm_instance`, CONSTRAINT `fk_vm_instance__service_offering_id` FOREIGN KEY (`service_offering_id`) REFERENCES `service_offering` (`id`))";

/** Deletes a profile with the offerings of it, deleted ones too. @throws {ApiError} when devices or instances need them */
export function eraseProfile(world: World, profile: VgpuProfile): void {
  if (world.tables.gpuDevices.where("profileId", profile.id).length > 0) {
    throw invalid(`Cannot delete vGPU profile with ID ${profile.id} as it is in use by one or more GPU devices`);
  }
  const { serviceOfferings, instances } = world.tables;
  const offerings = [...serviceOfferings.every()].filter((offering) => offering.vgpuProfileId === profile.id);
  const isNeeded = new Set(offerings.map((offering) => offering.id));
  for (const instance of instances.every()) {
    if (isNeeded.has(instance.offeringId)) throw fail("runtime", instancesNeedOffering);
  }
  for (const offering of offerings) serviceOfferings.erase(offering);
  world.tables.vgpuProfiles.erase(profile);
}

/** Deletes a card with its profiles. @throws {ApiError} when devices or instances need them */
export function eraseCard(world: World, card: GpuCard): void {
  const { gpuCards, gpuDevices, vgpuProfiles } = world.tables;
  if (gpuDevices.where("cardId", card.id).length > 0) {
    const { id, uuid, name, deviceId, deviceName, vendorId, vendorName } = card;
    const text = JSON.stringify({ deviceId, deviceName, id, name, uuid, vendorId, vendorName });
    throw invalid(`Cannot delete GPU card GPUCard ${text} as it is in use by one or more GPU devices`);
  }
  for (const profile of vgpuProfiles.where("cardId", card.id)) eraseProfile(world, profile);
  gpuCards.erase(card);
}
