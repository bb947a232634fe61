import { CephError, kindOf } from "./errors.ts";
import type { HttpAnswer } from "./transport.ts";

/** What a failure is about. */
interface About {
  readonly endpoint: string;
  readonly manager: string;
  /** Takes secrets out of a text. */
  readonly scrub: (text: string) => string;
}

/** Whether a standby answered: it has done nothing and will do nothing. */
export function isStandby({ status, headers, text }: HttpAnswer): boolean {
  if (status >= 300 && status < 400) return true;
  if (status >= 500 && /Keep on looking/.test(text)) return true;
  // What a standby shows that does not know the active one, and what a proxy in front of the managers says.
  return status === 503 || (isPage(headers["content-type"]) && /No active ceph-mgr/.test(text));
}

/** The JSON of a success. @throws CephError for everything else */
export function contentOf(answer: HttpAnswer, about: About): unknown {
  const { status, headers, text } = answer;
  if (status < 200 || status >= 300) throw failureOf(answer, about);
  if (text === "") return undefined;
  if (!isPage(headers["content-type"])) {
    try {
      return JSON.parse(text);
    } catch {
      // Said below.
    }
  }
  const { endpoint, manager } = about;
  const what = `${manager} does not answer as a Ceph dashboard does (${headers["content-type"] ?? "no content type"})`;
  throw new CephError({ kind: "not-ceph", endpoint, text: what, httpStatus: status });
}

function failureOf({ status, headers, text }: HttpAnswer, { endpoint, manager, scrub }: About): CephError {
  const body = objectOf(text);
  if (body === undefined || isPage(headers["content-type"])) {
    const isGateway = status === 502 || status === 504;
    const said = isGateway ? `a proxy in front of ${manager} got no answer` : `${manager} is no Ceph dashboard`;
    const kind = isGateway ? "dropped" : "not-ceph";
    return new CephError({ kind, endpoint, text: said, httpStatus: status, mayHaveHappened: isGateway });
  }
  const code = body.code === undefined || body.code === null ? undefined : String(body.code);
  const said = scrub(textOf(body));
  // Behind a 500 that nobody foresaw may stand work that is half done; behind the dashboard's own refusals there is none.
  const kind = kindOf(status, code, said);
  return new CephError({ kind, endpoint, text: said, httpStatus: status, code });
}

/** The failure of a task: the same body as an answer has, without its status. */
export function taskFailure(exception: unknown, { endpoint, scrub }: Omit<About, "manager">): CephError {
  const body = typeof exception === "object" && exception !== null ? (exception as Record<string, unknown>) : {};
  const code = body.code === undefined || body.code === null ? undefined : String(body.code);
  const said = scrub(textOf(body));
  const status = typeof body.status === "number" ? body.status : undefined;
  return new CephError({ kind: kindOf(status ?? 400, code, said), endpoint, text: said, httpStatus: status, code });
}

const longest = 600;

/** The server's own words; where it only says that something went wrong, the last line of what it adds. */
function textOf({ detail, traceback }: Record<string, unknown>): string {
  const lines = typeof traceback === "string" ? traceback.trim().split("\n") : [];
  const last = lines.at(-1) ?? "";
  const said = typeof detail === "string" ? detail : "the answer gives no reason";
  const text = /unexpected condition/.test(said) && last !== "" ? last : said;
  return text.length > longest ? `${text.slice(0, longest)}…` : text.replace(/\.$/, "");
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isPage(contentType: string | undefined): boolean {
  return contentType?.startsWith("text/html") ?? false;
}
