/** One of every resource that changes in place, with two values of everything that does; see in-place.test.ts. */
import type { Kept } from "../engine.ts";
import { ACL, INSTANCE, NETWORK, OFFERING, startEstate, VOLUME, VPC } from "./estate.ts";
import { gpuSeed } from "./gpu-hosts.ts";

type Inputs = Readonly<Record<string, unknown>>;
/** `needed` stays as it is; what is in `before` becomes what is in `after`. */
export interface Case {
  readonly needed: Inputs;
  readonly before: Inputs;
  readonly after: Inputs;
}

const IP = "cloudstack:network:PublicIp";
const CARD = "cloudstack:gpu:GpuCard";
const PROFILE = "cloudstack:gpu:VgpuProfile";
const tags = [{ a: "1" }, { a: "2", b: "3" }] as const;
const keys = [
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVkrDbfNlXk1TMuMoZCN1w2o0UQSmVfQwdP1t0aYxqE",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio",
];
const h100 = { vendorId: "10de", deviceId: "2331", vendorName: "NVIDIA Corporation", deviceName: "GH100" };

/** What the cases refer to; two of a kind, to change from one to the other. */
export async function startInPlace() {
  const estate = await startEstate("none", { seed: gpuSeed });
  const make = (token: string, inputs: Inputs, name?: string) =>
    estate.engine.create(token, inputs as never, name === undefined ? {} : { name });
  const two = async <T>(one: (name: string, index: number) => Promise<T>) =>
    [await one("one", 0), await one("two", 1)] as const;
  const id = async (made: Promise<Kept>) => (await made).id;
  const [tier, other] = [await estate.tier(), await estate.tier()];
  const hosts = await estate.rows("listHosts", { type: "Routing" });
  return {
    estate,
    make,
    tier,
    other,
    hostIds: hosts.map((host) => String(host.id)),
    machines: await two((name) => make(INSTANCE, estate.instanceOn(name, tier))),
    domains: await two((name) => id(make("cloudstack:identity:Domain", { name }))),
    addresses: await two((name) => id(make(IP, { vpcId: estate.vpc.id }, name))),
    two,
    id,
  };
}

type Place = Awaited<ReturnType<typeof startInPlace>>;
type Maker = (place: Place) => Promise<readonly Case[]> | readonly Case[];

const seen = ({ estate, domains }: Place, index: 0 | 1) => ({
  domainIds: [domains[index]],
  ...(index === 1 && { zoneIds: [estate.zoneId] }),
});

async function instances(place: Place): Promise<Case[]> {
  const { estate, make, two, id, tier, other } = place;
  const groups = await two((name) =>
    id(make("cloudstack:compute:AffinityGroup", { name, type: "host anti-affinity" })),
  );
  const registered = await two((name) => {
    const userData = `#cloud-config\nhostname: $host\n# ${name}\n`;
    return id(make("cloudstack:compute:UserData", { name, userData, params: ["host"] }));
  });
  await two((name, index) => make("cloudstack:compute:SshKeyPair", { name, publicKey: keys[index] }));
  const { name: _, nics: __, serviceOfferingId: ___, ...needed } = estate.instanceOn("", tier);
  const [before, after] = [
    { name: "first", displayName: "First", userData: "#cloud-config\n", group: "web", state: "Running" },
    { name: "renamed", displayName: "Renamed", userData: "#!/bin/sh\n", group: "db", state: "Stopped" },
  ];
  return [
    {
      needed,
      before: {
        ...before,
        nics: [{ networkId: tier.id }],
        serviceOfferingId: estate.smallId,
        affinityGroupIds: [groups[0]],
        keyPairs: ["one"],
        details: { a: "1" },
        rootDiskSizeGib: 60,
        haEnabled: true,
        deleteProtection: false,
        tags: tags[0],
      },
      after: {
        ...after,
        nics: [{ networkId: tier.id }, { networkId: other.id }],
        serviceOfferingId: estate.largeId,
        affinityGroupIds: [groups[1]],
        keyPairs: ["two"],
        details: { a: "2", b: "3" },
        rootDiskSizeGib: 70,
        haEnabled: false,
        deleteProtection: true,
        tags: tags[1],
      },
    },
    {
      needed: estate.instanceOn("registered", tier),
      before: { userDataId: registered[0], userDataDetails: { host: "a" }, dynamicScalingEnabled: true },
      after: { userDataId: registered[1], userDataDetails: { host: "b" }, dynamicScalingEnabled: false },
    },
  ];
}

async function accounts({ make, two, id, domains }: Place): Promise<Case[]> {
  const roles = await two((name) =>
    id(make("cloudstack:identity:Role", { name: `user ${name}`, type: "User", permissions: [] })),
  );
  return [
    {
      needed: { domainId: domains[0], accountType: "user" },
      before: {
        roleId: roles[0],
        ...{ name: "before", username: "before", password: "first for this test", email: "a@a", state: "enabled" },
        ...{ firstName: "A", lastName: "A", networkDomain: "a.local" },
      },
      after: {
        roleId: roles[1],
        ...{ name: "after", username: "after", password: "second for this test", email: "b@b", state: "locked" },
        ...{ firstName: "B", lastName: "B", networkDomain: "b.local" },
      },
    },
  ];
}

async function volumes({ estate, make, id, machines }: Place): Promise<Case[]> {
  const other = await id(make("cloudstack:storage:DiskOffering", { name: "any size, too", customized: true }));
  const [instanceId, otherId] = [machines[0].id, machines[1].id];
  return [
    {
      needed: { zoneId: estate.zoneId },
      before: {
        ...{ name: "v", diskOfferingId: estate.diskOfferingId, sizeGib: 1, instanceId, deviceId: 4 },
        ...{ deleteProtection: false, tags: tags[0] },
      },
      after: {
        ...{ name: "w", diskOfferingId: other, sizeGib: 2, instanceId: otherId, deviceId: 5 },
        ...{ deleteProtection: true, tags: tags[1] },
      },
    },
  ];
}

async function networks({ estate, make, two, id }: Place): Promise<Case[]> {
  const services = ["Dhcp", "Dns", "UserData", "NetworkACL", "SourceNat", "StaticNat", "PortForwarding"];
  const shape = { guestIpType: "Isolated", forVpc: true, specifyVlan: true, conserveMode: false };
  const offerings = await two((name) => {
    const providers = Object.fromEntries(services.map((service) => [service, "VpcVirtualRouter"]));
    return id(make(OFFERING, { ...shape, name: `tier ${name}`, services: providers }));
  });
  const lists = await two((name) => id(make(ACL, { name, vpcId: estate.vpc.id, rules: [] })));
  const isolated = await id(
    make(OFFERING, {
      name: "isolated",
      guestIpType: "Isolated",
      services: { Dhcp: "VirtualRouter", Dns: "VirtualRouter" },
    }),
  );
  const range = { gateway: "10.0.200.1", netmask: "255.255.255.0" };
  const at = (index: 0 | 1) => ({ networkOfferingId: offerings[index], aclId: lists[index], tags: tags[index] });
  return [
    {
      needed: { zoneId: estate.zoneId, vpcId: estate.vpc.id, ...range, vlan: 299 },
      before: { ...at(0), name: "n", displayText: "N" },
      after: { ...at(1), name: "o", displayText: "O" },
    },
    // That of a tier is its VPC's.
    {
      needed: { zoneId: estate.zoneId, name: "isolated", networkOfferingId: isolated, ...range },
      before: { networkDomain: "a.local" },
      after: { networkDomain: "b.local" },
    },
  ];
}

async function networkOfferings(place: Place): Promise<Case[]> {
  // Only one of a cloud can be the required one, and the server comes with it.
  const present = await place.estate.rows("listNetworkOfferings", { availability: "Required" });
  for (const { id } of present) {
    await place.estate.byHand("updateNetworkOffering", { id: String(id), availability: "Optional" });
  }
  return [
    {
      needed: { guestIpType: "Isolated", services: { SourceNat: "VirtualRouter" } },
      before: { ...seen(place, 0), name: "n", displayText: "N", availability: "Optional", tags: "a" },
      after: { ...seen(place, 1), name: "o", displayText: "O", availability: "Required", tags: "b" },
    },
  ];
}

function forwarding({ tier, machines, addresses, estate }: Place): Promise<Case[]> {
  const addressOf = async ({ id }: Kept) => (await estate.rows("listVirtualMachines", { id }))[0]?.ipaddress;
  const at = async (index: 0 | 1, port: number) => ({
    ...{ privatePort: port, privateEndPort: port + 2, tags: tags[index] },
    ...{ instanceId: machines[index].id, vmGuestIp: await addressOf(machines[index]) },
  });
  const ports = { publicPort: 80, publicEndPort: 82, protocol: "tcp" };
  const needed = { publicIpId: addresses[0], networkId: tier.id, ...ports };
  return Promise.all([at(0, 80), at(1, 8080)]).then(([before, after]) => [{ needed, before, after }]);
}

function balancing({ tier, machines, addresses }: Place): Case[] {
  const of = { publicIpId: addresses[1], networkId: tier.id, publicPort: 443, privatePort: 443 };
  return [
    {
      needed: of,
      before: {
        ...{ name: "lb", description: "for people", algorithm: "source", protocol: "tcp" },
        ...{ instanceIds: [machines[0].id], tags: tags[0] },
      },
      after: {
        ...{ name: "bl", description: "for programs", algorithm: "leastconn", protocol: "udp" },
        ...{ instanceIds: [machines[1].id], tags: tags[1] },
      },
    },
  ];
}

async function templates({ estate }: Place): Promise<Case[]> {
  const types = await estate.rows("listOsTypes");
  const flags = ["isPublic", "isFeatured", "isExtractable", "passwordEnabled", "sshKeyEnabled"];
  const all = (on: boolean) => Object.fromEntries([...flags, "isDynamicallyScalable"].map((flag) => [flag, on]));
  const at = (index: 0 | 1) => ({ ...all(index === 1), osTypeId: String(types[index]?.id), tags: tags[index] });
  return [
    {
      needed: { url: "http://images.example/u.qcow2", format: "QCOW2", hypervisor: "KVM" },
      before: { ...at(0), name: "t", displayText: "T", requiresHvm: true, details: { rootDiskController: "scsi" } },
      after: { ...at(1), name: "u", displayText: "U", requiresHvm: false, details: { rootDiskController: "virtio" } },
    },
  ];
}

async function devices({ make, id, two, hostIds }: Place): Promise<Case[]> {
  const cards = await two((name, index) => {
    const deviceId = ["2235", "25b6"][index];
    return id(make(CARD, { ...h100, name, deviceId, deviceName: name }));
  });
  const profiles = await two((name, index) =>
    id(make(PROFILE, { name: `${name}-1Q`, gpuCardId: cards[index], videoRamMib: 1024 })),
  );
  const parents = await two((name, index) => {
    const busAddress = `0000:8${index}:00.0`;
    const what = { gpuCardId: cards[index], vgpuProfileId: profiles[index] };
    return id(make("cloudstack:gpu:GpuDevice", { hostId: hostIds[0], busAddress, ...what }, `parent ${name}`));
  });
  const at = (index: 0 | 1) => {
    const of = { gpuCardId: cards[index], vgpuProfileId: profiles[index], parentGpuDeviceId: parents[index] };
    return { ...of, numaNode: index };
  };
  return [
    {
      needed: { hostId: hostIds[0], busAddress: "0000:86:00.0" },
      before: { ...at(0), type: "PCI", managed: true },
      after: { ...at(1), type: "MDEV", managed: false },
    },
  ];
}

const rule = { number: 1, action: "allow", trafficType: "ingress", protocol: "all", cidrs: ["10.0.0.0/8"] };

export const cases: Readonly<Record<string, Maker>> = {
  "cloudstack:identity:Domain": () => [
    {
      needed: {},
      before: { name: "d", networkDomain: "d.local" },
      after: { name: "e", networkDomain: "e.local" },
    },
  ],
  "cloudstack:identity:Account": accounts,
  "cloudstack:identity:Role": () => [
    {
      needed: { type: "User" },
      before: { name: "r", description: "R", isPublic: true, permissions: [{ rule: "list*", permission: "allow" }] },
      after: { name: "s", description: "S", isPublic: false, permissions: [{ rule: "*", permission: "deny" }] },
    },
  ],
  "cloudstack:identity:ResourceLimits": ({ domains }) => [
    { needed: { domainId: domains[1] }, before: { limits: { cpus: 4 } }, after: { limits: { cpus: 5 } } },
  ],
  "cloudstack:compute:ServiceOffering": (place) => [
    {
      needed: { cpuNumber: 1, cpuSpeedMhz: 500, memoryMib: 512 },
      before: { ...seen(place, 0), name: "s", displayText: "S", storageTags: ["a"], hostTags: ["a"] },
      after: { ...seen(place, 1), name: "t", displayText: "T", storageTags: ["b"], hostTags: ["b"] },
    },
  ],
  "cloudstack:storage:DiskOffering": (place) => [
    {
      needed: { sizeGib: 1 },
      before: { ...seen(place, 0), name: "d", displayText: "D", storageTags: ["a"], displayOffering: true },
      after: { ...seen(place, 1), name: "e", displayText: "E", storageTags: ["b"], displayOffering: false },
    },
  ],
  [OFFERING]: networkOfferings,
  "cloudstack:compute:Template": templates,
  [INSTANCE]: instances,
  "cloudstack:gpu:GpuCard": () => [
    {
      needed: { vendorId: h100.vendorId, deviceId: h100.deviceId, videoRamMib: 81920 },
      before: { name: "H", vendorName: "V", deviceName: "D" },
      after: { name: "H100", vendorName: "NVIDIA Corporation", deviceName: "GH100" },
    },
  ],
  [PROFILE]: async ({ make, id }) => {
    const gpuCardId = await id(make(CARD, { ...h100, deviceId: "26b9", name: "L40S" }));
    const at = (n: number) => ({ maxPerCard: n, videoRamMib: 1024 * n, maxHeads: n, maxResolutionX: 1000 * n });
    return [
      {
        needed: { gpuCardId },
        before: { ...at(1), name: "a", description: "A", maxResolutionY: 1000 },
        after: { ...at(2), name: "b", description: "B", maxResolutionY: 2000 },
      },
    ];
  },
  "cloudstack:gpu:GpuDevice": devices,
  [VOLUME]: volumes,
  "cloudstack:storage:SnapshotPolicy": async ({ estate, make, machines }) => {
    const place = { diskOfferingId: estate.diskOfferingId, zoneId: estate.zoneId };
    const volume = await make(VOLUME, { name: "snapped", sizeGib: 1, ...place, instanceId: machines[0].id });
    return [
      {
        needed: { volumeId: volume.id, intervalType: "daily" },
        before: { schedule: "00:02", timezone: "Asia/Seoul", maxSnapshots: 2 },
        after: { schedule: "30:03", timezone: "UTC", maxSnapshots: 3 },
      },
    ];
  },
  "cloudstack:storage:StoragePool": ({ estate }) => [
    {
      needed: { type: "rbd", zoneId: estate.zoneId, monitors: ["10.0.6.1"], pool: "p", user: "a", secretKey: "k" },
      before: { name: "p", storageTags: ["a"], capacityGib: 10, capacityIops: 100 },
      after: { name: "q", storageTags: ["b"], capacityGib: 20, capacityIops: 200 },
    },
  ],
  [VPC]: ({ estate }) => {
    const { name: _, ...needed } = estate.vpc.inputs;
    return [
      {
        needed,
        before: { name: "v", displayText: "V", tags: tags[0] },
        after: { name: "w", displayText: "W", tags: tags[1] },
      },
    ];
  },
  [NETWORK]: networks,
  [ACL]: ({ estate }) => [
    {
      needed: { vpcId: estate.vpc.id },
      before: { name: "a", description: "A", rules: [rule], exclusive: false },
      after: { name: "b", description: "B", rules: [{ ...rule, action: "deny" }], exclusive: true },
    },
  ],
  [IP]: ({ estate }) => [{ needed: { vpcId: estate.vpc.id }, before: { tags: tags[0] }, after: { tags: tags[1] } }],
  "cloudstack:network:PortForwardingRule": forwarding,
  "cloudstack:network:LoadBalancerRule": balancing,
  "cloudstack:management:Setting": () => [
    { needed: { name: "vpc.max.networks" }, before: { value: "12" }, after: { value: "16" } },
  ],
  "cloudstack:management:Tags": ({ other }) => [
    {
      needed: { resourceType: "Network", resourceIds: [other.id] },
      before: { tags: tags[0] },
      after: { tags: tags[1] },
    },
  ],
  "cloudstack:infrastructure:OutOfBandManagement": ({ hostIds }) => [
    {
      needed: { hostId: hostIds[1] },
      before: {
        ...{ driver: "ipmitool", address: "10.9.0.1", port: 623, username: "a", password: "a" },
        enabled: true,
      },
      after: { ...{ driver: "redfish", address: "10.9.0.2", port: 443, username: "b", password: "b" }, enabled: false },
    },
  ],
  "cloudstack:infrastructure:HostHa": async ({ make, hostIds }) => {
    const processor = { hostId: hostIds[2], address: "10.9.0.3", username: "a", password: "a" };
    await make("cloudstack:infrastructure:OutOfBandManagement", processor);
    return [
      {
        needed: { hostId: hostIds[2] },
        before: { provider: "kvmhaprovider", enabled: true },
        after: { provider: "kvmhaprovider", enabled: false },
      },
    ];
  },
};
