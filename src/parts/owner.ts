import type { Input } from "@pulumi/pulumi";

/** The account that something belongs to, in CloudStack's own words. */
export interface Owner {
  account: Input<string>;
  domainId: Input<string>;
}
