/** The Pulumi provider protocol: one method per call of the engine, each as short as what it adds to the lifecycle. */
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import type {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  InvokeRequest,
  ProviderHandshakeRequest,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb.js";
import { check as checkFields } from "./check.ts";
import { type Change, diff, isEmpty, same } from "./diff.ts";
import type { Issue } from "./errors.ts";
import { toStatus } from "./failures.ts";
import type { Fields } from "./fields.ts";
import { emptyMessage, messages, plugin } from "./grpc.ts";
import * as lifecycle from "./lifecycle.ts";
import { engineLog } from "./log.ts";
import type { Provider } from "./resource.ts";
import { schemaOf } from "./schema.ts";
import { Session } from "./session.ts";
import { needSameServer, newStamp, serverStamp } from "./stamp.ts";
import { containsSecret, fromStruct, type PlainObject, revealAll, toStruct, type ValueObject } from "./values.ts";

/** The service implementation for one provider, ready for `grpc.Server.addService`. What it lacks gRPC answers as unimplemented. */
export function providerService<Api>(provider: Provider<Api>): UntypedServiceImplementation {
  const session = new Session(provider);
  const methods = {
    ...aboutItself(session),
    ...aboutConfiguration(session),
    ...planningResources(session),
    ...changingResources(session),
  };
  const handlers = Object.entries(methods).map(([name, method]) => [
    name,
    answering(method as Method, provider.mayHaveHappened),
  ]);
  return Object.fromEntries(handlers);
}

type Method = (request: unknown) => Promise<unknown> | unknown;

/** Turns a method into a gRPC handler: what it returns is the answer, what it throws the status. */
function answering(method: Method, mayHaveHappened: (error: unknown) => boolean) {
  return async (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => {
    try {
      callback(null, await method(call.request));
    } catch (error) {
      callback(toStatus(error, mayHaveHappened));
    }
  };
}

function aboutItself<Api>(session: Session<Api>) {
  return {
    handshake(request: ProviderHandshakeRequest) {
      session.log = engineLog(request.getEngineAddress());
      const answer = new messages.ProviderHandshakeResponse();
      answer.setAcceptSecrets(true);
      return answer;
    },

    attach(request: { getAddress(): string }) {
      session.log = engineLog(request.getAddress());
      return new emptyMessage();
    },

    getPluginInfo() {
      const answer = new plugin.PluginInfo();
      answer.setVersion(session.provider.version);
      return answer;
    },

    getSchema() {
      const answer = new messages.GetSchemaResponse();
      answer.setSchema(JSON.stringify(schemaOf(session.provider)));
      return answer;
    },

    cancel() {
      session.cancel();
      return new emptyMessage();
    },
  };
}

function aboutConfiguration<Api>(session: Session<Api>) {
  return {
    checkConfig(request: CheckRequest) {
      const { values, issues } = session.checkConfig(fromStruct(request.getNews()));
      return checkAnswer(session.provider.config, values, issues);
    },

    /** A changed endpoint or key changes how we reach the cloud, not the things in it: nothing is ever replaced. */
    diffConfig(request: DiffRequest) {
      const before = session.checkConfig(fromStruct(request.getOldInputs() ?? request.getOlds())).values;
      const after = session.checkConfig(fromStruct(request.getNews())).values;
      return diffAnswer(diff(session.provider.config, revealAll(before), revealAll(after)), false);
    },

    async configure(request: ConfigureRequest) {
      await session.configure(fromStruct(request.getArgs()));
      const answer = new messages.ConfigureResponse();
      answer.setAcceptsecrets(true);
      answer.setSupportspreview(true);
      return answer;
    },

    async invoke(request: InvokeRequest) {
      const fn = session.function(request.getTok());
      const { values, issues } = checkFields(fn.inputs, fromStruct(request.getArgs()));
      const answer = new messages.InvokeResponse();
      if (issues.length > 0) {
        answer.setFailuresList(issues.map(failureMessage));
        return answer;
      }
      const { api, signal } = session.context(fn.token);
      answer.setReturn(toStruct(await fn.call({ api, signal }, revealAll(values))));
      return answer;
    },
  };
}

/** What the engine asks to plan: nothing here talks to the API, but for a look at what would be replaced. */
function planningResources<Api>(session: Session<Api>) {
  return {
    check(request: CheckRequest) {
      const resource = session.resource(request.getUrn());
      const { values, issues } = checkFields(resource.inputs, fromStruct(request.getNews()));
      const olds = request.getOlds();
      const before = olds === undefined ? undefined : revealAll(fromStruct(olds));
      return checkAnswer(resource.inputs, values, [...issues, ...(resource.check?.(revealAll(values), before) ?? [])]);
    },

    async diff(request: DiffRequest) {
      const resource = session.resource(request.getUrn());
      const state = revealAll(fromStruct(request.getOlds()));
      session.owners.shown(request.getUrn(), request.getId());
      session.owners.recorded(request.getUrn(), request.getId(), state);
      const before = revealAll(fromStruct(request.getOldInputs() ?? request.getOlds()));
      const after = revealAll(fromStruct(request.getNews()));
      const changes = diff(resource.inputs, before, after).filter(
        ({ kind, path }) => kind !== "delete" || resource.isOurs?.(path, state) !== false,
      );
      resource.planned?.(session.context(request.getUrn()).api, before, after);
      const id = request.getId();
      const settled = changes.map(async (change): Promise<Change> => {
        if (change.effect !== "replace") return change;
        if (isSpelledOut(resource.inputs, change, state, after)) return { ...change, effect: "update" };
        if (resource.staysItself === undefined) return change;
        const context = session.context(request.getUrn());
        const stays = await resource.staysItself(context, { path: change.path, id, state, before, after });
        return stays ? { ...change, effect: "update" } : change;
      });
      const broken = await resource.broken?.(session.context(request.getUrn()), id, state);
      const anew: Change[] = broken === undefined ? [] : [{ path: broken, kind: "update", effect: "replace" }];
      return diffAnswer([...(await Promise.all(settled)), ...anew], resource.deleteBeforeReplace);
    },
  };
}

/** Whether a change only says what the server chose when the program left it open. */
function isSpelledOut(fields: Fields, { kind, path }: Change, state: PlainObject, after: PlainObject): boolean {
  const field = kind === "add" ? fields[path] : undefined;
  return field?.options.serverChooses === true && !isEmpty(state[path]) && same(field, state[path], after[path]);
}

/** What reaches the API, or, in a preview, foretells what it would give. */
function changingResources<Api>(session: Session<Api>) {
  const isLocal = session.provider.idsAreLocal === true;
  return {
    async create(request: CreateRequest) {
      const resource = session.resource(request.getUrn());
      const given = fromStruct(request.getProperties());
      const answer = new messages.CreateResponse();
      const context = session.context(request.getUrn(), request.getTimeout());
      if (request.getPreview()) {
        answer.setProperties(toStruct(await lifecycle.previewCreate(resource, context, given, session.owners)));
        return answer;
      }
      const { id, properties } = await lifecycle.create(
        resource,
        context,
        given,
        session.owners,
        newStamp(session.server),
      );
      answer.setId(id);
      answer.setProperties(toStruct(properties));
      return answer;
    },

    async read(request: ReadRequest) {
      const resource = session.resource(request.getUrn());
      session.owners.shown(request.getUrn(), request.getId());
      const context = session.context(request.getUrn(), request.getTimeout());
      const inputs = fromStruct(request.getInputs());
      const state = fromStruct(request.getProperties());
      if (isLocal) needSameServer("refresh", request.getUrn(), state, session.server);
      const live = await lifecycle.read(resource, context, request.getId(), inputs, state);
      const answer = new messages.ReadResponse();
      if (live === undefined) {
        needSameServer("refresh", request.getUrn(), state, session.server);
        return answer;
      }
      session.owners.shown(request.getUrn(), live.id);
      answer.setId(live.id);
      answer.setInputs(toStruct(live.inputs));
      const isImport = Object.keys(inputs).length === 0;
      const stamp = isLocal && isImport ? serverStamp(state, session.server) : {};
      answer.setProperties(toStruct({ ...live.properties, ...stamp }));
      return answer;
    },

    async update(request: UpdateRequest) {
      const resource = session.resource(request.getUrn());
      session.owners.shown(request.getUrn(), request.getId());
      const state = fromStruct(request.getOlds());
      if (isLocal) needSameServer("update", request.getUrn(), state, session.server);
      const before = request.hasOldInputs() ? fromStruct(request.getOldInputs()) : state;
      const change = { before, after: fromStruct(request.getNews()), state };
      const answer = new messages.UpdateResponse();
      if (request.getPreview()) {
        await warnOfStops(session, request.getUrn(), change);
        answer.setProperties(toStruct(lifecycle.previewUpdate(resource, change)));
        return answer;
      }
      const context = session.context(request.getUrn(), request.getTimeout());
      const properties = await lifecycle.update(resource, context, request.getId(), change);
      answer.setProperties(toStruct({ ...properties, ...(isLocal && serverStamp(state, session.server)) }));
      return answer;
    },

    async delete(request: DeleteRequest) {
      const resource = session.resource(request.getUrn());
      session.owners.shown(request.getUrn(), request.getId());
      const context = session.context(request.getUrn(), request.getTimeout());
      const state = { ...fromStruct(request.getOldInputs()), ...fromStruct(request.getProperties()) };
      needSameServer("delete", request.getUrn(), state, session.server);
      await lifecycle.remove(resource, context, request.getId(), state, session.owners);
      return new emptyMessage();
    },
  };
}

type Update = Parameters<typeof lifecycle.previewUpdate>[1];

async function warnOfStops<Api>(session: Session<Api>, urn: string, { before, after, state }: Update): Promise<void> {
  const resource = session.resource(urn);
  const changes = diff(resource.inputs, revealAll(before), revealAll(after));
  const paths = lifecycle.stops(resource, changes, revealAll(state));
  if (paths.length === 0) return;
  const name = urn.split("::").at(-1) ?? urn;
  const stopped = resource.stopped?.(name) ?? name;
  await session.log.write("warning", urn, `this update stops ${stopped} and starts it again, for: ${paths.join(", ")}`);
}

function failureMessage({ path, reason }: Issue) {
  const failure = new messages.CheckFailure();
  failure.setProperty(path);
  failure.setReason(reason);
  return failure;
}

function checkAnswer(fields: Fields, values: ValueObject, issues: readonly Issue[]) {
  const answer = new messages.CheckResponse();
  answer.setInputs(toStruct(values));
  answer.setFailuresList(issues.map((issue) => failureMessage(unquoted(fields, values, issue))));
  return answer;
}

/** The engine quotes the value of the property that a failure names, also a secret one: then the reason names it instead. */
function unquoted(fields: Fields, values: ValueObject, { path, reason }: Issue): Issue {
  const isSecret = fields[path]?.options.secret === true || containsSecret(values[path]);
  return isSecret ? { path: "", reason: `${path}: ${reason}` } : { path, reason };
}

function diffAnswer(changes: readonly Change[], deleteBeforeReplace: boolean) {
  const { DiffResponse, PropertyDiff } = messages;
  const answer = new DiffResponse();
  const { ADD, DELETE, UPDATE, ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE } = PropertyDiff.Kind;
  const plain = { add: ADD, delete: DELETE, update: UPDATE };
  const replacing = { add: ADD_REPLACE, delete: DELETE_REPLACE, update: UPDATE_REPLACE };
  answer.setChanges(changes.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
  answer.setHasdetaileddiff(true);
  // Always told: a replacement may also be the user's wish (`--target-replace`), without any change.
  answer.setDeletebeforereplace(deleteBeforeReplace);
  for (const { path, kind, effect } of changes) {
    const property = new PropertyDiff();
    property.setKind(effect === "replace" ? replacing[kind] : plain[kind]);
    property.setInputdiff(true);
    answer.getDetaileddiffMap().set(path, property);
    answer.addDiffs(lifecycle.topOf(path));
    if (effect === "replace") answer.addReplaces(lifecycle.topOf(path));
  }
  return answer;
}
