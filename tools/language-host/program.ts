import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import languageMessages from "@pulumi/pulumi/proto/language_pb.js";
import { exitOf, startNode } from "./children.ts";
import { runtimeEnvironment, runtimeOptions } from "./runtime-options.ts";
import { findSdkModule } from "./sdk.ts";

/** `@pulumi/pulumi` exits with this code when it has already shown the user what went wrong. */
const errorAlreadyShown = 32;

/** Runs the user's program to its end. Its output is ours: the engine shows what we write. */
export async function runProgram(request: language.RunRequest, engineAddress: string): Promise<language.RunResponse> {
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const options = runtimeOptions(request.getInfo());
  const runner = findSdkModule("@pulumi/pulumi/cmd/run", folder);
  const child = startNode([...options.nodeArgs, runner, ...programArguments(request, engineAddress)], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...runtimeEnvironment(options),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  const { code, signal } = await exitOf(child);
  const response = new languageMessages.RunResponse();
  if (code === errorAlreadyShown) return response.setBail(true);
  if (signal !== null) return response.setError(`the program was ended by ${signal}`);
  if (code !== 0) return response.setError(`the program exited with code ${code}; its output is above`);
  return response;
}

function programArguments(request: language.RunRequest, engineAddress: string): string[] {
  const flags: [name: string, value: string | number | undefined][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", request.getInfo()?.getRootDirectory()],
    ["stack", request.getStack()],
    ["pwd", request.getPwd()],
    ["parallel", request.getParallel()],
  ];
  return [
    ...flags.flatMap(([name, value]) => (value ? [`--${name}`, String(value)] : [])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    request.getInfo()?.getEntryPoint() || request.getProgram() || ".",
    ...request.getArgsList(),
  ];
}
