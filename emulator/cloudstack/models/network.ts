import type { Row } from "./table.ts";

/** A virtual private cloud: one router, one address block, tiers inside it. */
export interface Vpc extends Row {
  readonly name: string;
  readonly displayText: string;
  readonly cidr: string;
  readonly zoneId: number;
  readonly offeringId: number;
  readonly accountId: number;
  readonly domainId: number;
  readonly networkDomain: string;
  readonly state: "Enabled" | "Inactive";
}

export type GuestType = "Isolated" | "Shared" | "L2";

/**
 * `Setup`: the VLAN is fixed and nothing has to be built. `Allocated`: the VLAN is taken from the dynamic range when the
 * first instance starts; then `Implemented`.
 */
export type NetworkState = "Allocated" | "Implemented" | "Setup";

/** A guest network: isolated, shared, layer 2, or a tier of a VPC. */
export interface Network extends Row {
  readonly name: string;
  readonly displayText: string;
  readonly offeringId: number;
  readonly zoneId: number;
  readonly physicalNetworkId: number;
  readonly guestType: GuestType;
  readonly accountId: number;
  readonly domainId: number;
  readonly aclType: "Account" | "Domain";
  /** Only for `aclType` Domain. */
  readonly subdomainAccess?: boolean;
  readonly state: NetworkState;
  readonly vlan?: number;
  readonly cidr?: string;
  readonly gateway?: string;
  readonly netmask?: string;
  /** The addresses that a shared network hands out. */
  readonly startIp?: string;
  readonly endIp?: string;
  readonly networkDomain?: string;
  readonly vpcId?: number;
  readonly aclId?: number;
  readonly displayNetwork: boolean;
  readonly details: Readonly<Record<string, string>>;
  /** Counts the MAC addresses given out, which carry it. */
  readonly macs: number;
}

/** A network card of an instance or of a router. */
export interface Nic extends Row {
  readonly networkId: number;
  readonly instanceId?: number;
  readonly routerId?: number;
  readonly ipAddress?: string;
  readonly macAddress: string;
  readonly isDefault: boolean;
  readonly deviceId: number;
}

/** The virtual machine that routes for a VPC or for an isolated network. */
export interface Router extends Row {
  readonly name: string;
  readonly vpcId?: number;
  readonly networkId?: number;
  readonly zoneId: number;
  readonly accountId: number;
  readonly domainId: number;
  readonly hostId?: number;
  readonly state: "Running" | "Stopped";
  readonly linkLocalIp: string;
  /** The source NAT address; a router without a public side has none. */
  readonly publicIp?: string;
  readonly publicMac?: string;
}

/** A list of rules that the tiers of a VPC refer to. Without a VPC it is one of the two built-in ones. */
export interface AclList extends Row {
  readonly name: string;
  readonly description?: string;
  readonly vpcId?: number;
  /** default_deny and default_allow. */
  readonly builtIn?: boolean;
}

export type TrafficType = "Ingress" | "Egress";

/** One rule; the lowest number that fits decides. */
export interface AclItem extends Row {
  readonly aclId: number;
  readonly number: number;
  readonly action: "Allow" | "Deny";
  readonly trafficType: TrafficType;
  readonly protocol: string;
  readonly cidrs: readonly string[];
  readonly startPort?: number;
  readonly endPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly reason?: string;
}

/** A public address while somebody holds it. */
export interface PublicIp extends Row {
  readonly address: string;
  readonly zoneId: number;
  readonly accountId: number;
  readonly domainId: number;
  readonly sourceNat: boolean;
  readonly vpcId?: number;
  /** The guest network it serves: by static NAT, by rules, or because it was taken for that network. */
  readonly networkId?: number;
  readonly staticNat?: { readonly instanceId: number; readonly guestIp: string };
}

export interface PortForwardingRule extends Row {
  readonly publicIpId: number;
  readonly networkId: number;
  readonly instanceId: number;
  readonly guestIp: string;
  readonly protocol: string;
  readonly publicPort: number;
  readonly publicEndPort: number;
  readonly privatePort: number;
  readonly privateEndPort: number;
  /** As `listPortForwardingRules` shows it: with commas. */
  readonly cidrList?: string;
}

export interface LoadBalancerRule extends Row {
  readonly name: string;
  readonly description?: string;
  readonly publicIpId: number;
  readonly networkId: number;
  readonly accountId: number;
  readonly domainId: number;
  readonly algorithm: string;
  readonly protocol: string;
  readonly publicPort: number;
  readonly privatePort: number;
  readonly cidrList?: string;
  readonly state: "Add" | "Active";
  readonly members: readonly { readonly instanceId: number; readonly ip: string }[];
}
