import type { ResourceMessage } from "./message.ts";
import { pointerOf } from "./pointer.ts";
import { type Subject, subjectOf, type Values } from "./subject.ts";

/** Signatures of special objects in the engine's messages (`@pulumi/pulumi/runtime/rpc`). */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A resource as the engine sends it, before a change or at the end. Takes the message's values over. */
export function subjectFrom({ props, provider, parent, ...message }: ResourceMessage): Subject {
  const secrets = new Set<string>();
  return subjectOf({
    ...message,
    props: plain(props, [], secrets) as Values,
    secrets,
    parent: parent || undefined,
    provider: provider === undefined ? undefined : (plain(provider, [], new Set()) as Values),
  });
}

/**
 * Secrets are opened, and their paths noted: a rule may have to look into them, and must never print them. Done in place:
 * the values have just been read off the wire, and are nobody else's.
 */
function plain(value: unknown, path: string[], secrets: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[signature] === secretSignature) {
    secrets.add(pointerOf(path));
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
