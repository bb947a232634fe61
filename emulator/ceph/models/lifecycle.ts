import type { Json } from "../../cloudstack/models/jobs.ts";
import { dashboardError } from "./errors.ts";

/**
 * The dashboard turns JSON into XML on the way in (`dict_to_xml`) and XML into JSON on the way out (xmltodict): `Rules`
 * becomes `Rule`, every value a text, an empty one null.
 */
export function lifecycleXml(document: string): string {
  const trimmed = document.trim();
  const inner = trimmed.startsWith("{") ? toXml(parsed(trimmed)) : trimmed;
  const xml = inner.includes("<LifecycleConfiguration>")
    ? inner
    : `<LifecycleConfiguration>${inner}</LifecycleConfiguration>`;
  checkRules(fromXml(xml));
  return xml;
}

/** Null without one. */
export function lifecycleJson(xml: string | undefined): Json {
  return xml === undefined ? null : { LifecycleConfiguration: { Rule: rulesIn(fromXml(xml)) } };
}

function rulesIn(document: { readonly [name: string]: Node }): Node[] {
  const content = document.LifecycleConfiguration;
  const rules = typeof content === "object" && content !== null && !Array.isArray(content) ? content.Rule : undefined;
  return Array.isArray(rules) ? rules : rules === undefined ? [] : [rules];
}

type Node = string | null | Node[] | { [name: string]: Node };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw dashboardError("Could not load json string");
  }
}

function toXml(data: unknown): string {
  if (Array.isArray(data)) return data.map(toXml).join("");
  if (typeof data !== "object" || data === null) return escaped(String(data ?? ""));
  return Object.entries(data)
    .map(([key, value]) => {
      const name = key === "Rules" ? "Rule" : key;
      return (Array.isArray(value) ? value : [value]).map((one) => `<${name}>${toXml(one)}</${name}>`).join("");
    })
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Elements without attributes, which is all that lifecycle rules have. @throws 400 for anything else */
function fromXml(xml: string): { readonly [name: string]: Node } {
  const tokens = xml.match(/<[^>]+>|[^<]+/g) ?? [];
  let at = 0;
  const content = (until: string): Node => {
    const children: [string, Node][] = [];
    let text = "";
    for (;;) {
      const token = tokens[at];
      at += 1;
      if (token === undefined) throw malformed();
      if (token === until) break;
      const name = /^<([A-Za-z][\w]*)>$/.exec(token)?.[1];
      const empty = /^<([A-Za-z][\w]*)\s*\/>$/.exec(token)?.[1];
      if (name !== undefined) children.push([name, content(`</${name}>`)]);
      else if (empty !== undefined) children.push([empty, null]);
      else if (token.startsWith("<")) throw malformed();
      else text += token;
    }
    return children.length === 0 ? unescaped(text.trim()) || null : merged(children);
  };
  const root = tokens[at];
  at += 1;
  if (root !== "<LifecycleConfiguration>") throw malformed();
  return { LifecycleConfiguration: content("</LifecycleConfiguration>") };
}

function merged(children: readonly [string, Node][]): Node {
  const result: { [name: string]: Node } = {};
  for (const [name, node] of children) {
    const before = result[name];
    if (before === undefined) result[name] = node;
    else result[name] = Array.isArray(before) ? [...before, node] : [before, node];
  }
  return result;
}

const actions = [
  "Expiration",
  "NoncurrentVersionExpiration",
  "AbortIncompleteMultipartUpload",
  "Transition",
  "NoncurrentVersionTransition",
];

/** What the gateway insists on: a status, and something to do. */
function checkRules(document: { readonly [name: string]: Node }): void {
  const rules = rulesIn(document) as { [name: string]: Node }[];
  if (rules.length === 0) throw malformed();
  for (const rule of rules) {
    const hasStatus = rule.Status === "Enabled" || rule.Status === "Disabled";
    if (!hasStatus || !actions.some((action) => action in rule)) throw malformed();
    const days = (rule.Expiration as { Days?: string } | undefined)?.Days;
    if (days !== undefined && !/^[1-9]\d*$/.test(days)) throw malformed();
  }
}

function malformed(): Error {
  return dashboardError("Invalid Lifecycle document", { component: "rgw" });
}
