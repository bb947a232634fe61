/**
 * The shortest time in which a deployment can be done on a server whose jobs take what its own job log says, with no
 * limit on what runs side by side: the longest chain of jobs that had to follow each other.
 */

/** A job of the embedded cloud's log; times in ms. */
export interface Job {
  id: string;
  command: string;
  /** Uuid of the thing that the job works on. */
  instanceId?: string;
  started?: number;
  completed?: number;
  /** Jobs on the same object that were before it in the server's queue. */
  waitedFor: string[];
}

/** A resource as `pulumi stack export` has it. */
export interface StateResource {
  urn: string;
  id?: string;
  type: string;
  dependencies?: string[];
  inputs?: { nics?: { networkId: string }[] };
}

export interface CriticalPath {
  seconds: number;
  /** The jobs on it, first to last, e.g. `deployVirtualMachine ai-a-ml-01 2.5 s`. */
  steps: string[];
}

interface Node {
  label: string;
  seconds: number;
  after: string[];
}

/** Longest chain over: a resource after its dependencies, a job after its queue, a tier's instances after its first one. */
export function criticalPath(resources: StateResource[], jobs: Job[]): CriticalPath {
  const nodes = jobNodes(resources, jobs);
  const ends = new Map<string, { seconds: number; last: string | undefined }>();
  const end = (key: string): { seconds: number; last: string | undefined } => {
    const known = ends.get(key);
    if (known !== undefined) return known;
    const node = nodes.get(key);
    if (node === undefined) return { seconds: 0, last: undefined };
    const before = node.after.map((other) => ({ key: other, seconds: end(other).seconds }));
    const latest = before.sort((a, b) => b.seconds - a.seconds)[0];
    const result = { seconds: node.seconds + (latest?.seconds ?? 0), last: latest?.key };
    ends.set(key, result);
    return result;
  };
  const [goal] = [...nodes.keys()].sort((a, b) => end(b).seconds - end(a).seconds);
  const steps: string[] = [];
  for (let key = goal; key !== undefined; key = ends.get(key)?.last) {
    const node = nodes.get(key);
    if (node !== undefined && node.seconds > 0) steps.unshift(`${node.label} ${node.seconds.toFixed(1)} s`);
  }
  return { seconds: goal === undefined ? 0 : end(goal).seconds, steps };
}

/** A node for each job, and one without weight for each resource: it is there when all its jobs are. */
function jobNodes(resources: StateResource[], jobs: Job[]): Map<string, Node> {
  const nodes = new Map<string, Node>();
  const jobsOf = Map.groupBy(jobs, (job) => job.instanceId ?? "");
  const firsts = firstInstances(resources, jobs);
  for (const resource of resources) {
    const name = resource.urn.slice(resource.urn.lastIndexOf("::") + 2);
    const own = resource.id === undefined ? [] : (jobsOf.get(resource.id) ?? []);
    const before = [...(resource.dependencies ?? []), ...(firsts.get(resource.urn) ?? [])];
    let previous: string[] = before;
    for (const job of own) {
      const seconds = ((job.completed ?? 0) - (job.started ?? 0)) / 1000;
      nodes.set(job.id, { label: `${job.command} ${name}`, seconds, after: [...previous, ...job.waitedFor] });
      previous = [job.id];
    }
    nodes.set(resource.urn, { label: name, seconds: 0, after: previous });
  }
  return nodes;
}

/** For each instance that is not the first of its tiers, the instances that had to be there before it. */
function firstInstances(resources: StateResource[], jobs: Job[]): Map<string, string[]> {
  const deployed = new Map(
    jobs.filter((job) => job.command === "deployVirtualMachine").map((job) => [job.instanceId, job]),
  );
  const startOf = (resource: StateResource) => deployed.get(resource.id)?.started ?? Number.POSITIVE_INFINITY;
  const firstOfNetwork = new Map<string, string>();
  const waits = new Map<string, string[]>();
  const instances = resources.filter((resource) => deployed.has(resource.id)).sort((a, b) => startOf(a) - startOf(b));
  for (const instance of instances) {
    for (const { networkId } of instance.inputs?.nics ?? []) {
      const first = firstOfNetwork.get(networkId);
      if (first === undefined) firstOfNetwork.set(networkId, instance.urn);
      else waits.set(instance.urn, [...(waits.get(instance.urn) ?? []), first]);
    }
  }
  return waits;
}
