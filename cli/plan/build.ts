import type { Profile } from "../../src/config/schema.ts";
import type { GroupPlan } from "../../src/plan/groups.ts";
import { simulateHostFailures, survivesOneHost } from "../../src/plan/placement/failures.ts";
import type { HostUse, PlacementPlan } from "../../src/plan/placement/types.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { TenantPlan } from "../../src/plan/tenants.ts";
import { gpusOf } from "./gpus.ts";
import { vmsOf } from "./machines.ts";
import { linksOf, networksOf } from "./networks.ts";
import {
  type GroupReport,
  type HostReport,
  type PlanReport,
  platformOwner,
  type TenantReport,
  type VmReport,
} from "./report.ts";
import { storageOf } from "./storage.ts";

const mibPerGib = 1024;

/** Everything that the plan decided, for people and programs. Pure. */
export function reportOf(name: string, profile: Profile, plan: Plan): PlanReport {
  const { placement, documentTotals } = plan;
  const vms = vmsOf(plan);
  const networks = networksOf(plan, vms);
  const { platform, infrastructure } = profile;
  return {
    formatVersion: 1,
    profile: name,
    platform: {
      name: platform.name,
      environment: platform.environment,
      zone: infrastructure.zone,
      networkDomain: platform.networkDomain,
    },
    totals: plan.totals,
    totalsByLayer: plan.totalsByLayer,
    ...(documentTotals && { documentTotals }),
    vms,
    gpus: gpusOf(placement),
    networks,
    links: linksOf(networks),
    hosts: placement?.hosts.map(hostOf) ?? [],
    groups: groupsOf(plan),
    tenants: plan.tenants.map((tenant) => tenantOf(tenant, profile, vms)),
    storage: storageOf(plan, vms),
    ...aftermathOf(placement),
  };
}

function aftermathOf(placement: PlacementPlan | undefined) {
  if (placement === undefined) return { compromises: [], failures: [] };
  const { compromises, quality } = placement;
  return {
    compromises,
    failures: simulateHostFailures(placement),
    survival: survivesOneHost(placement),
    quality,
  };
}

function hostOf({ host, rack, machines, vcpus, memoryGib }: HostUse): HostReport {
  return { name: host, ...(rack !== undefined && { rack }), vcpus, memoryGiB: memoryGib, vms: [...machines] };
}

function groupsOf({ groups, tenants }: Plan): GroupReport[] {
  const report =
    (owner: string) =>
    ({ name, kind, strict, members }: GroupPlan): GroupReport => ({ name, owner, kind, strict, vms: members });
  return [...groups.map(report(platformOwner)), ...tenants.flatMap(({ name, groups: own }) => own.map(report(name)))];
}

function tenantOf(tenant: TenantPlan, profile: Profile, all: readonly VmReport[]): TenantReport {
  const { key, name, displayName, accountName, zone, tags, apiToken, limits, storage } = tenant;
  const vms = all.filter(({ owner }) => owner === name);
  const sum = (amount: (vm: VmReport) => number) => vms.reduce((total, vm) => total + amount(vm), 0);
  const volumesGiB = sum(({ data }) => data?.sizeGiB ?? 0);
  const gpu = gpuOf(
    profile.tenants.find((candidate) => candidate.key === key)?.gpu,
    sum(({ gpu: own }) => (own ? own.memoryGiB * own.count : 0)),
  );
  return {
    key,
    name,
    displayName,
    account: accountName,
    ...(zone && { vlan: zone.vlan, cidr: zone.cidr }),
    dataClass: tags["data-class"] ?? "",
    apiToken,
    limits: {
      vms: limits.instances,
      volumes: limits.volumes,
      vcpus: limits.cpus,
      memoryGiB: limits.memoryMib / mibPerGib,
      primaryStorageGiB: limits.primaryStorageGib,
      gpus: limits.gpus,
    },
    uses: {
      vms: vms.length,
      volumes: vms.length + vms.filter(({ data }) => data !== undefined).length,
      vcpus: sum(({ vcpus }) => vcpus),
      memoryGiB: sum(({ memoryGiB }) => memoryGiB),
      primaryStorageGiB: sum(({ rootDiskGiB }) => rootDiskGiB) + volumesGiB,
      gpus: sum(({ gpu: own }) => own?.count ?? 0),
    },
    ...(gpu && { gpu }),
    storage: {
      kind: storage.kind,
      ...(storage.kind !== "zone" && { name: storage.name }),
      quotaGiB: storage.sizeGib,
      volumesGiB,
    },
  };
}

function gpuOf(quota: Profile["tenants"][number]["gpu"], slicesGiB: number): TenantReport["gpu"] {
  if (quota === undefined) return slicesGiB === 0 ? undefined : { slicesGiB };
  const { dedicated, jobs, priority, burst } = quota;
  return { slicesGiB, quotaGiB: dedicated, ...(burst !== undefined && { burstGiB: burst }), jobs, priority };
}
