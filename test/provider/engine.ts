/** A minimal engine: calls a provider over gRPC as the real one does, in the real order. No state file, no program. */
import { createRequire } from "node:module";
import type * as Grpc from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { Provider } from "../../provider/core/resource.ts";
import { listen } from "../../provider/core/serve.ts";
import { fromStruct, revealAll, toStruct, type ValueObject } from "../../provider/core/values.ts";

const require = createRequire(import.meta.url);
const grpc: typeof Grpc = require("@grpc/grpc-js");
const messages: typeof Messages = require("@pulumi/pulumi/proto/provider_pb.js");
const { ResourceProviderClient: Client } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");

/** What a failed call looks like to the engine. */
export interface Failure {
  readonly code: number;
  readonly details: string;
  /** Id, inputs and state of an object that was made but not finished. */
  readonly partial?: { readonly id: string; readonly state: ValueObject; readonly inputs: ValueObject };
}

/** What the engine keeps of a resource. */
export interface Kept {
  /** Logical name, where it is not "it". */
  readonly name?: string;
  readonly id: string;
  readonly inputs: ValueObject;
  readonly state: ValueObject;
}

export interface DetailedDiff {
  readonly changes: Readonly<Record<string, string>>;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

export function urnOf(token: string, name: string): string {
  return `urn:pulumi:test::strata::${token}::${name}`;
}

export class TestEngine {
  private readonly client: ResourceProviderClient;
  private readonly stop: () => void;

  private constructor(client: ResourceProviderClient, stop: () => void) {
    this.client = client;
    this.stop = stop;
  }

  /** Starts a provider in this process and configures it. */
  static async start<Api>(provider: Provider<Api>, config: ValueObject): Promise<TestEngine> {
    const { port, close } = await listen(provider);
    const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const engine = new TestEngine(client, () => {
      client.close();
      close();
    });
    const request = new messages.ConfigureRequest();
    request.setArgs(toStruct(config));
    await engine.send("configure", request);
    return engine;
  }

  close(): void {
    this.stop();
  }

  /** Any call of the protocol. @throws Failure */
  send<Answer>(method: string, request: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = Reflect.get(this.client, method) as (
        request: unknown,
        callback: (error: Grpc.ServiceError | null, answer: Answer) => void,
      ) => void;
      call.call(this.client, request, (error, answer) => (error === null ? resolve(answer) : reject(failureOf(error))));
    });
  }

  /** `before`: the inputs in force, where the thing exists already. */
  async check(
    token: string,
    inputs: ValueObject,
    before?: ValueObject,
  ): Promise<{ inputs: ValueObject; failures: Record<string, string> }> {
    const request = new messages.CheckRequest();
    request.setUrn(urnOf(token, "it"));
    request.setNews(toStruct(inputs));
    if (before !== undefined) request.setOlds(toStruct(before));
    const answer = await this.send<Messages.CheckResponse>("check", request);
    const failures = answer.getFailuresList().map((failure) => {
      // A failure of a secret names its property in the reason, so that the engine does not quote the value.
      const [, property, reason] =
        failure.getProperty() === "" ? (/^(\S+): (.*)$/.exec(failure.getReason()) ?? []) : [];
      return [property ?? failure.getProperty(), reason ?? failure.getReason()];
    });
    return { inputs: fromStruct(answer.getInputs()), failures: Object.fromEntries(failures) };
  }

  /** `check`, then `create`; inputs that fail the check are a bug of the test. */
  async create(token: string, given: ValueObject, options: { name?: string; timeout?: number } = {}): Promise<Kept> {
    const inputs = await this.checked(token, given);
    const request = new messages.CreateRequest();
    const name = options.name ?? String(plain(inputs).name ?? "it");
    request.setUrn(urnOf(token, name));
    request.setProperties(toStruct(inputs));
    request.setTimeout(options.timeout ?? 0);
    const answer = await this.send<Messages.CreateResponse>("create", request);
    return { name, id: answer.getId(), inputs, state: fromStruct(answer.getProperties()) };
  }

  async previewCreate(token: string, given: ValueObject): Promise<ValueObject> {
    const request = new messages.CreateRequest();
    request.setUrn(urnOf(token, "it"));
    request.setProperties(toStruct(await this.checked(token, given)));
    request.setPreview(true);
    return fromStruct((await this.send<Messages.CreateResponse>("create", request)).getProperties());
  }

  async diff(token: string, kept: Kept, given: ValueObject): Promise<DetailedDiff> {
    const request = new messages.DiffRequest();
    request.setUrn(urnOf(token, kept.name ?? "it"));
    request.setId(kept.id);
    request.setOldInputs(toStruct(kept.inputs));
    request.setOlds(toStruct(kept.state));
    request.setNews(toStruct(await this.checked(token, given)));
    const answer = await this.send<Messages.DiffResponse>("diff", request);
    const kinds = Object.entries(messages.PropertyDiff.Kind);
    const changes: Record<string, string> = {};
    answer.getDetaileddiffMap().forEach((difference, path) => {
      changes[path] = String(kinds.find(([, kind]) => kind === difference.getKind())?.[0]).toLowerCase();
    });
    return { changes, replaces: answer.getReplacesList(), deleteBeforeReplace: answer.getDeletebeforereplace() };
  }

  async update(token: string, kept: Kept, given: ValueObject, options: { preview?: boolean } = {}): Promise<Kept> {
    const inputs = await this.checked(token, given);
    const request = new messages.UpdateRequest();
    request.setUrn(urnOf(token, kept.name ?? "it"));
    request.setId(kept.id);
    request.setOldInputs(toStruct(kept.inputs));
    request.setOlds(toStruct(kept.state));
    request.setNews(toStruct(inputs));
    request.setPreview(options.preview ?? false);
    const answer = await this.send<Messages.UpdateResponse>("update", request);
    return { ...kept, inputs, state: fromStruct(answer.getProperties()) };
  }

  /** Refresh; undefined when the provider says that it is gone. */
  async read(token: string, kept: Kept): Promise<Kept | undefined> {
    const request = new messages.ReadRequest();
    request.setUrn(urnOf(token, kept.name ?? "it"));
    request.setId(kept.id);
    request.setInputs(toStruct(kept.inputs));
    request.setProperties(toStruct(kept.state));
    const answer = await this.send<Messages.ReadResponse>("read", request);
    if (answer.getId() === "") return undefined;
    return {
      ...kept,
      id: answer.getId(),
      inputs: fromStruct(answer.getInputs()),
      state: fromStruct(answer.getProperties()),
    };
  }

  import(token: string, id: string): Promise<Kept | undefined> {
    return this.read(token, { id, inputs: {}, state: {} });
  }

  async delete(token: string, kept: Kept): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setUrn(urnOf(token, kept.name ?? "it"));
    request.setId(kept.id);
    request.setOldInputs(toStruct(kept.inputs));
    request.setProperties(toStruct(kept.state));
    await this.send("delete", request);
  }

  async invoke(token: string, inputs: ValueObject): Promise<ValueObject> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(toStruct(inputs));
    const answer = await this.send<Messages.InvokeResponse>("invoke", request);
    const failures = answer.getFailuresList().map((failure) => `${failure.getProperty()} ${failure.getReason()}`);
    if (failures.length > 0) throw new Error(failures.join("; "));
    return fromStruct(answer.getReturn());
  }

  /** What a refresh followed by a preview shows: the differences between the program and the cloud. */
  async drift(token: string, kept: Kept): Promise<DetailedDiff["changes"] | "gone"> {
    const live = await this.read(token, kept);
    return live === undefined ? "gone" : (await this.diff(token, live, kept.inputs)).changes;
  }

  private async checked(token: string, given: ValueObject): Promise<ValueObject> {
    const { inputs, failures } = await this.check(token, given);
    if (Object.keys(failures).length > 0) throw new Error(`check of ${token}: ${JSON.stringify(failures)}`);
    return inputs;
  }
}

function failureOf(error: Grpc.ServiceError): Failure {
  const details = error.metadata.get("grpc-status-details-bin")[0];
  if (!Buffer.isBuffer(details)) return { code: error.code, details: error.details };
  const { Status } = require("@pulumi/pulumi/proto/status_pb.js");
  const any = Status.deserializeBinary(details).getDetailsList()[0];
  const failed = messages.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
  const partial = {
    id: failed.getId(),
    state: fromStruct(failed.getProperties()),
    inputs: fromStruct(failed.getInputs()),
  };
  return { code: error.code, details: error.details, partial };
}

/** Values without secret wrappers, for comparisons that are not about secrets. */
export const plain = revealAll;
