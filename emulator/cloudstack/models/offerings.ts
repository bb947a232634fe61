import type { Row } from "./table.ts";

interface Offering extends Row {
  readonly name: string;
  readonly displayText: string;
  /** Deleting makes it Inactive; what uses it goes on. */
  readonly state: "Active" | "Inactive";
  /** Internal ids; absent: for everybody, everywhere. */
  readonly domainIds?: readonly number[];
  readonly zoneIds?: readonly number[];
}

/** The size of an instance. */
export interface ServiceOffering extends Offering {
  /** Absent in customized offerings, as are speed (MHz) and memory (MiB). */
  readonly cpuNumber?: number;
  readonly cpuSpeed?: number;
  readonly memory?: number;
  readonly offerHa: boolean;
  readonly limitCpuUse: boolean;
  readonly isVolatile: boolean;
  readonly isSystem: boolean;
  readonly systemVmType?: string;
  readonly isCustomized: boolean;
  readonly dynamicScalingEnabled: boolean;
  /** Comma-separated, as given. */
  readonly hostTags?: string;
  readonly networkRate?: number;
  readonly deploymentPlanner?: string;
  /** What each instance gets of GPUs: so many devices of the profile. A count without a profile only costs quota. */
  readonly vgpuProfileId?: number;
  readonly gpuCount?: number;
  readonly gpuDisplay?: boolean;
  readonly details?: Readonly<Record<string, string>>;
  /** The hidden disk offering that carries storage type, tags and root disk size. */
  readonly diskOfferingId: number;
  readonly diskOfferingStrictness: boolean;
}

/** The kind and size of a volume. */
export interface DiskOffering extends Offering {
  /** GiB; 0 when the size is given with the volume. */
  readonly sizeGib: number;
  readonly isCustomized: boolean;
  /** Storage tags, comma-separated, as given. */
  readonly tags?: string;
  readonly storageType: "shared" | "local";
  readonly provisioningType: string;
  readonly displayOffering: boolean;
  readonly diskSizeStrictness: boolean;
  readonly encrypt: boolean;
  readonly minIops?: number;
  readonly maxIops?: number;
  readonly customizedIops?: boolean;
  /** Limits by parameter name, e.g. `iopsreadrate`: bytes or operations a second. */
  readonly rates?: Readonly<Record<string, number>>;
  readonly cacheMode?: string;
  readonly details?: Readonly<Record<string, string>>;
  /** True for the hidden one of a service offering. */
  readonly computeOnly: boolean;
}

/** A service of a network and who provides it. */
export interface OfferedService {
  readonly name: string;
  readonly providers: readonly string[];
}

export interface NetworkOffering extends Row {
  readonly name: string;
  readonly displayText: string;
  readonly state: "Enabled" | "Disabled";
  readonly guestType: "Isolated" | "Shared" | "L2";
  readonly isDefault: boolean;
  readonly specifyVlan: boolean;
  readonly specifyIpRanges: boolean;
  readonly conserveMode: boolean;
  readonly availability: "Required" | "Optional";
  /** Mbit/s. */
  readonly networkRate: number;
  readonly services: readonly OfferedService[];
  readonly forVpc: boolean;
  readonly isPersistent: boolean;
  /** True: egress is open unless a rule says otherwise. */
  readonly egressDefaultPolicy: boolean;
  /** What was chosen for the services, by `Service.Capability`. */
  readonly capabilities: Readonly<Record<string, string>>;
  readonly tags?: string;
  readonly domainIds?: readonly number[];
  readonly zoneIds?: readonly number[];
}

export interface VpcOffering extends Row {
  readonly name: string;
  readonly displayText: string;
  readonly state: "Enabled" | "Disabled";
  readonly isDefault: boolean;
  readonly services: readonly OfferedService[];
}
