import { compute, storage } from "@pulumi/cloudstack";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { cloudInit } from "../guests/cloud-init.ts";
import { known } from "../kit/known.ts";
import type { MachinePlan } from "../plan/machines.ts";
import type { Tags } from "../plan/tags.ts";
import type { Foundation } from "./foundation.ts";
import type { Owner } from "./owner.ts";

export interface MachinesArgs {
  plan: readonly MachinePlan[];
  tags: Tags;
  foundation: Foundation;
  /** Networks by the keys of zones. */
  networkIds: Record<string, Output<string>>;
  /** Default: the account whose keys the provider uses. */
  owner?: Owner;
  /** What must be there before the first machine, such as the owner's limits. */
  after?: readonly Resource[];
}

/**
 * The machines of one owner, with their data.
 *
 * Creates: an instance per machine, a data volume where it has data, and a strict anti-affinity group per set of replicas.
 * Takes: the vCPU, memory and disks of the plan.
 * Changing a machine's size stops that machine; changing its root disk or networks replaces it, but not its data volume.
 */
export class Machines extends ComponentResource {
  /** By machine name. */
  readonly instanceIds: Record<string, Output<string>>;

  constructor(name: string, args: MachinesArgs, opts?: ComponentResourceOptions) {
    super("strata:part:Machines", name, {}, opts);
    const groupIds = this.keepReplicasApart(args);
    this.instanceIds = this.createInstances(args, groupIds);
    this.createDataVolumes(args);
    this.registerOutputs({ instanceIds: this.instanceIds });
  }

  private keepReplicasApart({ plan, owner }: MachinesArgs): Record<string, Output<string>> {
    const groups = new Set(plan.flatMap(({ replicaGroup }) => replicaGroup ?? []));
    const ids = [...groups].map((group) => {
      const args = {
        name: group,
        type: "host anti-affinity",
        description: `Replicas of ${group} on hosts of their own`,
        ...owner,
      };
      return [group, new compute.AffinityGroup(group, args, { parent: this }).id] as const;
    });
    return Object.fromEntries(ids);
  }

  /**
   * The first machine of a tier starts alone, because the tier's router comes up with it. A machine that stands in several
   * tiers is the first one in all of them: the others start beside each other after it, not one tier after the other.
   */
  private createInstances(
    args: MachinesArgs,
    groupIds: Record<string, Output<string>>,
  ): Record<string, Output<string>> {
    const { plan, after = [] } = args;
    const opener = plan.find(({ legs }) => legs.filter(({ kind }) => kind === "tier").length > 1);
    const first = opener && this.createInstance(opener, args, groupIds, after);
    const instances = plan.map((machine) => {
      const before = first === undefined ? after : [first];
      const instance = machine === opener && first ? first : this.createInstance(machine, args, groupIds, before);
      return [machine.name, instance.id] as const;
    });
    return Object.fromEntries(instances);
  }

  private createInstance(
    machine: MachinePlan,
    { tags, foundation, networkIds, owner }: MachinesArgs,
    groupIds: Record<string, Output<string>>,
    after: readonly Resource[],
  ): compute.Instance {
    const { site, catalogue, guests } = foundation;
    const { name, size, rootDiskGib, replicaGroup } = machine;
    const nics = machine.legs.map(({ zone, kind, address, mac }) => ({
      networkId: known(networkIds, zone),
      // On layer 2 CloudStack knows no addresses; the guest sets its own.
      ...(kind === "tier" && { ipAddress: address }),
      ...(mac !== undefined && { macAddress: mac }),
    }));
    return new compute.Instance(
      name,
      {
        name,
        zoneId: site.zoneId,
        templateId: site.templateId,
        hypervisor: site.hypervisor,
        serviceOfferingId: known(catalogue.sizeIds, size),
        rootDiskSizeGib: rootDiskGib,
        nics,
        userData: cloudInit(machine, guests),
        ...(replicaGroup !== undefined && { affinityGroupIds: [known(groupIds, replicaGroup)] }),
        tags,
        ...owner,
      },
      { parent: this, dependsOn: [...after] },
    );
  }

  private createDataVolumes({ plan, tags, foundation, owner }: MachinesArgs): void {
    const { site, catalogue, protectData } = foundation;
    for (const { name, data } of plan) {
      if (data === undefined) continue;
      new storage.Volume(
        data.name,
        {
          name: data.name,
          zoneId: site.zoneId,
          diskOfferingId: catalogue.dataDiskId,
          sizeGib: data.sizeGib,
          instanceId: known(this.instanceIds, name),
          deleteProtection: protectData,
          tags,
          ...owner,
        },
        { parent: this, protect: protectData },
      );
    }
  }
}
