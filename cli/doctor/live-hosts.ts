import { type Exam, zoneOf } from "./exam.ts";
import { type Ours, takenBy } from "./ours.ts";
import { amountOf, type Row } from "./questions.ts";

/** A host of the zone that machines can start on. Memory and MHz with the cluster's overcommit, as the server counts. */
export interface LiveHost {
  readonly id: string;
  readonly name: string;
  readonly cores: number;
  readonly coreMhz: number;
  /** Without overcommit. */
  readonly memoryGib: number;
  readonly freeMhz: number;
  readonly freeGib: number;
}

/** Hosts of the profile's hypervisor that are up and enabled; what this stack's own instances take of them is free. */
export async function liveHosts(exam: Exam, ours: Ours): Promise<LiveHost[]> {
  const [hosts, clusters] = [await hostRows(exam), await clusterRows(exam)];
  const ratios = new Map(clusters.map((row) => [row.id, amountOf(row.memoryovercommitratio) || 1]));
  return hosts.filter(isUsable).map((row) => {
    const mine = ours.instances.filter(({ hostid }) => hostid === row.id).map(takenBy);
    const mhz = amountOf(row.cpuwithoverprovisioning) || amountOf(row.cpunumber) * amountOf(row.cpuspeed);
    const bytes = amountOf(row.memorytotal);
    const usedBytes = amountOf(row.memoryallocatedbytes ?? row.memoryallocated);
    const own = mine.reduce((sum, one) => ({ mhz: sum.mhz + one.mhz, bytes: sum.bytes + one.bytes }), {
      mhz: 0,
      bytes: 0,
    });
    return {
      id: String(row.id),
      name: String(row.name),
      cores: amountOf(row.cpunumber),
      coreMhz: amountOf(row.cpuspeed),
      // The server shows it multiplied (recording 08).
      memoryGib: bytes / (ratios.get(row.clusterid) ?? 1) / 2 ** 30,
      freeMhz: mhz - amountOf(row.cpuallocatedvalue) + own.mhz,
      freeGib: (bytes - usedBytes + own.bytes) / 2 ** 30,
    };
  });
}

/** All hosts of the zone that run instances of the profile's hypervisor. @throws CloudStackError */
export async function hostRows(exam: Exam): Promise<Row[]> {
  const { id: zoneid } = await zoneOf(exam);
  const rows = await exam.cloud.rows("listHosts", { type: "Routing", zoneid });
  const wanted = exam.plan.infrastructure.hypervisor.toLowerCase();
  return rows.filter(({ hypervisor }) => String(hypervisor).toLowerCase() === wanted);
}

/** @throws CloudStackError */
export async function clusterRows(exam: Exam): Promise<readonly Row[]> {
  const { id: zoneid } = await zoneOf(exam);
  return exam.cloud.rows("listClusters", { zoneid });
}

export function isUsable({ state, resourcestate }: Row): boolean {
  return state === "Up" && (resourcestate ?? "Enabled") === "Enabled";
}
