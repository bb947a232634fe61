import type { deserialize, handleUnaryCall, Server, serialize } from "@grpc/grpc-js";
import analyzerServices from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type * as analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { unary } from "../../tools/plugin/unary.ts";
import { infoOf, levels, severities } from "./announce.ts";
import { type Say, sayTo } from "./engine.ts";
import type { ExceptionEntry } from "./exceptions.ts";
import type { Finding } from "./finding.ts";
import { readResource, readStack } from "./message.ts";
import { Pack } from "./pack.ts";
import { exceptionRecord, findingRecord, recordLine } from "./record.ts";
import type { Enforcement, Rule } from "./rule.ts";
import { type Given, packName, packPolicy, readSettings, type Settings } from "./settings.ts";
import { subjectFrom } from "./wire.ts";
import { lastLine, wordsOf } from "./words.ts";
import type { LookUp } from "./world.ts";

export interface ServiceOptions {
  readonly rules: readonly Rule[];
  readonly version: string;
  readonly exceptions: () => Promise<readonly ExceptionEntry[]>;
  readonly lookUp?: LookUp;
}

const { AnalyzerService } = analyzerServices;
const asBytes = { requestDeserialize: (bytes: Buffer) => bytes };

/** The engine's analyzer protocol; messages with resources come as bytes, for `readResource` and `readStack`. */
const protocol = {
  ...AnalyzerService,
  remediate: { ...AnalyzerService.remediate, ...asBytes },
  analyze: { ...AnalyzerService.analyze, ...asBytes },
  analyzeStack: { ...AnalyzerService.analyzeStack, ...asBytes },
};

type Handler<Method> = Method extends {
  requestDeserialize: deserialize<infer Request>;
  responseSerialize: serialize<infer Response>;
}
  ? handleUnaryCall<Request, Response>
  : never;

/** A handler for each method of the protocol by its name, of what the method's messages are read as. */
type Handlers = {
  [Name in keyof typeof protocol as string extends Name ? never : number extends Name ? never : Name]: Handler<
    (typeof protocol)[Name]
  >;
};

/** Findings in one record: far below what a message of the protocol holds. */
const recordSize = 200;

/** How often a stack is previewed by the same process: once. So one run of the pack per process. */
interface Running {
  pack: Pack;
  settings: Settings;
}

/**
 * Serves the engine's analyzer protocol, instead of the policy SDK's server, because that one lets a configuration switch
 * off every rule, does not say what it was asked of rules that do not exist, and reads a resource once per rule.
 */
export function addAnalyzer(server: Server, options: ServiceOptions): void {
  server.addService(protocol, handlers(options));
}

function handlers(options: ServiceOptions): Handlers {
  let say: Say = sayTo(undefined);
  let isPreview = false;
  let given: ReadonlyMap<string, Given> = new Map();
  let running: Promise<Running> | undefined;
  const run = () => {
    running ??= start(options, given, isPreview, say);
    return running;
  };
  /** Tools hear of findings before the engine does, in the order of the answer. */
  const answer = async (findings: readonly Finding[], settings: Settings) => {
    const sorted = [...findings].sort(inOrder);
    for (let first = 0; first < sorted.length; first += recordSize) {
      const part = sorted.slice(first, first + recordSize).map(findingRecord);
      await say(recordLine({ record: "findings", findings: part }), "tools");
    }
    return responseOf(sorted, settings, options.version);
  };
  return {
    handshake: unary((request: analyzer.AnalyzerHandshakeRequest) => {
      say = sayTo(request.getEngineAddress());
      return new messages.AnalyzerHandshakeResponse();
    }),
    configureStack: unary((request: analyzer.AnalyzerStackConfigureRequest) => {
      isPreview = request.getDryRun();
      return new messages.AnalyzerStackConfigureResponse();
    }),
    getAnalyzerInfo: unary(() => infoOf(options.rules, options.version)),
    getPluginInfo: unary(() => new pluginMessages.PluginInfo().setVersion(options.version)),
    configure: unary(async (request: analyzer.ConfigureAnalyzerRequest) => {
      given = givenBy(request);
      await run();
      return new emptyMessages.Empty();
    }),
    remediate: unary(async (request: Uint8Array) => remediate((await run()).pack, request, options)),
    analyze: unary(async (request: Uint8Array) => {
      const { pack, settings } = await run();
      return await answer(await pack.analyze(subjectFrom(readResource(request))), settings);
    }),
    analyzeStack: unary(async (request: Uint8Array) => {
      const { pack, settings } = await run();
      const { findings, summary } = await pack.analyzeStack(readStack(request).map(subjectFrom));
      const response = await answer(findings, settings);
      const exceptions = pack.exceptions.map((one) => exceptionRecord(one, true));
      const { weakened, language } = settings;
      await say(recordLine({ record: "end", summary, exceptions, weakened: [...weakened] }), "tools");
      await say(lastLine(summary, weakened, language));
      return response;
    }),
    cancel: unary(() => new emptyMessages.Empty()),
  };
}

async function start(
  { rules, exceptions, lookUp }: ServiceOptions,
  given: ReadonlyMap<string, Given>,
  isPreview: boolean,
  say: Say,
): Promise<Running> {
  const settings = readSettings(rules, given, {
    exceptions: await exceptions(),
    language: process.env.STRATA_LANG || undefined,
  });
  const pack = new Pack({ rules, settings, isPreview, lookUp });
  const listed = pack.exceptions.map((one) => exceptionRecord(one, false));
  await say(recordLine({ record: "start", exceptions: listed, weakened: [...settings.weakened] }), "tools");
  return { settings, pack };
}

function givenBy(request: analyzer.ConfigureAnalyzerRequest): ReadonlyMap<string, Given> {
  const names = new Map(Object.entries(levels).map(([name, value]) => [value, name as Enforcement]));
  return new Map(
    [...request.getPolicyconfigMap().entries()].map(([policy, config]) => [
      policy,
      {
        enforcement: names.get(config.getEnforcementlevel()),
        settings: (config.getProperties()?.toJavaScript() ?? {}) as Record<string, unknown>,
      },
    ]),
  );
}

function remediate(pack: Pack, request: Uint8Array, { version }: ServiceOptions): analyzer.RemediateResponse {
  const resource = readResource(request);
  if (!pack.remediates(resource.type)) return new messages.RemediateResponse();
  const changed = pack.remediate(subjectFrom(resource));
  if (changed.length === 0) return new messages.RemediateResponse();
  // As it came, so read once more: secrets stay secrets and unknowns unknown.
  let inputs = readResource(request).props as Record<string, structs.JavaScriptValue>;
  const remediations = changed.map(({ rule, changes }) => {
    inputs = { ...inputs, ...(changes as typeof inputs) };
    return new messages.Remediation()
      .setPolicyname(rule.id)
      .setPolicypackname(packName)
      .setPolicypackversion(version)
      .setDescription(rule.title.en)
      .setProperties(structs.Struct.fromJavaScript(inputs));
  });
  return new messages.RemediateResponse().setRemediationsList(remediations);
}

function responseOf(findings: readonly Finding[], settings: Settings, version: string): analyzer.AnalyzeResponse {
  const diagnostics = findings.map((finding) => {
    const { rule, urn, enforcement } = finding;
    const diagnostic = new messages.AnalyzeDiagnostic()
      .setPolicyname(rule?.id ?? packPolicy)
      .setPolicypackname(packName)
      .setPolicypackversion(version)
      .setDescription(rule?.title[settings.language] ?? "")
      .setMessage(wordsOf(finding, settings.language))
      .setEnforcementlevel(levels[enforcement])
      .setSeverity(severities[blames(finding) ? (rule?.severity ?? "high") : "low"]);
    return urn === undefined ? diagnostic : diagnostic.setUrn(urn);
  });
  return new messages.AnalyzeResponse().setDiagnosticsList(diagnostics);
}

/** An exception that has expired is a violation, whatever it would have covered. */
function blames({ status, enforcement }: Finding): boolean {
  return status === "violation" || enforcement === "mandatory";
}

/** Always the same, whatever order the rules ran in. */
function inOrder(one: Finding, other: Finding): number {
  const key = ({ urn = "", rule, message }: Finding) => `${urn} ${rule?.id ?? ""} ${message.en}`;
  return key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0;
}
