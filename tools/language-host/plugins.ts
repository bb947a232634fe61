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
  const child = startNode(pluginArguments(request), {
    cwd: request.getPwd(),
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

/** A policy pack's runner wants the engine's address first, then the pack; a provider's runner the other way round. */
function pluginArguments(request: language.RunPluginRequest): string[] {
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const { nodeArgs } = runtimeOptions(request.getInfo());
  const args = request.getArgsList();
  return request.getKind() === "analyzer"
    ? [...nodeArgs, findSdkModule("@pulumi/pulumi/cmd/run-policy-pack", folder), ...args, folder]
    : [...nodeArgs, findSdkModule("@pulumi/pulumi/cmd/run-plugin", folder), folder, ...args];
}

function asEnvironment(assignments: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    assignments.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
}
