import type { Json } from "../../cloudstack/models/jobs.ts";
import type { Release } from "../models/release.ts";
import type { DashboardUser, Scope } from "../models/sessions.ts";
import type { Tables } from "../models/tables.ts";
import type { World } from "../models/world.ts";
import type { Fields, Values } from "./fields.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** One call of an endpoint. */
export interface Call<F extends Fields = Fields> {
  readonly world: World;
  readonly tables: Tables;
  readonly args: Values<F>;
  /** Absent where nobody has to be logged in. */
  readonly user: DashboardUser | undefined;
  /** The token that came with the request. */
  readonly token: string | undefined;
  /** Sets a header of the answer. */
  setHeader(name: string, value: string): void;
}

export interface EndpointSpec<F extends Fields> {
  readonly method: Method;
  /** `/api/pool/{pool_name}`: names in braces are fields too. */
  readonly path: string;
  /** What the caller needs rights for; absent = a session is enough. */
  readonly scope?: Scope;
  /** False = works without a session. */
  readonly session?: false;
  /** Version of the answer's media type; `1.0` when absent. */
  readonly version?: string;
  /** Status of a success; when absent 201 for POST, 204 for DELETE, else 200. */
  readonly status?: number;
  /** What is implemented. */
  readonly fields: F;
  /** What the real endpoint takes besides: refused by name. */
  readonly lacks?: readonly string[];
  /** `component` of a refusal by the monitors. */
  readonly component?: string;
  /** First release that has it. */
  readonly since?: Release;
  /** Makes transactions of its own, as the real one gives several commands: what was done before a refusal stays. */
  readonly piecemeal?: true;
  /** Runs as a task, which may answer 202. Absent: always within the call. */
  readonly task?: { readonly name: string; metadata(args: Values<NoInfer<F>>): Record<string, Json> };
  run(call: Call<NoInfer<F>>): Json | undefined;
}

/** Any endpoint, with the type of its arguments forgotten: what the registry holds. */
export type Endpoint = EndpointSpec<Fields>;

/** Ties the type of `args` to `fields` and forgets it: the dispatcher decodes the arguments of a call by these very fields. */
export function endpoint<F extends Fields>(spec: EndpointSpec<F>): Endpoint {
  return spec as unknown as Endpoint;
}

/** `POST /api/pool`: how an endpoint is named in counts, faults and COVERAGE.md. */
export function nameOf({ method, path }: Pick<Endpoint, "method" | "path">): string {
  return `${method} ${path}`;
}
