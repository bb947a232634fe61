import { types } from "../../policies/model/types.ts";
import { allow, changeRule, give, type Mutation, point, set } from "./mutations-edits.ts";

/** Of networks and their lists of rules. */
export const networks: readonly Mutation[] = [
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
    edit: "the registry within reach of the gateways",
    rule: "isolation-edge-inward",
    change: allow("ai-rules", "ingress", "10.0.1.0/24", 5000),
  },
  {
    edit: "tenants into the database's zone",
    rule: "isolation-gate-ingress",
    program: "tagging",
    change: allow("data-rules", "ingress", "10.0.16.0/20", 5432),
  },
];
