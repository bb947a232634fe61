import type * as analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import { type Description, type Subject, subjectOf, type Values } from "./subject.ts";

/** Signatures of special objects in the engine's messages (`@pulumi/pulumi/runtime/rpc`). */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A resource as the engine sends it, before a change or at the end. */
export function subjectFrom(request: analyzer.AnalyzeRequest | analyzer.AnalyzerResource): Subject {
  const secrets = new Set<string>();
  const provider = request.getProvider()?.getProperties()?.toJavaScript();
  const options = request.getOptions();
  return subjectOf({
    urn: request.getUrn(),
    type: request.getType(),
    name: request.getName(),
    props: plain(request.getProperties()?.toJavaScript() ?? {}, [], secrets) as Values,
    secrets,
    protect: options?.getProtect(),
    ignoreChanges: options?.getIgnorechangesList(),
    aliases: options?.getAliasesList(),
    parent: options?.getParent() || undefined,
    provider: provider === undefined ? undefined : (plain(provider, [], new Set()) as Values),
    dependencies: "getPropertydependenciesMap" in request ? dependenciesOf(request) : undefined,
  });
}

function dependenciesOf(resource: analyzer.AnalyzerResource): NonNullable<Description["dependencies"]> {
  const entries = [...resource.getPropertydependenciesMap().entries()];
  return Object.fromEntries(entries.map(([property, urns]) => [property, urns.getUrnsList()]));
}

/**
 * Secrets are opened, and their paths noted: a rule may have to look into them, and must never print them. Done in place:
 * the values have just been read off the wire, and are nobody else's.
 */
function plain(value: unknown, path: string[], secrets: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[signature] === secretSignature) {
    secrets.add(path.join("."));
    return plain(object.value, path, secrets);
  }
  for (const key of Object.keys(object)) {
    path.push(key);
    const part = plain(object[key], path, secrets);
    path.pop();
    if (part === undefined) delete object[key];
    else if (part !== object[key]) object[key] = part;
  }
  return object;
}
