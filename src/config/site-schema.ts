import { z } from "zod";
import * as field from "./fields.ts";

/** What the zone calls its own, and what its hosts are made of. Sites override this part. */

const sliceProfile = z.strictObject({
  name: field.text("the profile's name on the server, e.g. A100-8C"),
  memory: field.size,
  perCard: field.whole("a whole number of slices from 1 to 64", 1, 64),
});

const mig = z.strictObject({
  computeSlices: field.whole("a whole number of compute slices from 1 to 30", 1, 30),
  memorySlices: field.whole("a whole number of memory slices from 1 to 30", 1, 30),
  profiles: z
    .array(
      z.strictObject({
        name: field.text("a MIG profile, e.g. 2g.10gb"),
        vgpuType: field.text("what the server calls such an instance, e.g. A100-2-10C"),
        memory: field.size,
        computeSlices: field.whole("a whole number of compute slices from 1 to 30", 1, 30),
        memorySlices: field.whole("a whole number of memory slices from 1 to 30", 1, 30),
        starts: z
          .array(field.whole("a memory slice from 0 to 29", 0, 29))
          .min(1, "at least one place")
          .describe("Memory slices that an instance may begin at."),
      }),
    )
    .min(1, "at least one profile")
    .describe("What instances the card may be cut into."),
});

const card = z.strictObject({
  model: field.text("what `hosts` call the card, e.g. A100-40"),
  vendorId: field.text("a PCI vendor id, four hexadecimal digits, e.g. 10de", /^[0-9a-f]{4}$/),
  deviceId: field.text("a PCI device id, four hexadecimal digits, e.g. 20f1", /^[0-9a-f]{4}$/),
  memory: field.size,
  passthrough: z
    .boolean("true or false")
    .default(true)
    .describe("False where the server gives such cards in slices only."),
  vgpu: z
    .array(sliceProfile)
    .optional()
    .describe(
      "Profiles with memory of their own. Default: those of the catalogue's card of this model and memory, or none.",
    ),
  mig: mig.optional().describe("Default: as `vgpu`."),
  timeSlicing: z
    .array(sliceProfile)
    .default([])
    .describe(
      "Profiles under which the server's hosts share a card by time, without keeping memory apart: for inference (P5.1). None: nobody can have mode timeSlicing.",
    ),
});

const pciAddress = field.text("a PCI address, e.g. 0000:3b:00.0", /^([0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/);

const device = z.strictObject({
  address: pciAddress.describe("Of the card itself, for a machine that has it whole."),
  slices: z
    .array(pciAddress)
    .default([])
    .describe(
      "Of its virtual functions, one for each slice. None, and no instances: the card is given whole, and never cut up.",
    ),
  profile: field
    .text("a profile of the card under vgpu or timeSlicing, e.g. A100-8C")
    .optional()
    .describe("Of the slices. Default: the vGPU profile of which a card carries as many as are named."),
  instances: z
    .array(z.strictObject({ profile: field.text("a MIG profile of the card, e.g. 2g.10gb"), address: pciAddress }))
    .default([])
    .describe("Of the virtual functions of its MIG instances, where it has such and no slices."),
});

const hosts = z
  .strictObject({
    name: field.key.describe("What the plan calls them; with a number behind where there are several."),
    count: field.whole("a whole number of hosts from 1 to 10000", 1, 10_000).default(1),
    server: field
      .text("the host's name in CloudStack")
      .optional()
      .describe(
        "Which host it is, where the server attaches devices (Mold): the machines that the plan puts there start there, those with devices nowhere else.",
      ),
    cores: field.whole("a whole number of cores from 1 to 1024", 1, 1024),
    memory: field.size,
    racks: z
      .array(field.key)
      .default([])
      .describe("Racks that the hosts stand in, in turn: replicas are spread over racks too (T4)."),
    gpus: z
      .array(
        z.strictObject({
          card: field.text("a model of the catalogue or of infrastructure.gpu.cards"),
          count: field.whole("a whole number of cards from 1 to 16", 1, 16),
          numa: z
            .array(field.whole("a NUMA node from 0 to 15", 0, 15))
            .default([])
            .describe("Node of each card."),
          devices: z
            .array(device)
            .default([])
            .describe(
              "The PCI devices of each card, in the cards' order, for Mold without the GPU API; the plan goes by them.",
            ),
        }),
      )
      .default([])
      .describe("Its GPU cards, by model."),
  })
  .refine(({ server, count }) => server === undefined || count === 1, {
    error: "a name on the server is one host's: describe each of several hosts by itself",
    path: ["server"],
  })
  .refine(({ gpus }) => gpus.every(({ count, devices }) => devices.length <= count), {
    error: "no more devices than cards: one entry for each card, in the cards' order",
    path: ["gpus"],
  });

const ceph = z.strictObject({
  monitors: z
    .array(field.host("host name or address of a monitor without a port, IPv6 in brackets, e.g. 10.0.0.11"))
    .min(1, "at least one monitor")
    .describe("Where hosts reach the cluster; the dashboard's address and account are configuration of the provider."),
  rootTag: field
    .text("a storage tag", /^[A-Za-z0-9_-]+$/)
    .describe("Tag of the primary storage of root disks: an offering without a tag could land in a tenant's pool."),
});

export const infrastructure = z.strictObject({
  zone: field.text("the name of a CloudStack zone"),
  hypervisor: z
    .enum(["KVM", "VMware", "XenServer", "Simulator"])
    .describe("Of the hosts; the template must be for it."),
  template: field.text("the name or id of a template that is ready in the zone"),
  cpuSpeedMhz: field.whole("MHz from 100 to 10000", 100, 10_000).describe("Per vCPU, not above the hosts' own speed."),
  vpcOffering: field.text("the name of a VPC offering"),
  dynamicVlans: z
    .array(field.vlanRange)
    .default([])
    .describe("VLAN ranges that the physical network gives out by itself: no zone may lie there."),
  physicalNetworkId: z
    .uuid("the physical network's UUID")
    .optional()
    .describe("For layer-2 zones where CloudStack has several guest networks."),
  publicRange: field.cidr.optional().describe("The zone's public addresses: the VPC must not overlap them."),
  hosts: z.array(hosts).default([]).describe("What the placement plan counts with. None: no plan is made."),
  overcommit: z
    .strictObject({
      cpu: z
        .number("a factor")
        .min(1, "a factor of at least 1")
        .max(16, "a factor of at most 16")
        .default(2)
        .describe("vCPUs per core."),
      memory: z
        .number("a factor")
        .min(1, "a factor of at least 1")
        .max(4, "a factor of at most 4")
        .default(1)
        .describe("GiB given out per GiB there is."),
    })
    .prefault({})
    .describe("vCPUs per core and GiB per GiB that the plan gives out (T1)."),
  cluster: field
    .text("all, or the name of a cluster")
    .optional()
    .describe("Where overcommit and hostHa are set on the server, too. Default: nowhere, they are planned with only."),
  hostHa: z
    .strictObject({
      detectionSeconds: field.whole("a whole number of seconds from 6 to 600", 6, 600).default(30),
      provider: field.text("the name of a host HA provider").default("kvmhaprovider"),
    })
    .optional()
    .describe("Needs cluster. Its hosts that do not answer are switched off through their service processors (T6)."),
  gpu: z
    .strictObject({
      cards: z.array(card).default([]).describe("Each with its ids and the slices that the server gives."),
    })
    .default({ cards: [] })
    .describe("Cards that the catalogue does not know, or whose slices the server calls otherwise."),
  ceph: ceph
    .optional()
    .describe("The Ceph cluster of storage.pools and of the tenants' pools. Absent: the zone's own primary storage."),
});
