import { type Endpoint, type Method, nameOf } from "../commands/endpoint.ts";

export interface Match {
  readonly endpoint: Endpoint;
  readonly name: string;
  /** Fields that the path holds. */
  readonly inPath: ReadonlyMap<string, string>;
}

interface Route {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly parts: readonly string[];
}

/** Finds the endpoint of a method and a path; a fixed word fits better than a name in braces. */
export class Routes {
  readonly #routes: readonly Route[];

  constructor(endpoints: readonly Endpoint[]) {
    const routes = endpoints.map((endpoint) => {
      const parts = endpoint.path.split("/").filter((part) => part !== "");
      return { endpoint, name: nameOf(endpoint), parts };
    });
    this.#routes = routes.sort((a, b) => variables(a.parts) - variables(b.parts));
  }

  find(method: string, segments: readonly string[]): Match | undefined {
    for (const { endpoint, name, parts } of this.#routes) {
      if (endpoint.method !== (method as Method) || parts.length !== segments.length) continue;
      const inPath = bind(parts, segments);
      if (inPath) return { endpoint, name, inPath };
    }
    return undefined;
  }
}

function variables(parts: readonly string[]): number {
  return parts.filter(isVariable).length;
}

function bind(parts: readonly string[], segments: readonly string[]): Map<string, string> | undefined {
  const inPath = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? "";
    if (isVariable(part)) inPath.set(part.slice(1, -1), segment);
    else if (part !== segment) return undefined;
  }
  return inPath;
}

function isVariable(part: string): boolean {
  return part.startsWith("{");
}
