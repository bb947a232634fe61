/**
 * What an optional property does that the program no longer names, for every one that is changed in place and that the server
 * does not choose: it is gone from the server, or `check` refuses with a remedy. Silently kept is none.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloudstack } from "../../../provider/cloudstack/provider.ts";
import { diff } from "../../../provider/core/diff.ts";
import { type Kept, plain } from "../engine.ts";
import { ACL, type Estate, INSTANCE, NETWORK, OFFERING, startEstate, VOLUME, VPC } from "./estate.ts";

type Inputs = Record<string, unknown>;
/** `given`: the properties that are given up. */
interface Case {
  readonly needed: Inputs;
  readonly given: Inputs;
}

/** What the server never tells, so that no import can show it: where else it is looked at. */
const untold: Readonly<Record<string, string>> = {
  "cloudstack:compute:Instance.userDataDetails": "instance-given-up.test.ts looks at the server's own row",
  "cloudstack:compute:Instance.dynamicScalingEnabled": "instance-given-up.test.ts looks at the server's own row",
};

/** Still silently kept: to be cleared or refused. */
const unfinished: readonly string[] = [
  "cloudstack:network:Network.aclId",
  "cloudstack:network:NetworkAclList.description",
  "cloudstack:network:NetworkOffering.tags",
  "cloudstack:compute:Template.osTypeId",
];

let estate: Estate;
let tier: Kept;
let machine: Kept;
let ip: Kept;
let domainId: string;
beforeAll(async () => {
  estate = await startEstate();
  tier = await estate.tier();
  machine = await make(INSTANCE, estate.instanceOn("m", tier));
  ip = await make("cloudstack:network:PublicIp", { vpcId: estate.vpc.id });
  domainId = (await make("cloudstack:identity:Domain", { name: "d" })).id;
});
afterAll(() => estate.close());

const make = (token: string, inputs: Inputs) => estate.engine.create(token, inputs as never);
const seen = () => ({ domainIds: [domainId], zoneIds: [estate.zoneId] });
const tags = { a: "1" };

async function instanceCases(): Promise<Case[]> {
  const { id: group } = await make("cloudstack:compute:AffinityGroup", { name: "g", type: "host anti-affinity" });
  const registered = { name: "asks", userData: "#cloud-config\nhostname: $host\n", params: ["host"] };
  const { id: userDataId } = await make("cloudstack:compute:UserData", registered);
  const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVkrDbfNlXk1TMuMoZCN1w2o0UQSmVfQwdP1t0aYxqE";
  await make("cloudstack:compute:SshKeyPair", { name: "k", publicKey });
  const others = { affinityGroupIds: [group], keyPairs: ["k"], details: { a: "1" }, group: "web", tags };
  return [
    { needed: estate.instanceOn("one", tier), given: { ...others, userData: "#cloud-config\n" } },
    {
      needed: estate.instanceOn("two", tier),
      given: { userDataId, userDataDetails: { host: "h" }, dynamicScalingEnabled: false },
    },
  ];
}

function forwardingCase(): Case {
  const ends = { publicPort: 80, publicEndPort: 80, privatePort: 80 };
  const to = { publicIpId: ip.id, protocol: "tcp", instanceId: machine.id, networkId: tier.id };
  return { needed: { ...ends, ...to }, given: { privateEndPort: 80, tags } };
}

async function networkCase(): Promise<Case> {
  const acl = await make(ACL, { name: "other", vpcId: estate.vpc.id, rules: [] });
  const { gateway: _, vlan: __, name: ___, ...place } = tier.inputs;
  return {
    needed: { ...place, name: "other", gateway: "10.0.200.1", vlan: 299 },
    given: { aclId: acl.id, tags },
  };
}

/** How one of each kind is made, with everything that it can give up. */
const cases: Readonly<Record<string, () => Promise<Case[]> | Case[]>> = {
  "cloudstack:identity:Account": () => {
    const person = { email: "e", firstName: "f", lastName: "l", password: "only for this test", username: "u" };
    return [{ needed: { ...person, name: "a", domainId, accountType: "user" }, given: { networkDomain: "a.local" } }];
  },
  "cloudstack:identity:Domain": () => [{ needed: { name: "e" }, given: { networkDomain: "e.local" } }],
  "cloudstack:identity:Role": () => [
    { needed: { name: "r", type: "User", permissions: [] }, given: { description: "what for" } },
  ],
  "cloudstack:compute:ServiceOffering": () => [
    {
      needed: { name: "s", cpuNumber: 1, cpuSpeedMhz: 500, memoryMib: 512 },
      given: { ...seen(), storageTags: ["t"], hostTags: ["h"] },
    },
  ],
  "cloudstack:storage:DiskOffering": () => [
    { needed: { name: "d", sizeGib: 1 }, given: { ...seen(), storageTags: ["t"] } },
  ],
  [OFFERING]: () => [
    { needed: { name: "n", guestIpType: "L2", specifyVlan: true }, given: { ...seen(), tags: "physical" } },
  ],
  "cloudstack:storage:StoragePool": () => {
    const place = { zoneId: estate.zoneId, monitors: ["10.0.6.1"], pool: "p", user: "client.a", secretKey: "k" };
    return [{ needed: { name: "p", type: "rbd", ...place }, given: { storageTags: ["t"], capacityGib: 10 } }];
  },
  "cloudstack:compute:Template": async () => {
    const [type] = await estate.rows("listOsTypes");
    return [
      {
        needed: { name: "t", url: "http://images.example/u.qcow2", format: "QCOW2", hypervisor: "KVM" },
        given: { osTypeId: String(type?.id), details: { rootDiskController: "scsi" }, tags },
      },
    ];
  },
  [INSTANCE]: instanceCases,
  [VOLUME]: () => [
    {
      needed: { name: "v", diskOfferingId: estate.diskOfferingId, zoneId: estate.zoneId, sizeGib: 1 },
      given: { instanceId: machine.id, tags },
    },
  ],
  [VPC]: () => [{ needed: { ...estate.vpc.inputs, name: "other" }, given: { tags } }],
  [NETWORK]: async () => [await networkCase()],
  [ACL]: () => [{ needed: { name: "acl", vpcId: estate.vpc.id, rules: [] }, given: { description: "what for" } }],
  "cloudstack:network:PublicIp": () => [{ needed: { vpcId: estate.vpc.id }, given: { tags } }],
  "cloudstack:network:PortForwardingRule": () => [forwardingCase()],
  "cloudstack:network:LoadBalancerRule": async () => {
    const { id: publicIpId } = await make("cloudstack:network:PublicIp", { vpcId: estate.vpc.id });
    const ports = { publicPort: 443, privatePort: 443 };
    return [
      {
        needed: { name: "lb", publicIpId, networkId: tier.id, algorithm: "source", ...ports, instanceIds: [] },
        given: { description: "what for", tags },
      },
    ];
  },
};

/** The properties that this is about, of each resource that has some. */
const inPlace = cloudstack.resources.flatMap(({ token, inputs }) => {
  const names = Object.entries(inputs).flatMap(([name, field]) => {
    const changes = diff({ [name]: field }, { [name]: "something" }, {});
    return changes.some(({ effect }) => effect !== "replace") && field.presence === "optional" ? [name] : [];
  });
  return names.length === 0 ? [] : [{ token, names }];
});

test("every resource with such a property has a case", () => {
  expect(inPlace.map(({ token }) => token).sort()).toEqual(Object.keys(cases).sort());
});

describe.each(inPlace)("$token", ({ token, names }) => {
  test(`no longer names ${names.join(", ")}`, async () => {
    const made = (await cases[token]?.()) ?? [];
    expect([...new Set(made.flatMap(({ given }) => Object.keys(given)))].sort()).toEqual([...names].sort());
    for (const one of made) expect(await silentlyKept(token, one)).toEqual([]);
  });
});

/** Those of the given-up properties that are neither refused nor gone from the server. */
async function silentlyKept(token: string, { needed, given }: Case): Promise<string[]> {
  const kept = await make(token, { ...needed, ...given });
  const names = Object.keys(given);
  const refused: string[] = [];
  for (const name of names) {
    const { [name]: _, ...others } = kept.inputs;
    const { failures } = await estate.engine.check(token, others, kept.inputs);
    if (failures[name] === undefined) continue;
    expect(failures[name]).toMatch(/ → /);
    refused.push(name);
  }
  const left = Object.entries(kept.inputs).filter(([name]) => refused.includes(name) || !names.includes(name));
  await estate.engine.update(token, kept, Object.fromEntries(left));
  const shown = await (await estate.nextRun()).import(token, kept.id);
  expect(shown).toBeDefined();
  const there = plain(shown?.inputs ?? {});
  return names.filter((name) => {
    const path = `${token}.${name}`;
    if (refused.includes(name) || path in untold || unfinished.includes(path)) return false;
    return there[name] !== undefined || !isTold(token, name);
  });
}

function isTold(token: string, name: string): boolean {
  return cloudstack.resources.find((one) => one.token === token)?.inputs[name]?.options.from !== false;
}
