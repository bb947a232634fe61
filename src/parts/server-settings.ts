import { infrastructure, management } from "@pulumi/cloudstack";
import { RunError } from "@pulumi/pulumi";
import { MistakesError } from "../kit/errors.ts";
import type { Plan } from "../plan/plan.ts";
import { lookUp } from "./look-up.ts";

/**
 * What the profile wants the server itself to do otherwise: overcommit of a cluster (T1), mails about alerts (T11).
 * Put back to what they were when the stack is destroyed.
 * @throws RunError when the cluster is not there
 */
export async function adjustServer({ settings }: Plan, zoneId: string): Promise<void> {
  for (const { name, value, cluster } of settings) {
    const scope = cluster === undefined ? {} : { clusterId: await clusterIdOf(cluster, zoneId) };
    new management.Setting(cluster === undefined ? name : `${name}-${cluster}`, { name, value, ...scope });
  }
}

async function clusterIdOf(name: string, zoneId: string): Promise<string> {
  const { clusters } = await lookUp(infrastructure.getClusters({ zoneId }));
  const found = clusters.find((cluster) => cluster.name === name);
  if (found !== undefined) return found.id;
  const path = "infrastructure.overcommit.cluster";
  const rule = `a cluster of the zone: ${clusters.map((cluster) => cluster.name).join(", ")}`;
  throw new RunError(new MistakesError("The server for this profile", [{ path, value: name, rule }]).message);
}
