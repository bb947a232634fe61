import type { Row } from "../models/table.ts";
import type { Tables } from "../models/tables.ts";

/** Answers carry the job that works on the thing, while there is one. */
export function pendingJobFields(tables: Tables, instanceType: string, { uuid }: Row) {
  const pending = tables.jobs
    .where("instanceId", uuid)
    .find((job) => job.status === 0 && job.instanceType === instanceType);
  return pending ? { jobid: pending.uuid, jobstatus: 0 } : {};
}
