/** Every resource and function of the provider. */
import type { ProviderFunction, Resource } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { account } from "./resources/account.ts";
import { affinityGroup } from "./resources/affinity-group.ts";
import { diskOffering } from "./resources/disk-offering.ts";
import { domain } from "./resources/domain.ts";
import { role } from "./resources/role.ts";
import { serviceOffering } from "./resources/service-offering.ts";
import { sshKeyPair } from "./resources/ssh-key-pair.ts";
import { userData } from "./resources/user-data.ts";

export const resources: readonly Resource<Client>[] = [
  account,
  affinityGroup,
  diskOffering,
  domain,
  role,
  serviceOffering,
  sshKeyPair,
  userData,
];

export const functions: readonly ProviderFunction<Client>[] = [];
