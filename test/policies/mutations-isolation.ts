import { types } from "../../policies/model/types.ts";
import { allow, changeRule, give, type Mutation, plug, point, set, tag, write } from "./mutations-edits.ts";
import { refer } from "./mutations-platform.ts";

/** Of machines and what is theirs. */
const machines: Mutation[] = [
  { edit: "C's data NIC in A's zone", rule: "isolation-nic-own-zone", change: plug("ai-c-train-01", "tenant-a-tier") },
  { edit: "A's machine in the AI zone", rule: "isolation-nic-own-zone", change: plug("ai-a-train-01", "ai-tier") },
  { edit: "the gate in B's zone", rule: "isolation-nic-own-zone", change: plug("dqg-validator-01", "tenant-b-tier") },
  {
    edit: "A's machine in B's zone, too",
    rule: "isolation-no-bridge",
    change: plug("ai-a-data-01", "tenant-a-tier", "tenant-b-tier"),
  },
  {
    edit: "a gateway with a leg in A's zone",
    rule: "isolation-no-bridge",
    change: plug("ai-gateway-01", "dmz-tier", "tenant-a-tier"),
  },
  {
    edit: "A's machine in B's account",
    rule: "isolation-nic-own-zone",
    change: give(types.instance, "ai-a-serve-01", "strata-tenant-b"),
  },
  {
    edit: "A's machine in nobody's account",
    rule: "isolation-tag-owner",
    change: give(types.instance, "ai-a-serve-01", undefined),
  },
  {
    edit: "A's machine tagged as B's",
    rule: "isolation-tag-owner",
    change: tag(types.instance, "ai-a-train-01", { tenant: "b" }),
  },
  {
    edit: "a gateway in the network of approved data",
    rule: "isolation-approved-data",
    change: plug("ai-gateway-01", "dmz-tier", "gpu-storage-segment"),
  },
  {
    edit: "the gate's processor in the network of approved data",
    rule: "isolation-approved-data",
    change: plug("dqg-processor-01", "ai-tier", "gpu-storage-segment"),
  },
  {
    edit: "A's volume on B's machine",
    rule: "isolation-volume-owner",
    change: point(types.volume, "ai-a-data-01-data", "instanceId", [types.instance, "ai-b-data-01"]),
  },
  {
    edit: "A's volume in B's pool",
    rule: "isolation-volume-owner",
    change: point(types.volume, "ai-a-data-01-data", "diskOfferingId", [types.diskOffering, "tenant-b"]),
  },
  {
    edit: "the gate's volume in A's pool",
    rule: "isolation-volume-owner",
    change: point(types.volume, "dqg-validator-01-data", "diskOfferingId", [types.diskOffering, "tenant-a"]),
  },
  {
    edit: "A's volume in B's account",
    rule: "isolation-volume-owner",
    change: give(types.volume, "ai-a-data-01-data", "strata-tenant-b"),
  },
  {
    edit: "B's machine runs A's user data",
    rule: "isolation-user-data-owner",
    change(platform) {
      const props = { name: "tenant-a-setup", account: "strata-tenant-a", userData: "#cloud-config\n" };
      const shared = platform.add(types.userData, "shared", props);
      // Before the machine, as the program would have to.
      platform.resources.unshift(...platform.resources.splice(-1));
      const machine = platform.get(types.instance, "ai-b-serve-01");
      [machine.props.userDataId] = refer(machine, "userDataId", shared);
    },
  },
  {
    edit: "A's key pair in B's account",
    rule: "isolation-key-owner",
    change(platform) {
      const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 operators";
      platform.add(types.keyPair, "k", { name: "tenant-a-operators", account: "strata-tenant-b", publicKey });
    },
  },
  {
    edit: "a password in a machine's user data",
    rule: "isolation-plain-secrets",
    change: write("ai-registry-01", "password: correct-horse-battery"),
  },
  {
    edit: "a Ceph key in a machine's tags",
    rule: "isolation-plain-secrets",
    change: tag(types.instance, "ai-storage-01", { note: `AQ${"A".repeat(36)}==` }),
  },
];

/** Of networks and their lists of rules. */
const networks: Mutation[] = [
  {
    edit: "B's zone on A's VLAN",
    rule: "isolation-vlan-plan",
    change: set(types.network, "tenant-b-tier", { vlan: 20 }),
  },
  {
    edit: "C's zone on a VLAN outside of the plan",
    rule: "isolation-vlan-plan",
    change: set(types.network, "tenant-c-tier", { vlan: 70 }),
  },
  {
    edit: "A's zone on the management VLAN",
    rule: "isolation-vlan-plan",
    change: set(types.network, "tenant-a-tier", { vlan: 100 }),
  },
  {
    edit: "A's zone on any VLAN",
    rule: "isolation-vlan-plan",
    change: set(types.network, "tenant-a-tier", { vlan: undefined }),
  },
  {
    edit: "the server does not look whether the VLAN is in use",
    rule: "isolation-vlan-plan",
    change: set(types.network, "gpu-storage-segment", { bypassVlanOverlapCheck: true }),
  },
  {
    edit: "C's zone with B's addresses",
    rule: "isolation-cidr-plan",
    change: set(types.network, "tenant-c-tier", { gateway: "10.0.21.1" }),
  },
  {
    edit: "A's zone with addresses of the AI zone",
    rule: "isolation-cidr-plan",
    change: set(types.network, "tenant-a-tier", { gateway: "10.0.5.1" }),
  },
  {
    edit: "A's zone four times as large",
    rule: "isolation-cidr-plan",
    change: set(types.network, "tenant-a-tier", { netmask: "255.255.252.0" }),
  },
  {
    edit: "A's zone in the platform's account",
    rule: "isolation-tag-owner",
    change: give(types.network, "tenant-a-tier", undefined),
  },
  {
    edit: "a network by hand among the tenants' VLANs",
    rule: "isolation-shared-tier",
    change: (platform) => void platform.add(types.network, "lab", { name: "strata-lab", vlan: 30 }),
  },
  {
    edit: "A's zone open to its whole domain",
    rule: "isolation-shared-tier",
    change: set(types.network, "tenant-a-tier", { aclType: "domain" }),
  },
  {
    edit: "A's zone without a list of rules",
    rule: "isolation-tier-acl",
    change: set(types.network, "tenant-a-tier", { aclId: undefined }),
  },
  {
    edit: "B's zone with the built-in list that allows all",
    rule: "isolation-tier-acl",
    change: set(types.aclList, "tenant-b-rules", { name: "default_allow" }),
  },
  {
    edit: "A's zone with the DMZ's list",
    rule: "isolation-tenant-ingress",
    change: point(types.network, "tenant-a-tier", "aclId", [types.aclList, "dmz-rules"]),
  },
  {
    edit: "A's list without the egress denial",
    rule: "isolation-default-deny",
    change: changeRule("tenant-a-rules", 9001, undefined),
  },
  {
    edit: "the DMZ's last ingress rule allows",
    rule: "isolation-default-deny",
    change: changeRule("dmz-rules", 9000, { action: "allow" }),
  },
  {
    edit: "the AI zone's denial for TCP only",
    rule: "isolation-default-deny",
    change: changeRule("ai-rules", 9000, { protocol: "tcp" }),
  },
  {
    edit: "rules by hand may stay in A's list",
    rule: "isolation-default-deny",
    change: set(types.aclList, "tenant-a-rules", { exclusive: false }),
  },
  {
    edit: "A lets B in",
    rule: "isolation-tenant-to-tenant",
    change: allow("tenant-a-rules", "ingress", "10.0.21.0/24", 8080),
  },
  {
    edit: "B out to A",
    rule: "isolation-tenant-to-tenant",
    change: allow("tenant-b-rules", "egress", "10.0.20.0/24", 443),
  },
  {
    edit: "A out to the registry",
    rule: "isolation-tenant-egress",
    change: changeRule("tenant-a-rules", 501, { cidrs: ["10.0.5.0/25"] }),
  },
  {
    edit: "A out to the gate's SSH",
    rule: "isolation-tenant-egress",
    change: changeRule("tenant-a-rules", 501, { startPort: 22, endPort: 22 }),
  },
  {
    edit: "C out to the gate on any port",
    rule: "isolation-tenant-egress",
    change: changeRule("tenant-c-rules", 501, { protocol: "all", startPort: undefined, endPort: undefined } as object),
  },
  {
    edit: "A out to the world",
    rule: "isolation-world-egress",
    change: allow("tenant-a-rules", "egress", "0.0.0.0/0", 443),
  },
  {
    edit: "the AI zone out to the world",
    rule: "isolation-world-egress",
    change: allow("ai-rules", "egress", "0.0.0.0/0", 443),
  },
  {
    edit: "the service zone out to half of the world",
    rule: "isolation-world-egress",
    change: allow("service-rules", "egress", "0.0.0.0/1"),
  },
  {
    edit: "serving ports of A from 8080 on",
    rule: "isolation-tenant-ingress",
    change: changeRule("tenant-a-rules", 400, { endPort: 8090 }),
  },
  {
    edit: "the AI zone into A's machines",
    rule: "isolation-tenant-ingress",
    change: changeRule("tenant-a-rules", 400, { cidrs: ["10.0.5.0/24"] }),
  },
  {
    edit: "the gate takes any port from tenants",
    rule: "isolation-gate-ingress",
    change: changeRule("ai-rules", 500, { protocol: "all", startPort: undefined, endPort: undefined } as object),
  },
  {
    edit: "the gate takes PostgreSQL from tenants",
    rule: "isolation-gate-ingress",
    change: allow("ai-rules", "ingress", "10.0.20.0/24", 5432),
  },
  {
    edit: "tenants into the service zone",
    rule: "isolation-gate-ingress",
    change: allow("service-rules", "ingress", "10.0.16.0/20", 443),
  },
  {
    edit: "the AI zone out to tenants",
    rule: "isolation-platform-to-tenant",
    change: allow("ai-rules", "egress", "10.0.20.0/24", 8080),
  },
  {
    edit: "the service zone out to tenants' SSH",
    rule: "isolation-platform-to-tenant",
    change: changeRule("service-rules", 401, { startPort: 22, endPort: 22 }),
  },
  {
    edit: "the AI zone lets the world in",
    rule: "isolation-world-ingress",
    change: allow("ai-rules", "ingress", "0.0.0.0/0", 443),
  },
  {
    edit: "the edge lets the world in on 80, too",
    rule: "isolation-world-ingress",
    change: changeRule("dmz-rules", 100, { startPort: 80 }),
  },
  {
    edit: "SSH to the DMZ from the world",
    rule: "isolation-management",
    change: changeRule("dmz-rules", 700, { cidrs: ["0.0.0.0/0"] }),
  },
  {
    edit: "SSH to the AI zone from the DMZ",
    rule: "isolation-management",
    change: changeRule("ai-rules", 700, { cidrs: ["10.0.1.0/24"] }),
  },
  {
    edit: "the AI zone into the management zone",
    rule: "isolation-management",
    change: allow("management-rules", "ingress", "10.0.5.0/25", 443),
  },
  {
    edit: "the workers' zone lets the world in",
    rule: "isolation-world-ingress",
    program: "tagging",
    change: allow("service-rules", "ingress", "0.0.0.0/0", 443),
  },
  {
    edit: "tenants into the database's zone",
    rule: "isolation-gate-ingress",
    program: "tagging",
    change: allow("data-rules", "ingress", "10.0.16.0/20", 5432),
  },
];

/** Of what is reached from outside, and of storage. */
const entrances: Mutation[] = [
  {
    edit: "a public address on the registry",
    rule: "isolation-public-exposure",
    change(platform) {
      const nat = platform.add(types.staticNat, "registry", {});
      [nat.props.publicIpId] = refer(nat, "publicIpId", platform.get(types.publicIp, "service-edge"));
      [nat.props.instanceId] = refer(nat, "instanceId", platform.get(types.instance, "ai-registry-01"));
    },
  },
  {
    edit: "the load balancer leads to the inference machine",
    rule: "isolation-public-exposure",
    change: (platform) => {
      const balancer = platform.get(types.loadBalancer, "service-edge");
      balancer.props.instanceIds = refer(balancer, "instanceIds", platform.get(types.instance, "ai-infer-01"));
    },
  },
  {
    edit: "the load balancer stands in the AI zone",
    rule: "isolation-public-exposure",
    change: point(types.loadBalancer, "service-edge", "networkId", [types.network, "ai-tier"]),
  },
  {
    edit: "the load balancer on 8443",
    rule: "isolation-public-exposure",
    change: set(types.loadBalancer, "service-edge", { publicPort: 8443 }),
  },
  {
    edit: "SSH of a gateway forwarded",
    rule: "isolation-public-exposure",
    change(platform) {
      const ports = { protocol: "tcp", publicPort: 2222, privatePort: 22 };
      const rule = platform.add(types.portForwarding, "ssh", ports);
      [rule.props.instanceId] = refer(rule, "instanceId", platform.get(types.instance, "ai-gateway-01"));
    },
  },
  {
    edit: "443 forwarded to the database",
    rule: "isolation-public-exposure",
    program: "tagging",
    change(platform) {
      const rule = platform.add(types.portForwarding, "db", { protocol: "tcp", publicPort: 443, privatePort: 5432 });
      [rule.props.instanceId] = refer(rule, "instanceId", platform.get(types.instance, "dev-data-db-01"));
    },
  },
  {
    edit: "a public address for A",
    rule: "isolation-public-exposure",
    change: (platform) => void platform.add(types.publicIp, "a", { account: "strata-tenant-a" }),
  },
  {
    edit: "A's offering visible to everybody",
    rule: "isolation-offering-owner",
    change: set(types.diskOffering, "tenant-a", { domainIds: undefined }),
  },
  {
    edit: "A's offering visible to B",
    rule: "isolation-offering-owner",
    change(platform) {
      const offering = platform.get(types.diskOffering, "tenant-a");
      offering.props.domainIds = refer(offering, "domainIds", platform.get(types.domain, "tenant-b"));
    },
  },
  {
    edit: "A's offering leads into B's pool",
    rule: "isolation-offering-owner",
    change: set(types.diskOffering, "tenant-a", { storageTags: ["strata-tenant-b"] }),
  },
  {
    edit: "A's pool opened with B's user",
    rule: "isolation-pool-owner",
    change: set(types.storagePool, "tenant-a", { user: "client.tenant-b" }),
  },
  {
    edit: "A's pool under B's tag",
    rule: "isolation-pool-owner",
    change: set(types.storagePool, "tenant-a", { storageTags: ["strata-tenant-b"] }),
  },
  {
    edit: "A's pool without a tag",
    rule: "isolation-pool-owner",
    change: set(types.storagePool, "tenant-a", { storageTags: [] }),
  },
  {
    edit: "cephx: A may do everything",
    rule: "isolation-ceph-caps",
    change: set(types.cephUser, "tenant-a", { caps: { mon: "allow r", osd: "allow *" } }),
  },
  {
    edit: "cephx: A may use every pool",
    rule: "isolation-ceph-caps",
    change: set(types.cephUser, "tenant-a", { caps: { mon: "profile rbd", osd: "profile rbd" } }),
  },
  {
    edit: "cephx: A may use B's pool, too",
    rule: "isolation-ceph-caps",
    change: set(types.cephUser, "tenant-a", {
      caps: { mon: "profile rbd", osd: "profile rbd pool=tenant-a-ai-data, profile rbd pool=tenant-b-ai-data" },
    }),
  },
  {
    edit: "cephx: A may read the model registry's pool instead of its own",
    rule: "isolation-ceph-caps",
    change: set(types.cephUser, "tenant-a", {
      caps: { mon: "profile rbd", osd: "profile rbd-read-only pool=ai-model-registry" },
    }),
  },
  {
    edit: "A's bucket belongs to B",
    rule: "isolation-bucket-owner",
    program: "tagging with Ceph",
    change: set(types.bucket, "tenant-a", { owner: "tenant-b" }),
  },
  {
    edit: "A's bucket belongs to anybody",
    rule: "isolation-bucket-owner",
    program: "tagging with Ceph",
    change: set(types.bucket, "tenant-a", { owner: "anonymous" }),
  },
];

export const isolation: readonly Mutation[] = [...machines, ...networks, ...entrances];
