import type { Description } from "../../policies/core/subject.ts";
import { beside, type Violation } from "./isolation-beside.ts";
import { type Allow, changed, landscape, list, machine, owned, thing, tier, urn } from "./landscape.ts";
import { unknown } from "./rule-test.ts";

const on = (name: string, direction: Allow["direction"], cidr: string, port?: number, more: Partial<Allow> = {}) => {
  const rule: Allow = { direction, cidr, ...(port !== undefined && { port }), ...more };
  return changed({ [`aclList ${name}`]: { rules: list("x", [rule]).props?.rules } });
};
const secondTier = (props: Record<string, unknown>, vlan = 22, gateway = "10.0.22.1"): Description[] => [
  ...landscape(),
  list("c", []),
  tier("c", vlan, gateway, { ...owned("c"), ...props }),
];
const more = (...resources: Description[]): Description[] => [...landscape(), ...resources];
const gate = (name: string, ipAddress = "10.0.5.40", props: Record<string, unknown> = {}) => {
  const nics = [{ networkId: unknown, ipAddress }];
  return machine(name, ["ai"], { ...props, nics, tags: { layer: "quality-gate" } });
};
const caps = (texts: Record<string, string>) => changed({ "cephUser a": { caps: texts } });
const userData = (text: string) => changed({ "userData a": { userData: text } });
const forward = (props: Record<string, unknown>, network: string, instance: string) => [
  ...landscape(),
  thing(
    "portForwarding",
    "forward",
    { publicPort: 443, privatePort: 443, networkId: unknown, instanceId: unknown, ...props },
    { networkId: [urn("network", network)], instanceId: [urn("instance", instance)] },
  ),
];

/** Isolation rule → violations of it: what somebody did, and the resource that the rule must name. */
export const violations: Record<string, Violation[]> = {
  "nic-own-zone": [
    ["C's machine in A's tier", [...landscape(), machine("c", ["a"], owned("c"))], "c"],
    ["a tenant's machine in the AI zone", [...landscape(), machine("c", ["ai"], owned("c"))], "c"],
    [
      "B's administrator's machine in the AI zone, by the platform's name",
      [
        ...landscape(),
        {
          ...machine("spy", ["ai"], { account: "admin", domainId: unknown }),
          dependencies: { nics: [urn("network", "ai")], domainId: [urn("domain", "b")] },
        },
      ],
      "spy",
    ],
    [
      "a tenant called platform",
      [...landscape(), machine("spy", ["ai"], { account: "strata-tenant-platform" })],
      "spy",
    ],
    ["the platform's machine in a tenant's tier", [...landscape(), machine("spy", ["b"])], "spy"],
  ],
  ...beside,
  "shared-tier": [
    ["the AI zone for everybody", changed({ "network ai": { aclType: "domain", subdomainAccess: true } }), "ai"],
    ["a tenant's by its tag only", secondTier({ account: undefined, domainId: undefined }), "c"],
    ["a tier for a whole domain", secondTier({ aclType: "domain" }), "c"],
    ["and for the domains below", secondTier({ subdomainAccess: true }), "c"],
    ["a tenants' VLAN that nobody owns", secondTier({ account: undefined, domainId: undefined, tags: {} }), "c"],
  ],
  "vlan-plan": [
    ["C in A's VLAN", secondTier({}, 20), "c"],
    ["a VLAN outside the plan", secondTier({}, 700), "c"],
    ["a tenant in the platform's VLAN", secondTier({}, 60), "c"],
    ["no VLAN", secondTier({ vlan: undefined }), "c"],
    ["no check of the VLAN", secondTier({ bypassVlanOverlapCheck: true }), "c"],
  ],
  "cidr-plan": [
    ["B's addresses", secondTier({}, 22, "10.0.21.1"), "c"],
    ["the AI zone's addresses", secondTier({}, 22, "10.0.5.1"), "c"],
    ["half of A's addresses", secondTier({ netmask: "255.255.255.128" }, 22, "10.0.20.129"), "c"],
    ["more than the tenants' block", secondTier({ netmask: "255.255.0.0" }), "c"],
  ],
  "tier-acl": [
    ["a router of its own", secondTier({ vpcId: undefined, aclId: undefined }), "c"],
    ["no list", changed({ "network a": { aclId: undefined } }), "a"],
    [
      "the built-in one",
      changed(
        { "network a": { dependencies: { aclId: [urn("aclList", "d")] } } },
        list("d", [], { name: "default_allow" }),
      ),
      "a",
    ],
  ],
  "default-deny": [
    ["no rules", changed({ "aclList a": { rules: [] } }), "a"],
    ["rules by hand stay", changed({ "aclList a": { exclusive: false } }), "a"],
    [
      "only TCP is denied",
      changed({
        "aclList a": {
          rules: ["ingress", "egress"].map((trafficType, index) => {
            return { number: index + 1, action: "deny", trafficType, protocol: "tcp", cidrs: ["0.0.0.0/0"] };
          }),
        },
      }),
      "a",
    ],
  ],
  "tenant-to-tenant": [
    ["in from B", on("a", "ingress", "10.0.21.0/24", 8080), "a"],
    ["out to B", on("a", "egress", "10.0.21.8/32", 443), "a"],
    ["out to everything private", on("a", "egress", "10.0.0.0/8", 443), "a"],
  ],
  "tenant-egress": [
    ["to the gate, any port", on("a", "egress", "10.0.5.40/32"), "a"],
    ["to the gate, a range of ports", on("a", "egress", "10.0.5.40/32", 443, { endPort: 444 }), "a"],
    ["to the whole AI zone", on("a", "egress", "10.0.5.0/25", 443), "a"],
    ["to the registry's zone over UDP", on("a", "egress", "10.0.5.40/32", 443, { protocol: "udp" }), "a"],
  ],
  "gate-address": [
    ["to the registry", [...on("a", "egress", "10.0.5.64/32", 443), gate("gate-2")], "a"],
    ["to the broker", [...on("b", "egress", "10.0.5.41/32", 443), gate("gate-2")], "b"],
    [
      "to what calls itself the gate",
      [...on("a", "egress", "10.0.5.50/32", 443), gate("gate-2"), gate("x", "10.0.5.50", owned("b"))],
      "a",
    ],
  ],
  "tenant-ingress": [
    ["SSH from the service zone", on("a", "ingress", "10.0.5.130/32", 22), "a"],
    ["serving from the AI zone", on("a", "ingress", "10.0.5.20/32", 8080), "a"],
    ["management", on("a", "ingress", "10.0.100.0/24", 22), "a"],
  ],
  "platform-to-tenant": [
    ["the AI zone into A", on("ai", "egress", "10.0.20.0/24", 8080), "ai"],
    ["the service zone on SSH", on("service", "egress", "10.0.20.8/32", 22), "service"],
  ],
  "gate-ingress": [
    ["any port", on("ai", "ingress", "10.0.16.0/20"), "ai"],
    ["into the service zone", on("service", "ingress", "10.0.20.0/24", 443), "service"],
    ["wider than the tenants", on("ai", "ingress", "10.0.0.0/8", 8080), "ai"],
  ],
  "world-ingress": [
    ["SSH", on("dmz", "ingress", "0.0.0.0/0", 22), "dmz"],
    ["half of the world", on("dmz", "ingress", "128.0.0.0/1", 22), "dmz"],
    ["443, but not at the edge", on("ai", "ingress", "0.0.0.0/0", 443), "ai"],
  ],
  "world-egress": [
    ["everything", on("ai", "egress", "0.0.0.0/0"), "ai"],
    ["a name server", on("service", "egress", "8.8.8.8/32", 53, { protocol: "udp" }), "service"],
  ],
  management: [
    ["SSH from the DMZ", on("ai", "ingress", "10.0.1.0/24", 22), "ai"],
    ["a range that holds SSH", on("ai", "ingress", "10.0.5.130/32", 1, { endPort: 1024 }), "ai"],
    ["into the management zone", on("management", "ingress", "10.0.5.0/25", 8080), "management"],
  ],
  "public-exposure": [
    ["port forwarding to training", forward({}, "ai", "train"), "forward"],
    ["another port of the gateway", forward({ publicPort: 22 }, "dmz", "gateway"), "forward"],
    ["a tenant's address", [...landscape(), thing("publicIp", "mine", { vpcId: unknown, ...owned("a") })], "mine"],
    [
      "static NAT",
      [
        ...landscape(),
        thing(
          "staticNat",
          "nat",
          { instanceId: unknown, networkId: unknown },
          { instanceId: [urn("instance", "gateway")], networkId: [urn("network", "dmz")] },
        ),
      ],
      "nat",
    ],
    [
      "balancing onto tenants",
      changed({ "loadBalancer api": { dependencies: { instanceIds: [urn("instance", "a-train")] } } }),
      "api",
    ],
  ],
  "no-bridge": [
    ["A and B", [...landscape(), machine("bridge", ["a", "b"], owned("a"))], "bridge"],
    ["a tenant and the platform", [...landscape(), machine("bridge", ["ai", "b"])], "bridge"],
  ],
  "volume-owner": [
    [
      "in B's pool",
      changed({ "volume a-data": { dependencies: { diskOfferingId: [urn("diskOffering", "b")] } } }),
      "a-data",
    ],
    [
      "at B's machine",
      changed({ "volume a-data": { dependencies: { instanceId: [urn("instance", "b-train")] } } }),
      "a-data",
    ],
    [
      "without an account",
      changed({ "volume a-data": { account: undefined, domainId: undefined, tags: {} } }),
      "a-data",
    ],
  ],
  "offering-owner": [
    ["for everybody", changed({ "diskOffering a": { domainIds: undefined } }), "a"],
    ["for B", changed({ "diskOffering a": { dependencies: { domainIds: [urn("domain", "b")] } } }), "a"],
    ["of both", changed({ "diskOffering a": { storageTags: ["strata-tenant-a", "strata-tenant-b"] } }), "a"],
  ],
  "pool-owner": [
    ["B's key", changed({ "storagePool a": { user: "client.tenant-b" } }), "a"],
    ["the administrator's key", changed({ "storagePool a": { user: "client.admin" } }), "a"],
    ["B's tag", changed({ "storagePool a": { storageTags: ["strata-tenant-b"] } }), "a"],
    ["no tag", changed({ "storagePool a": { storageTags: [] } }), "a"],
  ],
  "tag-owner": [
    ["A's tag on the platform's", [...landscape(), machine("x", ["ai"], { tags: { tenant: "a" } })], "x"],
    ["B's tag on A's", changed({ "instance a-train": { tags: { tenant: "b" } } }), "a-train"],
  ],
  "user-data-owner": [
    [
      "B uses A's",
      changed({ "instance b-train": { userDataId: unknown, dependencies: { userDataId: [urn("userData", "a")] } } }),
      "b-train",
    ],
    [
      "the platform uses A's",
      changed({ "instance train": { userDataId: unknown, dependencies: { userDataId: [urn("userData", "a")] } } }),
      "train",
    ],
  ],
  "key-owner": [
    ["A's key in B's account", changed({ "keyPair a": owned("b") }), "a"],
    [
      "A's user data in no tenant's account",
      changed({ "userData a": { account: undefined, domainId: undefined, tags: {} } }),
      "a",
    ],
  ],
  "edge-inward": [
    ["the registry from the DMZ", on("ai", "ingress", "10.0.1.0/24", 5000), "ai"],
    ["in a wider range", on("ai", "ingress", "10.0.0.0/22", 443), "ai"],
    ["any port of the service zone", on("service", "ingress", "10.0.1.4/32"), "service"],
  ],
  "ceph-caps": [
    ["everything", caps({ mon: "allow r", osd: "allow *" }), "a"],
    ["any pool", caps({ mon: "profile rbd", osd: "profile rbd" }), "a"],
    ["B's pool too", caps({ osd: "profile rbd pool=tenant-a-ai-data, profile rbd pool=tenant-b-ai-data" }), "a"],
    ["all monitors' powers", caps({ mon: "allow *", osd: "profile rbd pool=tenant-a-ai-data" }), "a"],
    [
      "B's folder, too",
      caps({ osd: "profile rbd pool=tenant-a-ai-data", mds: "allow rw path=/volumes/tenant-b" }),
      "a",
    ],
    ["any file system", caps({ osd: "profile rbd pool=tenant-a-ai-data, allow rw tag cephfs data=*" }), "a"],
    ["the monitors' settings", caps({ mon: "allow rw", osd: "profile rbd pool=tenant-a-ai-data" }), "a"],
    ["the platform's pool", caps({ osd: "allow rwx pool=ai-model-registry" }), "a"],
  ],
  "bucket-owner": [
    ["B's user", changed({ "bucket documents": { owner: "tenant-b" } }), "documents"],
    ["nobody's user", changed({ "bucket documents": { owner: "anonymous" } }), "documents"],
    ["B's place", changed({ "bucket documents": { placementTarget: "tenant-b" } }), "documents"],
    [
      "a place of two tenants",
      more(
        thing("placementTarget", "two", {
          name: "tenant-a",
          indexPool: "index",
          dataPool: "tenant-b-objects",
          dataExtraPool: "index",
        }),
      ),
      "two",
    ],
    [
      "A's class in B's pool",
      more(thing("storageClass", "cold", { name: "COLD", placementTarget: "tenant-a", dataPool: "tenant-b-objects" })),
      "cold",
    ],
  ],
  "approved-data": [
    ["the gateway", [...landscape(), machine("x", ["dmz", "storage"], { tags: { layer: "service-edge" } })], "x"],
    [
      "the gateway, called something else",
      [...landscape(), machine("x", ["dmz", "storage"], { tags: { layer: "shared-ai" } })],
      "x",
    ],
    ["no layer", [...landscape(), machine("x", ["ai", "storage"])], "x"],
    ["a tenant's", [...landscape(), machine("x", ["storage"], { ...owned("a"), tags: { layer: "shared-ai" } })], "x"],
  ],
  "plain-secrets": [
    ["a password", userData("#cloud-config\npassword: correct-horse\n"), "a"],
    ["a private key", userData("-----BEGIN OPENSSH PRIVATE KEY-----\nx"), "a"],
    ["in base64", userData(Buffer.from("export API_KEY=0123456789abcdef\n").toString("base64")), "a"],
    [
      "as a parameter of user data",
      changed({ "instance a-train": { userData: "#cloud-config\n", userDataDetails: { token: "0123456789abcdef" } } }),
      "a-train",
    ],
    ["in a tag", changed({ "instance a-train": { tags: { tenant: "a", token: "0123456789abcdef" } } }), "a-train"],
    [
      "what the program keeps secret",
      [...landscape(), { ...thing("userData", "s", { userData: "hello" }), secrets: ["/userData"] }],
      "s",
    ],
  ],
};
