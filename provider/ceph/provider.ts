/** The Ceph provider. */
import type { Provider } from "../core/resource.ts";
import { Client } from "./client/client.ts";
import { isCephError } from "./client/errors.ts";
import { checkConfig, config, environment, optionsOf } from "./config.ts";
import { functions, resources } from "./registry.ts";

export const ceph: Provider<Client> = {
  name: "ceph",
  version: "0.1.0",
  displayName: "Ceph",
  doc: "Ceph as code, through the Ceph Dashboard's REST API: pools, users, file systems and object storage.",
  config,
  environment,
  resources,
  functions,
  checkConfig,
  configure: (values) => new Client(optionsOf(values)),
  connect: (api) => api.connect(),
  // Drawn once, when a cluster is set up. Pools have numbers, and all else has names: another cluster has the same ones.
  serverId: async (api) => {
    const { mon_status: status } = ((await api.list("monitor")) ?? {}) as {
      mon_status?: { monmap?: { fsid?: unknown } };
    };
    return status?.monmap?.fsid ? String(status.monmap.fsid) : undefined;
  },
  idsAreLocal: true,
  mayHaveHappened: (error) => isCephError(error) && error.facts.mayHaveHappened === true,
};
