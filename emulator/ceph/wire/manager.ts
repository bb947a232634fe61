import type { ControlApi } from "../control/control.ts";
import type { Manager, Managers } from "../models/managers.ts";
import { type Answer, errorPage, failureAnswer, htmlAnswer } from "./answer.ts";
import type { Dispatcher } from "./dispatch.ts";
import type { Request } from "./request.ts";

/** What a manager is asked; `undefined` = the connection is cut without an answer. */
export type Handler = (request: Request) => Promise<Answer | undefined>;

const electionPage = `<html><head><title>Ceph</title><meta http-equiv="refresh" content="5"></head>
<body>No active ceph-mgr instance is currently running the dashboard. A failover may be in progress. Retrying in 5 seconds...</body></html>`;

const userInterface = "<!doctype html><html><head><title>Ceph</title></head><body><cd-root></cd-root></body></html>";

/** The dashboard of one manager: the API where it is active, a pointer to the active one where it is not. */
export function managerHandler(
  manager: Manager,
  managers: Managers,
  dispatcher: Dispatcher,
  control: ControlApi,
): Handler {
  return async (request) => {
    if (!manager.up) return undefined;
    if (managers.active !== manager) return standby(managers);
    if (request.segments[0] !== "api") return htmlAnswer(userInterface);
    const match = dispatcher.find(request);
    const name = match?.name ?? `${request.method} ${request.path}`;
    control.countCall(name);
    const answer = await playFault(control, name, () => dispatcher.dispatch(request, match));
    // The process that was asked may have ended in the meantime.
    return manager.up && managers.active === manager ? answer : undefined;
  };
}

/**
 * `StandbyModule` in `module.py`: a redirect goes to the root of the active dashboard and forgets path and method (303);
 * while there is no active one it answers 200 with a page for people.
 */
function standby({ active, standbyBehaviour, standbyErrorStatus }: Managers): Answer {
  if (standbyBehaviour === "error") return errorPage(standbyErrorStatus, "Keep on looking");
  if (!active) return htmlAnswer(electionPage);
  const link = `This resource can be found at <a href="${active.url}">${active.url}</a>.`;
  return { status: 303, body: link, headers: { "Content-Type": "text/html;charset=utf-8", Location: active.url } };
}

async function playFault(
  { faults }: ControlApi,
  name: string,
  dispatch: () => Promise<Answer>,
): Promise<Answer | undefined> {
  const fault = faults.take(name);
  switch (fault?.kind) {
    case undefined:
      return dispatch();
    case "slow":
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      return dispatch();
    case "drop-before":
      return undefined;
    case "drop":
      await dispatch();
      return undefined;
    case "error":
      return failureAnswer(fault.failure, undefined);
  }
}
