import { CloudStackError, kindOf } from "./errors.ts";
import type { HttpAnswer } from "./transport.ts";

/** One object of an answer, as the server spells it. */
export type Row = Record<string, unknown>;

/**
 * What is inside `{"<command>response": …}`.
 * @throws CloudStackError for every answer that is not a success of a CloudStack
 */
export function payloadOf(command: string, answer: HttpAnswer): Row {
  const body = parse(answer.text);
  // Some commands answer under another's name (updateNetworkACLItem as createnetworkaclresponse), so the only key counts.
  const payload = body && Object.values(body).find(isRow);
  if (!payload) throw notCloudStack(command, answer);
  if (answer.status === 200 && payload.errorcode === undefined) return payload;
  const text = typeof payload.errortext === "string" ? payload.errortext : answer.text.slice(0, 200);
  const errorCode = typeof payload.errorcode === "number" ? payload.errorcode : answer.status;
  throw new CloudStackError({
    kind: GATEWAY_LOST.has(answer.status) ? "dropped" : kindOf(errorCode, text),
    command,
    text,
    httpStatus: answer.status,
    errorCode,
    csErrorCode: typeof payload.cserrorcode === "number" ? payload.cserrorcode : undefined,
    mayHaveHappened: GATEWAY_LOST.has(answer.status) || answer.status === 500,
  });
}

export interface Page {
  /** Rows on all pages together. */
  count: number;
  rows: Row[];
}

/** The rows of a list answer: nothing found is `{}`, a page past the end `{"count": n}`. */
export function pageOf(command: string, payload: Row, firstPage: boolean): Page {
  const rows = Object.values(payload).find(Array.isArray)?.filter(isRow) ?? [];
  const count = typeof payload.count === "number" ? payload.count : rows.length;
  if (firstPage && count > 0 && rows.length === 0) {
    throw new CloudStackError({ kind: "server", command, text: `the answer counts ${count} objects and shows none` });
  }
  return { count, rows };
}

/** Answers of something in between that lost the server behind it: the request may have arrived there. */
const GATEWAY_LOST = new Set([502, 504]);

function notCloudStack(command: string, answer: HttpAnswer): CloudStackError {
  const shown = answer.text.replace(/\s+/g, " ").slice(0, 200);
  const busy = answer.status === 429 || answer.status === 503;
  const lost = GATEWAY_LOST.has(answer.status) || answer.status === 500;
  return new CloudStackError({
    kind: busy ? "busy" : lost ? "dropped" : "not-cloudstack",
    command,
    text: `the answer is not CloudStack's JSON but ${answer.headers["content-type"] ?? "text"}: ${shown || "(empty)"}`,
    httpStatus: answer.status,
    mayHaveHappened: lost,
  });
}

function parse(text: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
