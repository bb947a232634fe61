import { formatDate } from "../models/clock.ts";
import type { Job } from "../models/jobs.ts";
import { type Call, type Command, type JsonObject, listing, sync } from "./command.ts";
import { managementServer } from "./management.ts";
import { date, listParameters, ref, required, scopeParameters } from "./parameters.ts";
import { checkAccountAccess, visibleAccounts } from "./scope.ts";

function render(job: Job, { tables }: Call): JsonObject {
  const account = tables.accounts.need(job.accountId);
  const domain = tables.domains.need(account.domainId);
  const pending = job.status === 0;
  return {
    accountid: account.uuid,
    account: account.name,
    domainid: domain.uuid,
    domainpath: `ROOT${domain.path}`.replace(/\/$/, ""),
    userid: tables.users.need(job.userId).uuid,
    cmd: job.className,
    jobprocstatus: 0,
    jobresultcode: job.resultCode,
    ...(pending ? {} : { jobresulttype: "object", jobresult: job.result }),
    jobinstancetype: job.instanceType,
    jobinstanceid: job.showsInstance ? job.instanceId : undefined,
    ...(pending ? { managementserverid: managementServer.id, managementservername: managementServer.name } : {}),
    created: formatDate(job.created),
    completed: job.completed === undefined ? undefined : formatDate(job.completed),
    jobid: job.uuid,
    jobstatus: job.status,
  };
}

const queryAsyncJobResult = sync({
  name: "queryAsyncJobResult",
  audience: "user",
  parameters: { jobid: required(ref("jobs")) },
  run(call) {
    checkAccountAccess(call, call.args.jobid.accountId);
    return render(call.args.jobid, call);
  },
});

const listAsyncJobs = listing({
  name: "listAsyncJobs",
  audience: "user",
  parameters: { ...listParameters, ...scopeParameters, startdate: date },
  reply: "asyncjobs",
  rows(call) {
    const accounts = visibleAccounts(call);
    const since = call.args.startdate ?? 0;
    return call.tables.jobs.filter((job) => accounts.has(job.accountId) && job.created >= since);
  },
  render,
});

export const jobCommands: readonly Command[] = [queryAsyncJobResult, listAsyncJobs];
