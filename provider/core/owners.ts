/**
 * Which resource of the state each object belongs to, as far as this process has heard.
 *
 * The engine does not tell a create what else is in the state. What it has shown us in other calls is never adopted; and an
 * object that one resource has adopted is not deleted with another one that had it before (a resource renamed without an
 * alias: the new name is created first, the old one deleted last).
 */
export class Owners {
  /** Kind and id of an object to the URN of its resource. */
  private readonly urns = new Map<string, string>();

  /** The state holds the object under this URN. */
  shown(urn: string, id: string): void {
    const key = keyOf(urn, id);
    if (!this.urns.has(key)) this.urns.set(key, urn);
  }

  /** The resource has made or adopted the object. */
  taken(urn: string, id: string): void {
    this.urns.set(keyOf(urn, id), urn);
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
