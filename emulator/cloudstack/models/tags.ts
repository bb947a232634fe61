import type { Row } from "./table.ts";
import type { TableName } from "./tables.ts";

/** A key and value on something. */
export interface Tag extends Row {
  readonly resourceType: string;
  readonly resourceUuid: string;
  readonly key: string;
  readonly value: string;
  readonly accountId: number;
  readonly domainId: number;
}

/** Where the things lie that can carry tags, by the API's name of their type (`ResourceTag.ResourceObjectType`). */
export const taggable = {
  UserVm: "instances",
  Template: "templates",
  Volume: "volumes",
  Network: "networks",
  LoadBalancer: "loadBalancerRules",
  PortForwardingRule: "portForwardingRules",
  PublicIpAddress: "publicIps",
  Account: "accounts",
  Vpc: "vpcs",
  NetworkACL: "aclItems",
  NetworkACLList: "aclLists",
  User: "users",
  SnapshotPolicy: "snapshotPolicies",
  VpcOffering: "vpcOfferings",
} as const satisfies Readonly<Record<string, TableName>>;

export type TaggableType = keyof typeof taggable;
