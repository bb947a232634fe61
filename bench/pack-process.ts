import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import analyzerServices from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type * as analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import structs, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { parse } from "yaml";
import { pulumiEnv } from "../tools/pulumi.ts";
import { nodeBinary } from "../tools/toolchain/layout.ts";

const folder = join(import.meta.dirname, "../policies");

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
  // Before the clock starts: writing them is the engine's work.
  const requests = resources.map((resource) => Buffer.from(requestOf(resource).serializeBinary()));
  const all = stackRequestOf(resources);
  const { env } = await pulumiEnv();
  const started = performance.now();
  const runner = createRequire(join(folder, "index.js")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const words = [...nodeArguments(), runner, "127.0.0.1:1", folder];
  const child = spawn(nodeBinary, words, { cwd: folder, env, stdio: ["pipe", "pipe", 2] });
  let pack: Connection | undefined;
  try {
    pack = await Connection.to(child);
    await pack.configure(settings);
    const startSeconds = (performance.now() - started) / 1000;
    const answers: Buffer[] = [];
    for (const request of requests) {
      // The engine asks both of every resource.
      await pack.send("remediate", request);
      answers.push(await pack.send("analyze", request));
    }
    answers.push(await pack.send("analyzeStack", all));
    const wallSeconds = (performance.now() - started) / 1000;
    const violations = answers.flatMap((answer) => mandatory(messages.AnalyzeResponse.deserializeBinary(answer)));
    return { violations, wallSeconds, cpuSeconds: cpuSeconds(child.pid ?? 0), startSeconds };
  } finally {
    pack?.close();
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

const protocol: Record<Method, { path: string }> = analyzerServices.AnalyzerService;
type Method = "configureStack" | "getAnalyzerInfo" | "configure" | "remediate" | "analyze" | "analyzeStack";

/**
 * gRPC, as little of it as the pack's process understands. The engine, which is no Node program, spends little on its side
 * of a call; with Node's gRPC client half of the measured time was the client's.
 */
class Connection {
  readonly #session: ClientHttp2Session;

  private constructor(port: string) {
    this.#session = connect(`http://127.0.0.1:${port}`);
  }

  static async to({ stdout }: ChildProcess): Promise<Connection> {
    if (stdout === null) throw new Error("the pack's process has no stdout to read its port from");
    const [port] = (await once(createInterface(stdout), "line")) as [string];
    return new Connection(port);
  }

  async configure(settings: Record<string, Record<string, JavaScriptValue>>): Promise<void> {
    await this.send("configureStack", new messages.AnalyzerStackConfigureRequest().setDryRun(true).serializeBinary());
    await this.send("getAnalyzerInfo", new empty.Empty().serializeBinary());
    const request = new messages.ConfigureAnalyzerRequest();
    for (const [policy, values] of Object.entries(settings)) {
      const config = new messages.PolicyConfig().setEnforcementlevel(messages.EnforcementLevel.MANDATORY);
      request.getPolicyconfigMap().set(policy, config.setProperties(structs.Struct.fromJavaScript(values)));
    }
    await this.send("configure", request.serializeBinary());
  }

  /** @param message as it goes over the wire. @returns the answer, as it came */
  send(method: Method, message: Uint8Array): Promise<Buffer> {
    const { path } = protocol[method];
    const call = this.#session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const parts: Buffer[] = [];
    let status: unknown;
    const note = (headers: IncomingHttpHeaders) => {
      status = headers["grpc-status"] === "0" ? 0 : (headers["grpc-message"] ?? status);
    };
    call.on("data", (part: Buffer) => parts.push(part));
    call.on("response", note).on("trailers", note);
    call.end(Buffer.concat([frameHead(message.length), message]));
    return new Promise((resolve, reject) => {
      call.once("error", reject).once("close", () => {
        if (status === 0) resolve(Buffer.concat(parts).subarray(frameHeadBytes));
        else reject(new Error(`${method}: ${status}`));
      });
    });
  }

  close(): void {
    this.#session.close();
  }
}

const frameHeadBytes = 5;

/** Not compressed, and the message's length. */
function frameHead(length: number): Buffer {
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUInt32BE(length, 1);
  return head;
}

/** What the pack says that Node is to be started with. */
function nodeArguments(): string[] {
  const { runtime } = parse(readFileSync(join(folder, "PulumiPolicy.yaml"), "utf8"));
  return runtime.options.nodeargs.split(" ");
}

function requestOf({ urn, type, name, props }: Sent): analyzer.AnalyzeRequest {
  const properties = structs.Struct.fromJavaScript(props);
  return new messages.AnalyzeRequest().setUrn(urn).setType(type).setName(name).setProperties(properties);
}

function stackRequestOf(resources: readonly Sent[]): Buffer {
  return Buffer.from(new messages.AnalyzeStackRequest().setResourcesList(resources.map(resourceOf)).serializeBinary());
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
