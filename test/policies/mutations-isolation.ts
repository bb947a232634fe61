import { types } from "../../policies/model/types.ts";
import { give, type Mutation, plug, point, set, tag, write } from "./mutations-edits.ts";
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

export const isolation: readonly Mutation[] = [...machines, ...entrances];
