import type { Plan } from "../../src/plan/plan.ts";
import type { Exam } from "./exam.ts";
import { amountOf, type Row } from "./questions.ts";

/** What of the plan is there already, because a stack of the profile is: it counts as free for the next `up`. */
export interface Ours {
  /** The platform's VPC, if it is there and carries the provider's mark. */
  readonly vpc: Row | undefined;
  /** Instances of the plan, in the plan's networks. */
  readonly instances: readonly Row[];
  readonly instanceIds: ReadonlySet<unknown>;
}

/** @throws CloudStackError */
export async function oursIn({ cloud, plan, machines }: Exam): Promise<Ours> {
  const [vpcs, all] = await Promise.all([
    cloud.rows("listVPCs", { listall: true }),
    // Without user data, of which there can be megabytes.
    cloud.rows("listVirtualMachines", { listall: true, userdata: false }),
  ]);
  const names = new Set(machines.map(({ name }) => name));
  const networks = networkNamesOf(plan);
  const isHere = ({ nic }: Row) => rowsIn(nic).some(({ networkname }) => networks.has(String(networkname)));
  const instances = all.filter((row) => names.has(String(row.name)) && isHere(row));
  const vpc = vpcs.find((row) => row.name === plan.network.name && isMarked(row));
  return { vpc, instances, instanceIds: new Set(instances.map(({ id }) => id)) };
}

const markKey = "pulumi.mark";

/**
 * Whether the provider has made an object: by the mark that it leaves as a tag, a detail or a part of the id
 * (`provider/core/mark.ts`: a UUID of version 8, which no server chooses).
 */
export function isMarked({ id, tags, serviceofferingdetails: details }: Row): boolean {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8/.test(String(id))) return true;
  if (typeof details === "object" && details !== null && markKey in details) return true;
  return rowsIn(tags).some(({ key }) => key === markKey);
}

export function rowsIn(value: unknown): Row[] {
  return Array.isArray(value) ? value.filter((row) => typeof row === "object" && row !== null) : [];
}

/** What an instance takes of its host while it runs. */
export function takenBy(instance: Row): { mhz: number; bytes: number } {
  const { cpunumber, cpuspeed, memory, hostid } = instance;
  if (hostid === undefined) return { mhz: 0, bytes: 0 };
  return { mhz: amountOf(cpunumber) * amountOf(cpuspeed), bytes: amountOf(memory) * 2 ** 20 };
}

/** Every name of a network in the plan. */
export function networkNamesOf(plan: Plan): Set<string> {
  return new Set([...plan.network.zones, ...plan.tenants.flatMap(({ zone }) => zone ?? [])].map(({ name }) => name));
}
