import { gunzipSync } from "node:zlib";
import type { Subject } from "../core/subject.ts";
import type { Surroundings } from "../core/world.ts";
import { type Instance, types, type UserData } from "./types.ts";

const opened = new WeakMap<Subject<unknown>, string>();

/**
 * What a machine's user data says, its own or that of the UserData resource that it names, with encoded files opened.
 * Empty where there is none. @throws Undecided while it is not known
 */
export async function userDataOf(subject: Subject<unknown>, world: Surroundings): Promise<string> {
  const own = (subject as Subject<Instance>).props.userData;
  if (own !== undefined) return textOf(subject, own);
  if (subject.type !== types.instance) return "";
  const { userDataId } = subject.raw;
  const [shared] = await world.referents<UserData>(subject, "userDataId", types.userData, [userDataId]);
  return shared === undefined ? "" : textOf(shared, shared.props.userData);
}

function textOf(subject: Subject<unknown>, userData: string): string {
  const known = opened.get(subject);
  if (known !== undefined) return known;
  const text = withFilesOpened(userData);
  opened.set(subject, text);
  return text;
}

/** The text itself; where all of it is base64, what it encodes; and what files in it encode, below. */
function withFilesOpened(userData: string): string {
  const text = /^[A-Za-z0-9+/\s]{24,}={0,2}\s*$/.test(userData) ? decoded(userData) : userData;
  const files = text.matchAll(/\bcontent:\s*(?:!!binary\s*)?(?:[|>][+-]?\s*)?["']?([A-Za-z0-9+/]{16,}={0,2})/g);
  return [text, ...[...files].map(([, content = ""]) => decoded(content))].join("\n");
}

function decoded(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return (isPacked ? gunzipSync(bytes, { maxOutputLength: 2 ** 22 }) : bytes).toString("utf8");
  } catch {
    // Not what it seemed: nothing that a machine could read either.
    return "";
  }
}
