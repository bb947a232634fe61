import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb.js";

/** `runtime.options` of Pulumi.yaml, as far as a program's start depends on them. */
export interface RuntimeOptions {
  /** Compile through ts-node. Off for programs that Node runs as they are. */
  typescript: boolean;
  /** Options for Node itself, split at spaces. */
  nodeArgs: string[];
  /** Path of a tsconfig for ts-node. */
  tsconfig: string | undefined;
}

/** Reads the options; an unknown one is ignored here because the official host knows more of them. */
export function runtimeOptions(info: ProgramInfo | undefined): RuntimeOptions {
  const given: Record<string, unknown> = info?.getOptions()?.toJavaScript() ?? {};
  const { typescript, nodeargs, tsconfig } = given;
  return {
    typescript: typescript === undefined || typescript === true || typescript === "true",
    nodeArgs: typeof nodeargs === "string" ? nodeargs.split(/\s+/).filter((part) => part !== "") : [],
    tsconfig: typeof tsconfig === "string" ? tsconfig : undefined,
  };
}

/** The environment in which `@pulumi/pulumi` starts a program or plugin with these options. */
export function runtimeEnvironment(options: RuntimeOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  delete env.PULUMI_NODEJS_TYPESCRIPT;
  if (options.typescript) env.PULUMI_NODEJS_TYPESCRIPT = "true";
  if (options.tsconfig !== undefined) env.PULUMI_NODEJS_TSCONFIG_PATH = options.tsconfig;
  return env;
}
