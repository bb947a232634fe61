import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type ClientUnaryCall, credentials, type ServiceError } from "@grpc/grpc-js";
import analyzerServices from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type * as analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import structs, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { findSdkModule } from "../tools/language-host/sdk.ts";
import { pulumiEnv } from "../tools/pulumi.ts";
import { nodeBinary } from "../tools/toolchain/layout.ts";

const folder = join(import.meta.dirname, "../policies");
const messageLimitBytes = 400 * 1024 * 1024;

/** A resource as a preview shows it to the pack. */
export interface Sent {
  urn: string;
  type: string;
  name: string;
  props: Record<string, JavaScriptValue>;
  /** Property → urns of what its value was made from. */
  dependencies: Record<string, string[]>;
}

/** What the pack said at the end, and what its process needed until then. */
export interface Analysed {
  /** Mandatory findings. */
  violations: string[];
  wallSeconds: number;
  /** User and system time of the process, its start included. */
  cpuSeconds: number;
  /** Until it had taken its configuration. */
  startSeconds: number;
}

/** The pack in a process of its own, started as the engine's language host does and asked in the engine's protocol. */
export async function analyse(
  resources: readonly Sent[],
  settings: Record<string, Record<string, JavaScriptValue>>,
): Promise<Analysed> {
  const started = performance.now();
  const { env } = await pulumiEnv();
  const runner = findSdkModule("@pulumi/pulumi/cmd/run-policy-pack", folder);
  const child = spawn(nodeBinary, [runner, "127.0.0.1:1", folder], { cwd: folder, env, stdio: ["pipe", "pipe", 2] });
  try {
    const pack = await Connection.to(child);
    await pack.configure(settings);
    const startSeconds = (performance.now() - started) / 1000;
    for (const resource of resources) {
      const request = requestOf(resource);
      // The engine asks both of every resource.
      await pack.remediate(request);
      await pack.analyze(request);
    }
    const answer = await pack.analyzeStack(resources);
    const wallSeconds = (performance.now() - started) / 1000;
    return { violations: mandatory(answer), wallSeconds, cpuSeconds: cpuSeconds(child.pid ?? 0), startSeconds };
  } finally {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

type Call<Request, Response> = (
  request: Request,
  done: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

class Connection {
  readonly #client: InstanceType<typeof analyzerServices.AnalyzerClient>;

  private constructor(port: string) {
    this.#client = new analyzerServices.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.max_send_message_length": messageLimitBytes,
      "grpc.max_receive_message_length": messageLimitBytes,
    });
  }

  static async to({ stdout }: ChildProcess): Promise<Connection> {
    if (stdout === null) throw new Error("the pack's process has no stdout to read its port from");
    const [port] = (await once(createInterface(stdout), "line")) as [string];
    return new Connection(port);
  }

  async configure(settings: Record<string, Record<string, JavaScriptValue>>): Promise<void> {
    const client = this.#client;
    await ask(client.configureStack.bind(client), new messages.AnalyzerStackConfigureRequest().setDryRun(true));
    await ask(client.getAnalyzerInfo.bind(client), new empty.Empty());
    const request = new messages.ConfigureAnalyzerRequest();
    for (const [policy, values] of Object.entries(settings)) {
      const config = new messages.PolicyConfig().setEnforcementlevel(messages.EnforcementLevel.MANDATORY);
      request.getPolicyconfigMap().set(policy, config.setProperties(structs.Struct.fromJavaScript(values)));
    }
    await ask(client.configure.bind(client), request);
  }

  remediate(request: analyzer.AnalyzeRequest): Promise<analyzer.RemediateResponse> {
    return ask(this.#client.remediate.bind(this.#client), request);
  }

  analyze(request: analyzer.AnalyzeRequest): Promise<analyzer.AnalyzeResponse> {
    return ask(this.#client.analyze.bind(this.#client), request);
  }

  analyzeStack(resources: readonly Sent[]): Promise<analyzer.AnalyzeResponse> {
    const request = new messages.AnalyzeStackRequest().setResourcesList(resources.map(resourceOf));
    return ask(this.#client.analyzeStack.bind(this.#client), request);
  }
}

function ask<Request, Response>(call: Call<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    call(request, (error, response) => (error === null ? resolve(response) : reject(error)));
  });
}

function requestOf({ urn, type, name, props }: Sent): analyzer.AnalyzeRequest {
  const properties = structs.Struct.fromJavaScript(props);
  return new messages.AnalyzeRequest().setUrn(urn).setType(type).setName(name).setProperties(properties);
}

function resourceOf({ urn, type, name, props, dependencies }: Sent): analyzer.AnalyzerResource {
  const properties = structs.Struct.fromJavaScript(props);
  const resource = new messages.AnalyzerResource().setUrn(urn).setType(type).setName(name).setProperties(properties);
  for (const [property, urns] of Object.entries(dependencies)) {
    const made = new messages.AnalyzerPropertyDependencies().setUrnsList(urns);
    resource.getPropertydependenciesMap().set(property, made);
  }
  return resource;
}

function mandatory(answer: analyzer.AnalyzeResponse): string[] {
  return answer
    .getDiagnosticsList()
    .filter((one) => one.getEnforcementlevel() === messages.EnforcementLevel.MANDATORY)
    .map((one) => `${one.getPolicyname()} ${one.getUrn()}: ${one.getMessage()}`);
}

/** `utime` and `stime` of a process: the fields behind the parenthesised name are numbered from 3 in proc(5). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) / 100;
}
