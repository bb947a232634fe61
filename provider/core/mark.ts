/**
 * Marks of ownership: how an object made by a run that was killed is told from a foreign one.
 *
 * The engine repeats a create that it never saw finish, with the same URN. Where the API lets the client choose an id or
 * keep a note with the object, our mark is derived from the URN (project, stack, type and name). The id also carries
 * random bits, because a server keeps the ids of removed objects and would refuse one a second time.
 */
import { createHash, randomBytes } from "node:crypto";

export interface Mark {
  /** 16 hexadecimal digits, the same in every run. */
  readonly text: string;
  /** A fresh UUID (version 8) that carries the mark. */
  newId(): string;
  /** Whether a UUID carries the mark. */
  owns(id: unknown): boolean;
}

/** Whether a UUID carries a mark of this kind, whosesoever. */
export function isMarked(id: unknown): boolean {
  return typeof id === "string" && /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/i.test(id);
}

/** The mark of one resource of one stack. */
export function markOf(urn: string): Mark {
  const text = createHash("sha256").update(urn).digest("hex").slice(0, 16);
  // xxxxxxxx-xxxx-8xxx-8rrr-rrrrrrrrrrrr: 15 digits of the mark, then chance.
  const prefix = `${text.slice(0, 8)}-${text.slice(8, 12)}-8${text.slice(12, 15)}-`;
  return {
    text,
    newId: () => `${prefix}8${randomBytes(2).toString("hex").slice(0, 3)}-${randomBytes(6).toString("hex")}`,
    owns: (id) => typeof id === "string" && id.toLowerCase().startsWith(prefix),
  };
}
