import { layerOf, nameOf, typeOf } from "../report/urn.ts";

type Values = Readonly<Record<string, unknown>>;

/** A resource of the exported state. Secrets in it are ciphertext. */
export interface Kept {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  /** The logical name. */
  readonly name: string;
  readonly layer: string;
  /** Whether it stands within a tenant's enclave. */
  readonly isTenants: boolean;
  readonly inputs: Values;
  readonly outputs: Values;
}

interface Exported {
  deployment?: {
    resources?: {
      urn: string;
      type: string;
      id?: string;
      parent?: string;
      inputs?: Values;
      outputs?: Values;
      delete?: boolean;
    }[];
  };
}

/** What a stack's state says is there. */
export class State {
  readonly all: readonly Kept[];
  readonly #byType: ReadonlyMap<string, Kept[]>;
  readonly #byUrn: ReadonlyMap<string, Kept>;
  readonly #ids: ReadonlySet<string>;

  /** @param text what `pulumi stack export` printed @throws where it is something else */
  constructor(text: string) {
    let exported: Exported;
    try {
      exported = JSON.parse(text);
    } catch {
      throw new Error("the engine's export of the state is no JSON");
    }
    const resources = (exported.deployment?.resources ?? []).filter((one) => one.delete !== true);
    // A state has them in the order in which they happened to be made.
    resources.sort((one, other) => (one.urn < other.urn ? -1 : one.urn > other.urn ? 1 : 0));
    const parents = new Map(resources.flatMap(({ urn, parent }) => (parent ? [[urn, parent] as const] : [])));
    const enclaves = new Set(
      resources.filter(({ type }) => type === "strata:layer:TenantEnclave").map(({ urn }) => nameOf(urn)),
    );
    this.all = resources.map(({ urn, type, id = "", inputs = {}, outputs = {} }) => {
      const layer = layerOf(urn, parents);
      return {
        urn,
        type: type || typeOf(urn),
        id,
        name: nameOf(urn),
        layer,
        isTenants: enclaves.has(layer),
        inputs,
        outputs,
      };
    });
    this.#byType = Map.groupBy(this.all, ({ type }) => type);
    this.#byUrn = new Map(this.all.map((one) => [one.urn, one]));
    this.#ids = new Set(this.all.map(({ id }) => id).filter((id) => id !== ""));
  }

  ofType(type: string): readonly Kept[] {
    return this.#byType.get(type) ?? [];
  }

  get(urn: string): Kept | undefined {
    return this.#byUrn.get(urn);
  }

  /** Whether anything in the state has the server's id. */
  has(id: unknown): boolean {
    return this.#ids.has(String(id));
  }
}

/** Text of a property, empty where there is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export function recordsOf(value: unknown): readonly Values[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
}

export function wordsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
