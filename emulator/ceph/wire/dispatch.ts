import type { Json } from "../../cloudstack/models/jobs.ts";
import type { Call, Endpoint, Method } from "../commands/endpoint.ts";
import { readArguments } from "../commands/fields.ts";
import { httpError, notImplemented } from "../models/errors.ts";
import { isSince } from "../models/release.ts";
import { type DashboardUser, mayAccess, type Permission, userOfToken } from "../models/sessions.ts";
import type { World } from "../models/world.ts";
import { type Answer, failureAnswer, jsonAnswer } from "./answer.ts";
import type { Request } from "./request.ts";
import { type Match, Routes } from "./routes.ts";

const permissions: Readonly<Record<Method, Permission>> = {
  GET: "read",
  POST: "create",
  PUT: "update",
  DELETE: "delete",
};
const statuses: Readonly<Record<Method, number>> = { GET: 200, POST: 201, PUT: 200, DELETE: 204 };

/** Answers API calls on the active manager: session, rights, media type, arguments, endpoint, task. Never throws. */
export class Dispatcher {
  readonly #world: World;
  readonly #routes: Routes;
  /** With what only later releases have. */
  readonly #allRoutes: Routes;
  readonly #strict: boolean;

  constructor(world: World, endpoints: readonly Endpoint[], strict: boolean) {
    this.#world = world;
    this.#routes = new Routes(endpoints.filter(({ since }) => !since || isSince(world.release, since)));
    this.#allRoutes = new Routes(endpoints);
    this.#strict = strict;
  }

  find(request: Request): Match | undefined {
    const { method, segments } = request;
    return this.#routes.find(method, segments) ?? this.#allRoutes.find(method, segments);
  }

  async dispatch(request: Request, match: Match | undefined): Promise<Answer> {
    const component = match?.endpoint.component;
    try {
      if (!match) throw notImplemented(`${request.method} ${request.path}`);
      const { endpoint } = match;
      if (endpoint.since && !isSince(this.#world.release, endpoint.since)) {
        throw httpError(404, `The path '${request.path}' was not found.`);
      }
      const user = this.#authorize(endpoint, request);
      const sent = new Map<string, Json>([...request.query, ...request.fields(), ...match.inPath]);
      checkVersion(endpoint.version ?? "1.0", request.accept);
      return await this.#run(match, request, user, sent);
    } catch (error) {
      return failureAnswer(error, component);
    }
  }

  #authorize(endpoint: Endpoint, { token }: Request): DashboardUser | undefined {
    if (endpoint.session === false) return undefined;
    const user = token === undefined ? undefined : userOfToken(this.#world, token);
    if (!user) throw httpError(401, "You are not authorized to access that resource");
    if (endpoint.scope && !mayAccess(user, endpoint.scope, permissions[endpoint.method])) {
      throw httpError(403, "You don't have permissions to access that resource");
    }
    return user;
  }

  async #run(
    { endpoint, name }: Match,
    { token }: Request,
    user: DashboardUser | undefined,
    sent: ReadonlyMap<string, Json>,
  ): Promise<Answer> {
    const { fields, lacks = [], task, version = "1.0" } = endpoint;
    const args = readArguments(sent, { fields, lacks, endpoint: name, strict: this.#strict });
    const headers: Record<string, string> = {};
    const call: Call = {
      world: this.#world,
      tables: this.#world.tables,
      args,
      user,
      token,
      setHeader: (header, value) => {
        headers[header] = value;
      },
    };
    const { store } = this.#world;
    const work = () => (endpoint.piecemeal ? endpoint.run(call) : store.transaction(() => endpoint.run(call)));
    const status = endpoint.status ?? statuses[endpoint.method];
    if (!task) return withHeaders(jsonAnswer(status, work(), version), headers);
    const metadata = task.metadata(args);
    const outcome = await this.#world.tasks.run(task.name, metadata, work);
    if (outcome.state === "executing") return jsonAnswer(202, { name: task.name, metadata }, version);
    return withHeaders(jsonAnswer(status, outcome.value, version), headers);
  }
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** The media type names the version, and the version must fit: same major, no later minor (`_version.py`). */
function checkVersion(version: string, accept: string): void {
  const asked = /^application\/vnd\.ceph\.api\.v(\d+\.\d+)\+json$/.exec(accept)?.[1];
  if (asked === undefined) throw httpError(415, "Unable to find version in request header");
  const [major, minor] = asked.split(".").map(Number);
  const [ownMajor, ownMinor] = version.split(".").map(Number);
  if (major === ownMajor && (minor ?? 0) <= (ownMinor ?? 0)) return;
  throw httpError(415, `Incorrect version: endpoint is '${version}', client requested '${asked}'`);
}
