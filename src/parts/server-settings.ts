import { infrastructure, management } from "@pulumi/cloudstack";
import { RunError } from "@pulumi/pulumi";
import { MistakesError } from "../kit/errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { ServerPlan } from "../plan/settings.ts";
import { lookUp } from "./look-up.ts";

/**
 * What the profile wants the server itself to do otherwise: overcommit (T1) and the detection of failed hosts (T6) in its
 * clusters, mails about alerts (T11). Put back to what it was when the stack is destroyed.
 * @throws RunError when a cluster is not there
 */
export async function adjustServer({ server: { settings, clusters } }: Plan, zoneId: string): Promise<void> {
  for (const { name, value } of settings) new management.Setting(name, { name, value });
  if (clusters === undefined) return;
  for (const { id, name: cluster } of await findClusters(clusters.which, zoneId)) {
    for (const { name, value } of clusters.settings) {
      new management.Setting(`${cluster}-${name}`, { name, value, clusterId: id });
    }
    if (clusters.hostHa !== undefined) await watchHosts(clusters.hostHa, id);
  }
}

async function findClusters(which: NonNullable<ServerPlan["clusters"]>["which"], zoneId: string) {
  const { clusters } = await lookUp(infrastructure.getClusters({ zoneId }));
  const found = clusters.filter(({ name }) => which === "all" || name === which);
  if (found.length > 0) return found;
  const rule = `all, or a cluster of the zone: ${clusters.map(({ name }) => name).join(", ")}`;
  const mistake = { path: "infrastructure.cluster", value: which, rule };
  throw new RunError(new MistakesError("The server for this profile", [mistake]).message);
}

/** Their service processors must be known to the server: it switches a host off before it starts its machines elsewhere. */
async function watchHosts(provider: string, clusterId: string): Promise<void> {
  const { hosts } = await lookUp(infrastructure.getHosts({ clusterId }));
  for (const { id, name } of hosts) new infrastructure.HostHa(name, { hostId: id, provider });
}
