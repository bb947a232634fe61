import { findBeside, findOnPath, type PulumiCli } from "./pulumi-cli.ts";

/** Whether the engine has Pulumi's own Node language host: on PATH or beside it. */
export function hasOfficialLanguageHost(cli: PulumiCli, env: NodeJS.ProcessEnv): boolean {
  const host = "pulumi-language-nodejs";
  if (findOnPath(host, env) !== undefined) return true;
  // What lies beside an engine that we built is our own.
  return cli.source !== "built" && findBeside(cli.command, host) !== undefined;
}
