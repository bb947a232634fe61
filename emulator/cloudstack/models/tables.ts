import type { KeyPair, UserData } from "./credentials.ts";
import type { GpuCard, GpuDevice, VgpuProfile } from "./gpu.ts";
import type { HostDevice } from "./host-devices.ts";
import type { HostHa, OutOfBand } from "./host-ha.ts";
import type { Account, Domain, ResourceLimit, Role, RolePermission, User } from "./identity.ts";
import type { Cluster, Host, PhysicalNetwork, Pod, PublicRange, StoragePool, Zone } from "./infrastructure.ts";
import type { AffinityGroup, Instance } from "./instance.ts";
import type { Job } from "./jobs.ts";
import type {
  AclItem,
  AclList,
  LoadBalancerRule,
  Network,
  Nic,
  PortForwardingRule,
  PublicIp,
  Router,
  Vpc,
} from "./network.ts";
import type { DiskOffering, NetworkOffering, ServiceOffering, VpcOffering } from "./offerings.ts";
import type { Setting } from "./settings.ts";
import type { Store } from "./store.ts";
import type { Row, Table } from "./table.ts";
import type { Tag } from "./tags.ts";
import type { OsCategory, OsType, Template } from "./templates.ts";
import type { VmSnapshot } from "./vm-snapshot.ts";
import type { SnapshotPolicy, Volume } from "./volume.ts";

/** Every table of the emulated database with its row type. A new table is one line here. */
export function createTables(store: Store) {
  return {
    domains: store.table<Domain>("domains"),
    roles: store.table<Role>("roles"),
    rolePermissions: store.table<RolePermission>("rolePermissions"),
    accounts: store.table<Account>("accounts"),
    users: store.table<User>("users"),
    resourceLimits: store.table<ResourceLimit>("resourceLimits"),
    settings: store.table<Setting>("settings"),
    zones: store.table<Zone>("zones"),
    pods: store.table<Pod>("pods"),
    clusters: store.table<Cluster>("clusters"),
    hosts: store.table<Host>("hosts"),
    hostDevices: store.table<HostDevice>("hostDevices"),
    hostHa: store.table<HostHa>("hostHa"),
    outOfBand: store.table<OutOfBand>("outOfBand"),
    gpuCards: store.table<GpuCard>("gpuCards"),
    vgpuProfiles: store.table<VgpuProfile>("vgpuProfiles"),
    gpuDevices: store.table<GpuDevice>("gpuDevices"),
    physicalNetworks: store.table<PhysicalNetwork>("physicalNetworks"),
    publicRanges: store.table<PublicRange>("publicRanges"),
    storagePools: store.table<StoragePool>("storagePools"),
    vpcs: store.table<Vpc>("vpcs"),
    networks: store.table<Network>("networks"),
    aclLists: store.table<AclList>("aclLists"),
    aclItems: store.table<AclItem>("aclItems"),
    routers: store.table<Router>("routers"),
    nics: store.table<Nic>("nics"),
    publicIps: store.table<PublicIp>("publicIps"),
    portForwardingRules: store.table<PortForwardingRule>("portForwardingRules"),
    loadBalancerRules: store.table<LoadBalancerRule>("loadBalancerRules"),
    affinityGroups: store.table<AffinityGroup>("affinityGroups"),
    instances: store.table<Instance>("instances"),
    vmSnapshots: store.table<VmSnapshot>("vmSnapshots"),
    volumes: store.table<Volume>("volumes"),
    snapshotPolicies: store.table<SnapshotPolicy>("snapshotPolicies"),
    serviceOfferings: store.table<ServiceOffering>("serviceOfferings"),
    diskOfferings: store.table<DiskOffering>("diskOfferings"),
    networkOfferings: store.table<NetworkOffering>("networkOfferings"),
    vpcOfferings: store.table<VpcOffering>("vpcOfferings"),
    osCategories: store.table<OsCategory>("osCategories"),
    osTypes: store.table<OsType>("osTypes"),
    templates: store.table<Template>("templates"),
    userData: store.table<UserData>("userData"),
    keyPairs: store.table<KeyPair>("keyPairs"),
    tags: store.table<Tag>("tags"),
    jobs: store.table<Job>("jobs"),
  };
}

export type Tables = ReturnType<typeof createTables>;
export type TableName = keyof Tables;
export type RowOf<N extends TableName> = Tables[N] extends Table<infer R extends Row> ? R : never;
