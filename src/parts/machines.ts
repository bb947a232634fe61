import { compute, gpu, type network, storage } from "@pulumi/cloudstack";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { cloudInit } from "../guests/cloud-init.ts";
import { known } from "../kit/known.ts";
import type { MachinePlan } from "../plan/machines.ts";
import type { Tags } from "../plan/tags.ts";
import type { Foundation } from "./foundation.ts";
import type { GroupsOf } from "./groups.ts";
import type { Owner } from "./owner.ts";

export interface MachinesArgs {
  plan: readonly MachinePlan[];
  tags: Tags;
  foundation: Foundation;
  /** By the keys of zones. */
  networks: Record<string, network.Network>;
  /** Default: the account whose keys the provider uses. */
  owner?: Owner;
  /** Who stands apart and who together. */
  groupsOf: GroupsOf;
  /** Disk offering of data that names no pool. */
  dataDiskId: Output<string>;
  /** What must be there before the first machine, such as the owner's limits. */
  after?: readonly Resource[];
}

/**
 * The machines of one owner, with their data.
 *
 * Creates: an instance per machine, and a data volume where it has data.
 * Takes: the vCPU, memory and disks of the plan.
 * Changing a machine's size, its root disk or an address stops that machine; a network that is made anew takes the machines
 * in it along, but not their data volumes.
 */
export class Machines extends ComponentResource {
  /** By machine name. */
  readonly instances: Record<string, compute.Instance>;

  constructor(name: string, args: MachinesArgs, opts?: ComponentResourceOptions) {
    super("strata:part:Machines", name, {}, opts);
    this.instances = this.createInstances(args);
    const volumes = this.createDataVolumes(args);
    this.attachDevices(args, volumes);
    this.registerOutputs({});
  }

  private createInstances(args: MachinesArgs): Record<string, compute.Instance> {
    const made: Record<string, compute.Instance> = {};
    // In the order of the plan, in which leaders come before those that they lead.
    for (const machine of args.plan) made[machine.name] = this.createInstance(machine, args, made);
    return made;
  }

  private createInstance(
    machine: MachinePlan,
    { tags, foundation, networks, owner, groupsOf, after = [] }: MachinesArgs,
    made: Readonly<Record<string, compute.Instance>>,
  ): compute.Instance {
    const { site, catalogue, guests } = foundation;
    const { name, size, rootDiskGib, priority, server } = machine;
    const { ids: affinityGroupIds, leaders } = groupsOf(name);
    // One that becomes the first of several joins their group before the second looks for a host apart from it.
    const first = leaders.flatMap((leader) => made[leader] ?? []);
    const awaited = machine.awaits.map((zone) => known(networks, zone));
    const nics = machine.legs.map(({ zone, kind, address, mac }) => ({
      networkId: known(networks, zone).id,
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
        // A server that knows nothing of cards would fill their hosts with others.
        ...(server !== undefined && site.gpu.kind === "hostDevices" && { hostId: known(site.gpu.hostIds, server) }),
        ...(affinityGroupIds.length > 0 && { affinityGroupIds }),
        // CloudStack restarts in no order; the tag is for operators and for what watches the cluster (T6).
        tags: priority === "medium" ? tags : { ...tags, "restart-priority": priority },
        ...owner,
      },
      { parent: this, dependsOn: [...after, ...first, ...awaited], ...carryingOn(machine) },
    );
  }

  private createDataVolumes({ plan, tags, foundation, owner, dataDiskId }: MachinesArgs): storage.Volume[] {
    const { site, storage: ceph, protectData } = foundation;
    return plan.flatMap(({ name, data }) => {
      if (data === undefined) return [];
      return new storage.Volume(
        data.name,
        {
          name: data.name,
          zoneId: site.zoneId,
          diskOfferingId: (data.pool !== undefined && ceph?.diskOfferingIds[data.pool]) || dataDiskId,
          sizeGib: data.sizeGib,
          instanceId: known(this.instances, name).id,
          deleteProtection: protectData,
          tags,
          ...owner,
        },
        { parent: this, protect: protectData, ...carryingOn(data) },
      );
    });
  }

  /** Shares of cards where the server has no offerings for them: stops a machine, and starts it on its devices' host. */
  private attachDevices({ plan, foundation: { site } }: MachinesArgs, after: Resource[]): void {
    const { gpu: backend } = site;
    if (backend.kind !== "hostDevices") return;
    for (const machine of plan) {
      const { name, gpu: share } = machine;
      if (share?.devices === undefined) continue;
      const { server, busAddresses } = share.devices;
      const instance = known(this.instances, name);
      const args = { instanceId: instance.id, hostId: known(backend.hostIds, server), busAddresses };
      // A volume is attached to a machine at rest or at work, but not to one that is just being stopped.
      // A machine that goes releases its devices: it need not be stopped and started for that.
      new gpu.HostDevice(name, args, { parent: this, dependsOn: after, deletedWith: instance, ...carryingOn(machine) });
    }
  }
}

/** What another profile calls differently is the same thing. */
function carryingOn({ formerly }: { formerly?: string }): { aliases?: { name: string }[] } {
  return formerly === undefined ? {} : { aliases: [{ name: formerly }] };
}

/** Where the platform's own machines stand. */
export function platformGround({ network, catalogue, groupsOf }: Foundation) {
  return { networks: network.networks, dataDiskId: catalogue.dataDiskId, groupsOf };
}
