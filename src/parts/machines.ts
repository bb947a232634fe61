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
  readonly instances: Record<string, compute.Instance>;

  constructor(name: string, args: MachinesArgs, opts?: ComponentResourceOptions) {
    super("strata:part:Machines", name, {}, opts);
    const groupIds = this.keepReplicasApart(name, args);
    this.instances = this.createInstances(args, groupIds);
    this.createDataVolumes(args);
    this.registerOutputs({});
  }

  private keepReplicasApart(name: string, { plan, owner }: MachinesArgs): Record<string, Output<string>> {
    const groups = new Set(plan.flatMap(({ replicaGroup }) => replicaGroup ?? []));
    const ids = [...groups].map((group) => {
      const args = {
        name: group,
        type: "host anti-affinity",
        description: `Replicas of ${group} on hosts of their own`,
        ...owner,
      };
      // A group's name is unique in its account only, so tenants share it.
      return [group, new compute.AffinityGroup(`${name}-${group}`, args, { parent: this }).id] as const;
    });
    return Object.fromEntries(ids);
  }

  private createInstances(
    args: MachinesArgs,
    groupIds: Record<string, Output<string>>,
  ): Record<string, compute.Instance> {
    const instances = args.plan.map((machine) => [machine.name, this.createInstance(machine, args, groupIds)] as const);
    return Object.fromEntries(instances);
  }

  private createInstance(
    machine: MachinePlan,
    { tags, foundation, networkIds, owner, after = [] }: MachinesArgs,
    groupIds: Record<string, Output<string>>,
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
          instanceId: known(this.instances, name).id,
          deleteProtection: protectData,
          tags,
          ...owner,
        },
        { parent: this, protect: protectData },
      );
    }
  }
}
