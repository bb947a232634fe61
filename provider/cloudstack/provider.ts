/** The CloudStack provider. */
import type { Provider } from "../core/resource.ts";
import { Client, type ClientOptions } from "./client/client.ts";
import { isCloudStackError } from "./client/errors.ts";
import { config, environment } from "./config.ts";
import { functions, resources } from "./registry.ts";

export const cloudstack: Provider<Client> = {
  name: "cloudstack",
  version: "0.1.0",
  displayName: "CloudStack",
  doc: "Apache CloudStack and ABLESTACK Mold as code: tenants, networks, instances, storage, limits and settings.",
  config,
  environment,
  resources,
  functions,
  configure: (values) => new Client(values as unknown as ClientOptions),
  connect: (api) => api.connect(),
  // An installation draws the id of its root domain once. Only root administrators see it. A refresh reads the same list.
  serverId: async (api) => {
    const root = (await api.reads.cached("listDomains", { listall: "true" }))?.find(({ level }) => level === 0);
    return root && String(root.id);
  },
  mayHaveHappened: (error) => isCloudStackError(error) && error.facts.mayHaveHappened === true,
};
