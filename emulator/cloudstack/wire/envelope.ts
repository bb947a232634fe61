import { managementServer } from "../commands/management.ts";
import type { Json } from "../models/jobs.ts";

/** An answer before it is written. The body is bytes already: an answer that is kept is encoded once. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly contentType: string;
  /** Goes out as `X-Description`, as on the real server. */
  readonly errorText?: string;
}

export type Format = "json" | "xml";

/** CloudStack answers XML unless `response=json` is asked for. */
export function formatOf(parameters: ReadonlyMap<string, string>): Format {
  return parameters.get("response") === "json" ? "json" : "xml";
}

export function answer(format: Format, status: number, envelope: string, content: Json, errorText?: string): Answer {
  const described = errorText === undefined ? {} : { errorText };
  return format === "json"
    ? {
        status,
        body: Buffer.from(JSON.stringify({ [envelope]: content })),
        contentType: "application/json; charset=UTF-8",
        ...described,
      }
    : { status, body: Buffer.from(toXml(envelope, content)), contentType: "text/xml; charset=UTF-8", ...described };
}

export function errorContent(text: string, status: number, code: number | undefined): Json {
  return { uuidList: [], errorcode: status, ...(code === undefined ? {} : { cserrorcode: code }), errortext: text };
}

function toXml(name: string, content: Json): string {
  const inner = xmlContent(content);
  return `<?xml version="1.0" encoding="UTF-8"?><${name} cloud-stack-version="${managementServer.version}">${inner}</${name}>`;
}

function xmlContent(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return escapeXml(String(value));
  if (Array.isArray(value)) return value.map(xmlContent).join("");
  return Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) =>
      (Array.isArray(part) ? part : [part]).map((one) => `<${name}>${xmlContent(one)}</${name}>`).join(""),
    )
    .join("");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
