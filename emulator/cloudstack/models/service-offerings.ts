import type { DiskOffering, ServiceOffering } from "./offerings.ts";
import { stableUuid } from "./random.ts";
import type { Row } from "./table.ts";
import type { World } from "./world.ts";

/** What a service offering is made from; what is left out takes CloudStack's default. */
export type NewServiceOffering = Pick<ServiceOffering, "name"> &
  Partial<Omit<ServiceOffering, keyof Row | "name" | "diskOfferingId">> &
  Partial<Pick<DiskOffering, "tags" | "storageType" | "provisioningType" | "encrypt">> & {
    /** GiB; 0 takes the template's size. */
    readonly rootDiskSizeGib?: number;
  };

/** Makes a service offering with the hidden disk offering that belongs to it. `seededAt` makes its ids stable. */
export function insertServiceOffering(
  { tables }: World,
  offering: NewServiceOffering,
  seededAt?: number,
): ServiceOffering {
  const {
    tags,
    storageType = "shared",
    provisioningType = "thin",
    encrypt = false,
    rootDiskSizeGib = 0,
    ...own
  } = offering;
  const displayText = own.displayText ?? own.name;
  const fixed = (kind: string) =>
    seededAt === undefined ? {} : { uuid: stableUuid(`${kind}/${own.name}`), created: seededAt };
  const everywhere = {
    ...(own.domainIds ? { domainIds: own.domainIds } : {}),
    ...(own.zoneIds ? { zoneIds: own.zoneIds } : {}),
  };
  const disk = tables.diskOfferings.insert({
    ...fixed("compute-disk-offering"),
    ...everywhere,
    name: own.name,
    displayText,
    state: "Active",
    sizeGib: rootDiskSizeGib,
    isCustomized: rootDiskSizeGib === 0,
    ...(tags === undefined ? {} : { tags }),
    storageType,
    provisioningType,
    displayOffering: true,
    diskSizeStrictness: false,
    encrypt,
    computeOnly: true,
  });
  return tables.serviceOfferings.insert({
    state: "Active",
    offerHa: false,
    limitCpuUse: false,
    isVolatile: false,
    isSystem: false,
    isCustomized: own.cpuNumber === undefined || own.memory === undefined,
    dynamicScalingEnabled: true,
    diskOfferingStrictness: false,
    ...fixed("service-offering"),
    ...own,
    displayText,
    diskOfferingId: disk.id,
  });
}
