import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import languageMessages from "@pulumi/pulumi/proto/language_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import { unary } from "../plugin/unary.ts";
import { endChildren } from "./children.ts";
import { installDependencies, programDependencies, requiredPackages } from "./dependencies.ts";
import { runPlugin } from "./plugins.ts";
import { runProgram } from "./program.ts";

/**
 * The calls of Pulumi's language protocol that a project needs to run, and no more: code generation and conversion
 * (`pulumi convert`, `pulumi package add`) belong to the official host, and gRPC answers "unimplemented" for them.
 */
export function languageRuntime(engineAddress: string): UntypedServiceImplementation {
  let engine = engineAddress;
  return {
    handshake: unary((request: language.LanguageHandshakeRequest) => {
      engine = request.getEngineAddress() || engine;
      return new languageMessages.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new pluginMessages.PluginInfo().setVersion("0.1.0")),
    about: unary(() =>
      new languageMessages.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
    ),
    runtimeOptionsPrompts: unary(() => new languageMessages.RuntimeOptionsResponse()),
    getRequiredPackages: unary((request: language.GetRequiredPackagesRequest) =>
      new languageMessages.GetRequiredPackagesResponse().setPackagesList(requiredPackages(request.getInfo())),
    ),
    getProgramDependencies: unary((request: language.GetProgramDependenciesRequest) =>
      new languageMessages.GetProgramDependenciesResponse().setDependenciesList(
        programDependencies(request.getInfo(), request.getTransitivedependencies()),
      ),
    ),
    installDependencies,
    run: unary((request: language.RunRequest) => runProgram(request, engine)),
    runPlugin,
    cancel: unary(() => {
      endChildren();
      return new emptyMessages.Empty();
    }),
  };
}
