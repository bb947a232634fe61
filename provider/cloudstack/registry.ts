/** Every resource and function of the provider. */
import type { ProviderFunction, Resource } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { affinityGroup } from "./resources/affinity-group.ts";
import { serviceOffering } from "./resources/service-offering.ts";

export const resources: readonly Resource<Client>[] = [affinityGroup, serviceOffering];

export const functions: readonly ProviderFunction<Client>[] = [];
