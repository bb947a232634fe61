/**
 * Which resource of the state each object belongs to, as far as this process has heard.
 *
 * The engine does not tell a create what else is in the state. What it has shown us in other calls is never adopted; and an
 * object that one resource has adopted is not deleted with another one that had it before (a resource renamed without an
 * alias: the new name is created first, the old one deleted last), nor with an older record of the same resource (a
 * replacement that broke off and was taken back: see stamp.ts).
 */
import { creationOf } from "./stamp.ts";
import type { ValueObject } from "./values.ts";

export class Owners {
  /** Kind and id of an object to the URN of its resource. */
  private readonly urns = new Map<string, string>();
  /** Kind and id of an object to the creates whose records hold it. */
  private readonly records = new Map<string, Set<string>>();

  /** The state holds the object under this URN. */
  shown(urn: string, id: string): void {
    const key = keyOf(urn, id);
    if (!this.urns.has(key)) this.urns.set(key, urn);
  }

  /** The resource has made or adopted the object. */
  taken(urn: string, id: string): void {
    this.urns.set(keyOf(urn, id), urn);
  }

  /** A record of the state holds the object. */
  recorded(urn: string, id: string, state: ValueObject): void {
    const key = keyOf(urn, id);
    this.records.set(key, (this.records.get(key) ?? new Set()).add(creationOf(state)));
  }

  /** Whether another record than this one holds the object. */
  isRecordedTwice(urn: string, id: string, state: ValueObject): boolean {
    const creation = creationOf(state);
    return [...(this.records.get(keyOf(urn, id)) ?? [])].some((other) => other !== creation);
  }

  /** The record is no longer in the state. */
  dropped(urn: string, id: string, state: ValueObject): void {
    this.records.get(keyOf(urn, id))?.delete(creationOf(state));
  }

  /** The URN of the resource that an object of the same kind as `urn` belongs to. */
  of(urn: string, id: string): string | undefined {
    return this.urns.get(keyOf(urn, id));
  }
}

function keyOf(urn: string, id: string): string {
  return `${typeOf(urn)} ${id}`;
}

/** `urn:pulumi:stack::project::parent$type::name` → type. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}
