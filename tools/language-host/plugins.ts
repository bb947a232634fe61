import type { ServerWritableStream } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import languageMessages from "@pulumi/pulumi/proto/language_pb.js";
import { endChild, exitOf, startNode } from "./children.ts";
import { runtimeEnvironment, runtimeOptions } from "./runtime-options.ts";
import { findSdkModule } from "./sdk.ts";

type PluginCall = ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>;

/**
 * Runs a policy pack or a provider written in TypeScript and passes its output on: the engine reads the plugin's port
 * from the first line.
 */
export function runPlugin(call: PluginCall): void {
  void stream(call).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    call.emit("error", { code: status.UNKNOWN, details: message });
  });
}

async function stream(call: PluginCall): Promise<void> {
  const request = call.request;
  const { args, cwd } = commandOf(request);
  const child = startNode(args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...runtimeEnvironment(runtimeOptions(request.getInfo())), ...asEnvironment(request.getEnvList()) },
  });
  call.on("cancelled", () => endChild(child));
  child.stdout?.on("data", (data: Buffer) => call.write(new languageMessages.RunPluginResponse().setStdout(data)));
  child.stderr?.on("data", (data: Buffer) => call.write(new languageMessages.RunPluginResponse().setStderr(data)));
  const { code } = await exitOf(child);
  call.write(new languageMessages.RunPluginResponse().setExitcode(code ?? 1));
  call.end();
}

/**
 * A policy pack's runner wants the engine's address first, then the pack, and runs in the pack's folder, where
 * `@pulumi/policy` looks for its version. A provider's runner wants the provider first and runs in the project.
 */
function commandOf(request: language.RunPluginRequest): { args: string[]; cwd: string } {
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const { nodeArgs } = runtimeOptions(request.getInfo());
  const given = request.getArgsList();
  if (request.getKind() === "analyzer") {
    const runner = findSdkModule("@pulumi/pulumi/cmd/run-policy-pack", folder);
    return { args: [...nodeArgs, runner, ...given, folder], cwd: folder };
  }
  const runner = findSdkModule("@pulumi/pulumi/cmd/run-plugin", folder);
  return { args: [...nodeArgs, runner, folder, ...given], cwd: request.getPwd() };
}

function asEnvironment(assignments: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    assignments.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
}
