import { type ResourceType, resourceTypes, settingNames } from "./resource-types.ts";

export type SettingScope = "global" | "zone" | "cluster" | "storagepool" | "domain" | "account";
export type SettingType = "Number" | "Decimal" | "Boolean" | "String";

/** The value of a setting that has none: answers leave it out. */
const unset = "";

/** What a setting is, as `listConfigurations` describes it. */
export interface SettingDefinition {
  readonly name: string;
  readonly default: string;
  readonly type: SettingType;
  /** The one kind of thing below global that can have its own value. */
  readonly scope: SettingScope;
  readonly category: string;
  readonly group: string;
  readonly subgroup: string;
  readonly component: string;
  readonly description: string;
  /** False: holds from the next start of the management server. */
  readonly isDynamic: boolean;
}

type Details = Omit<SettingDefinition, "name" | "default" | "type" | "isDynamic"> & { readonly isDynamic?: boolean };

function define(name: string, value: string, type: SettingType, details: Details): SettingDefinition {
  return { name, default: value, type, isDynamic: true, ...details };
}

const compute = { category: "Advanced", group: "Compute", subgroup: "Virtual Machine" } as const;

/** Default limits of accounts, domains and projects; storage in GiB, memory in MiB (`ResourceLimitService`, `Config`). */
const limits: Readonly<Record<ResourceType, readonly [account: number, domain: number, project: number]>> = {
  user_vm: [20, 40, 20],
  public_ip: [20, 40, 20],
  volume: [20, 40, 20],
  snapshot: [20, 40, 20],
  template: [20, 40, 20],
  project: [10, 50, 0],
  network: [20, 40, 20],
  vpc: [20, 40, 20],
  cpu: [40, 80, 40],
  memory: [40960, 81920, 40960],
  primary_storage: [200, 400, 200],
  secondary_storage: [400, 800, 400],
  backup: [20, 40, 20],
  backup_storage: [400, 800, 400],
  bucket: [20, 20, 20],
  object_storage: [400, 400, 400],
  gpu: [20, 20, 20],
};

function limitSettings(): SettingDefinition[] {
  return resourceTypes.flatMap((type) =>
    (["account", "domain", "project"] as const).map((owner, column) => {
      const title = `${owner[0]?.toUpperCase()}${owner.slice(1)}`;
      return define(`max.${owner}.${settingNames[type]}`, String(limits[type][column]), "Number", {
        scope: "global",
        category: `${title} Defaults`,
        group: "Access",
        subgroup: title,
        component: "management-server",
        description: `The default maximum of ${type} for ${owner === "account" ? "an" : "a"} ${owner}`,
        isDynamic: false,
      });
    }),
  );
}

/** Of `KVMHAConfig`: seconds, but for the attempts and the ratio. */
const hostHa: readonly (readonly [name: string, value: string, type: SettingType, description: string])[] = [
  ["health.check.timeout", "10", "Number", "Longest time that a health check may take"],
  ["activity.check.timeout", "60", "Number", "Longest time that an activity check may take"],
  ["activity.check.interval", "60", "Number", "Time between activity checks"],
  ["activity.check.max.attempts", "10", "Number", "Activity checks before a host is recovered or called degraded"],
  ["activity.check.failure.ratio", "0.7", "Decimal", "Share of failed activity checks from which a host is recovered"],
  ["degraded.max.period", "300", "Number", "Longest time in which a degraded host has only its health checked"],
  ["recover.timeout", "60", "Number", "Longest time that a recovery may take"],
  ["recover.wait.period", "600", "Number", "Longest time to wait for a host after its recovery"],
  ["recover.failure.threshold", "1", "Number", "Recoveries that are tried before a host is fenced"],
  ["fence.timeout", "60", "Number", "Longest time that fencing may take"],
];

function hostHaSettings(): SettingDefinition[] {
  return hostHa.map(([name, value, type, description]) =>
    define(`kvm.ha.${name}`, value, type, {
      category: "Advanced",
      group: "Hypervisor",
      subgroup: "KVM",
      scope: "cluster",
      component: "KVMHAConfig",
      description,
    }),
  );
}

/** Of `Config`. The emulator sends no mail; these are known so that a stack can say where real ones go. */
const alerts: readonly (readonly [name: string, value: string, type: SettingType, description: string])[] = [
  ["alert.email.addresses", unset, "String", "Addresses that alerts are mailed to, with commas between"],
  ["alert.email.sender", unset, "String", "Address that alerts are mailed from"],
  ["alert.smtp.host", unset, "String", "Mail server for alerts"],
  ["alert.smtp.port", "465", "Number", "Port of the mail server for alerts"],
];

function alertSettings(): SettingDefinition[] {
  return alerts.map(([name, value, type, description]) =>
    define(name, value, type, {
      category: "Alert",
      group: "Management Server",
      subgroup: "Alerts",
      scope: "global",
      component: "management-server",
      description,
    }),
  );
}

const definitions: readonly SettingDefinition[] = [
  ...alertSettings(),
  ...limitSettings(),
  ...hostHaSettings(),
  define("cpu.overprovisioning.factor", "1.0", "Decimal", {
    ...compute,
    scope: "cluster",
    component: "CapacityManager",
    description:
      "Used for CPU overprovisioning calculation; available CPU will be (actualCpuCapacity * cpu.overprovisioning.factor)",
  }),
  define("mem.overprovisioning.factor", "1.0", "Decimal", {
    ...compute,
    subgroup: "Memory",
    scope: "cluster",
    component: "CapacityManager",
    description: "Used for memory overprovisioning calculation",
  }),
  define("storage.overprovisioning.factor", "2", "Decimal", {
    ...compute,
    group: "Storage",
    subgroup: "Primary Storage",
    scope: "storagepool",
    component: "CapacityManager",
    description:
      "Used for storage overprovisioning calculation; available storage will be (actualStorageSize * storage.overprovisioning.factor)",
  }),
  define("pool.storage.allocated.capacity.disablethreshold", "0.85", "Decimal", {
    category: "Alert",
    group: "Storage",
    subgroup: "Primary Storage",
    scope: "zone",
    component: "CapacityManager",
    description:
      "Percentage (as a value between 0 and 1) of allocated storage utilization above which allocators will disable using the pool for low allocated storage available.",
  }),
  define("vm.min.cpu.speed.equals.cpu.speed.divided.by.cpu.overprovisioning.factor", "true", "Boolean", {
    ...compute,
    scope: "cluster",
    component: "HypervisorGuruBase",
    description:
      "If we set this to 'true', a minimum CPU speed (cpu speed/ cpu.overprovisioning.factor) will be set on the VM, independent of using a scalable service offering or not.",
  }),
  define("vpc.max.networks", "3", "Number", {
    category: "Advanced",
    group: "Network",
    subgroup: "VPC",
    scope: "global",
    component: "management-server",
    description: "Maximum number of networks per vpc",
    isDynamic: false,
  }),
  define("enable.dynamic.scale.vm", "false", "Boolean", {
    ...compute,
    scope: "zone",
    component: "UserVmManager",
    description: "Enables/Disables dynamically scaling a vm",
  }),
  define("allow.user.expunge.recover.vm", "false", "Boolean", {
    ...compute,
    scope: "account",
    component: "UserVmManager",
    description: "Determines whether users can expunge or recover their vm",
  }),
  define("enable.additional.vm.configuration", "false", "Boolean", {
    ...compute,
    scope: "account",
    component: "UserVmManager",
    description: "allow additional arbitrary configuration to vm",
  }),
  define("gpu.detach.on.stop", "false", "Boolean", {
    ...compute,
    group: "Miscellaneous",
    subgroup: "Others",
    scope: "domain",
    component: "GpuService",
    description: "Whether to detach GPU devices from VM on stop or keep them allocated",
  }),
  ...(["host", "storage"] as const).map((kind) =>
    define(`resource.limit.${kind}.tags`, unset, "String", {
      category: "Advanced",
      group: "Hypervisor",
      subgroup: "General",
      scope: "global",
      component: "ResourceLimitManagerImpl",
      description: `Tags of ${kind === "host" ? "hosts" : "storage pools"}, with commas between, that have limits of their own`,
    }),
  ),
  define("expunge.delay", "86400", "Number", {
    ...compute,
    scope: "global",
    component: "UserVmManager",
    description:
      "Determines how long (in seconds) to wait before actually expunging destroyed vm. The default value = the default value of expunge.interval",
    isDynamic: false,
  }),
  define("vm.userdata.max.length", "32768", "Number", {
    ...compute,
    scope: "global",
    component: "UserDataManager",
    description: "Max length of vm userdata after base64 encoding. Default is 32768 and maximum is 1048576",
  }),
  define("guest.domain.suffix", "cloud.internal", "String", {
    category: "Network",
    group: "Network",
    subgroup: "DNS",
    scope: "zone",
    component: "NetworkOrchestrator",
    description: "Default domain name for vms inside virtualized networks fronted by router",
  }),
  define("network.throttling.rate", "200", "Number", {
    category: "Network",
    group: "Network",
    subgroup: "Network",
    scope: "zone",
    component: "NetworkManager",
    description: "Default data transfer rate in megabits per second allowed in network.",
  }),
];

const byName = new Map(definitions.map((definition) => [definition.name, definition]));

/** What the emulator knows of a setting. It knows those that it obeys. */
export function settingDefinition(name: string): SettingDefinition | undefined {
  return byName.get(name);
}

/** All settings that the emulator knows, by name. */
export function settingDefinitions(): readonly SettingDefinition[] {
  return [...definitions].sort((a, b) => (a.name < b.name ? -1 : 1));
}
